#!/usr/bin/env python3
"""Sums and bounds of floats in profile and reconcile blocks against Python's math.fsum: exact, rounded once, in any order of the records.

float_sums.py --migc PATH
"""
import argparse
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "float-sums" version "1.0.0" { edition = 2026 }
issue FS901 "differs" fix "look"
issue FS902 "shown" fix "look"
schema Row { id: int @key  group: string  x: float  y?: float?  d: decimal(12, 2) }
source rows: Row from csv("rows.csv")
target outs: Row into sqlite("out.db", table: "outs") { write = replace  create = true }
map copies: rows as r -> outs as o { copy r.{id, group, x, d}  y = r.y ?? keep }
profile rows {
  expect max_of(x) >= 0e0 else warn FS902
}
reconcile sums {
  expect sum(rows, r -> r.x) == 0 else warn FS902
  expect sum(rows |> filter(r -> r.y != null), r -> r.y ?? 0e0) == sum(in_run(outs) |> filter(r -> r.y != null), r -> r.y ?? 0e0) else fail FS901
  expect sum(rows, r -> r.x) - sum(pairs(copies), p -> p.out.x) == 0 else fail FS901
  expect min_of(rows, r -> r.x) == 0e0 else warn FS902
  expect max_of(rows, r -> r.x) == 0e0 else warn FS902
  expect sum_by(rows, r -> r.group, r -> r.x) == count_by(rows, r -> "nothing") else warn FS902
  expect sum_by(rows, r -> r.group, r -> r.x) == sum_by(in_run(outs), r -> r.group, r -> r.x) else fail FS901
  expect sum(rows, r -> r.x * 0e0) == 0 else fail FS901
  expect sum(rows, r -> to_float(r.d)) == sum(rows, r -> r.d) tolerance 0.01 else fail FS901
  expect sum(rows, r -> to_float(r.d)) == sum(rows, r -> r.d) tolerance 0.001% else fail FS901
}
test "floats" for sums {
  given { id: 1, group: "a", x: 0.1e0, y: null, d: 1.10 }
  given { id: 2, group: "a", x: 0.2e0, y: null, d: 2.20 }
  expect issue FS902
}
stage load { profile rows run copies reconcile sums }
'''

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    for seed, count in ((1, 1), (2, 50), (3, 5000)):
        rng = random.Random(seed)
        rows = [(i, f"g{rng.randrange(7)}", rng.choice([1, -1]) * rng.random() * 10.0 ** rng.randrange(-300 if seed == 2 else -12, 300 if seed == 2 else 12),
                 rng.choice(["", repr(rng.random())]), f"{rng.randrange(-10**6, 10**6) / 100:.2f}") for i in range(count)]
        xs = [row[2] for row in rows]
        seen = set()
        for engine, batch, workers, shuffled in (("interp", None, "1", False), ("jit0", "7", "2", False), ("jit", "1", "2", False), ("interp", None, "2", True)):
            with tempfile.TemporaryDirectory(prefix="migc-float-sums-") as name:
                folder = Path(name)
                (folder / "spec.mig").write_text(SPEC)
                ordered = list(rows)
                if shuffled:
                    rng.shuffle(ordered)
                (folder / "rows.csv").write_text("id,group,x,y,d\n" + "".join(",".join([str(i), g, repr(x), y, d]) + "\n" for i, g, x, y, d in ordered))
                done = subprocess.run([migc, "run", "spec.mig", "--engine", engine, "--workers", workers, "--report", "report.json", "--quiet",
                                       *(["--batch", batch] if batch else [])], cwd=folder, capture_output=True, text=True, timeout=300,
                                      env=dict(os.environ, XDG_CACHE_HOME=str(folder / "cache")))
                what = f"seed {seed}, {engine}, batch {batch}, {workers} workers"
                expect(done.returncode == 0 and "W1003" not in done.stderr, f"{what}: exit {done.returncode}\n{done.stderr}")
                if done.returncode != 0:
                    continue
                checks = [check for check in json.loads((folder / "report.json").read_text())["reconcile"] if not check["profile"]]
                expect(len(checks) == 10 and all(checks[i]["holds"] for i in (1, 2, 6, 7, 8, 9)), f"{what}: {checks}")
                left = [check["left"] for check in checks]
                expect(float(left[0]) == math.fsum(xs), f"{what}: sum {left[0]}, {math.fsum(xs)!r} expected")
                expect(float(left[3]) == min(xs) and float(left[4]) == max(xs), f"{what}: bounds {left[3]} {left[4]}")
                groups = {}
                for _, group, x, _, _ in rows:
                    groups.setdefault(group, []).append(x)
                found = dict(part.split(": ") for part in left[5].split(", "))
                found.pop("nothing")
                expect({key: float(value) for key, value in found.items()} == {key: math.fsum(part) for key, part in groups.items() if math.fsum(part) != 0},
                       f"{what}: by key {left[5]}")
                seen.add(tuple(left))
                if seed == 1:
                    tested = subprocess.run([migc, "test", "spec.mig"], cwd=folder, capture_output=True, text=True, timeout=300)
                    expect("cannot" not in tested.stdout + tested.stderr, tested.stdout + tested.stderr)
        expect(len(seen) == 1, f"seed {seed}: the order of records, engines, batches and workers change nothing: {seen}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
