#!/usr/bin/env python3
"""Records whose key is repeated are read and mapped between the passes of a dedupe, many together: near to one another, far apart, in lines of
all kinds, and larger than what may be mapped together. What comes out is compared with the oracle of the crash tests.

repeated_records.py --migc PATH
"""
import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CRASH = Path(__file__).resolve().parent.parent / "crash"
sys.path.insert(0, str(CRASH))
from crash_case import Expected

MEBIBYTE = 1 << 20


SOME = [["--engine", "interp", "--workers", "1"], ["--engine", "jit", "--workers", "2"]]
ALL = [*SOME, ["--engine", "interp", "--workers", "3", "--batch", "7"], ["--engine", "interp", "--workers", "1", "--batch", "1"],
       ["--engine", "interp", "--workers", "2", "--memory", "64MiB"]]


def people(rng, count, addresses, gap=0, tag_bytes=0):
    """`gap`: blanks in most records, so that others lie so far behind. `tag_bytes`: of a tag, which all records have."""
    lines = []
    for i in range(count):
        person = {"id": f"p{i:06}", "email": f"a{rng.randrange(addresses)}@x.example", "n": rng.randrange(40) - 5}
        if tag_bytes:
            person["tags"] = [f"{i}-" + "x" * tag_bytes]
        elif rng.randrange(3):
            person["tags"] = [f"t{rng.randrange(9)}" for _ in range(rng.randrange(1, 4))]
        if rng.randrange(40) == 0:
            del person["email"]
        line = json.dumps(person, separators=(",", ":"))
        if gap and rng.randrange(4):
            line = "{" + " " * gap + line[1:]
        lines.append(line if rng.randrange(60) else line[: len(line) // 2])
    return lines


def layouts(rng):
    near = people(rng, 3000, 1500)
    yield "near", near, "\n", True
    yield "near, with carriage returns", near, "\r\n", True
    yield "no line feed at the end", people(rng, 500, 100), "\n", False
    yield "every record repeated", people(rng, 4000, 7), "\n", True
    yield "far apart", people(rng, 700, 350, gap=9000), "\n", True
    yield "some far, some near", people(rng, 900, 300, gap=3000) + people(rng, 900, 300) + people(rng, 300, 100, gap=70000), "\n", True
    yield "large", people(rng, 12, 5, tag_bytes=MEBIBYTE) + people(rng, 400, 100), "\n", True


def greedy_spec(folder):
    """The same map, which takes 30 kB of memory for each record besides: too much for all that may be mapped together, so they go one by one."""
    spec = (CRASH / "people_dedupe.mig").read_text()
    condition = "warn P201 when (m.n ?? 0) < 0"
    assert condition in spec
    padded = " + ".join(f'length(pad_end(m.id, 10000, "{c}"))' for c in ".-_")
    path = Path(folder) / "greedy.mig"
    path.write_text(spec.replace(condition, f"{condition} or {padded} < 30000"))
    return path


def run(program, spec, scratch, name, lines, end, ends_all, options):
    folder = Path(tempfile.mkdtemp(dir=scratch))
    source, output = folder / "in.ndjson", folder / "out.ndjson"
    source.write_bytes((end.join(lines) + (end if ends_all else "")).encode())
    command = [program, "run", str(spec), "--set", f"input={source}", "--set", f"output={output}", "--state", str(folder / "state"),
               "--rejects", str(folder / "rejects.ndjson"), "--report", str(folder / "report.json"), "--quiet", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    where = f"{name} {' '.join(options)}"
    assert done.returncode == 0, f"{where}: ended with {done.returncode}: {done.stderr[-2000:]}"
    expected = Expected(lines, True)
    rows = [json.loads(line) for line in output.read_text().splitlines()]
    assert rows == expected.rows, f"{where}: {len(rows)} rows instead of {len(expected.rows)}, or others"
    rejects = [(r["line"], r["code"]) for r in map(json.loads, (folder / "rejects.ndjson").read_text().splitlines())]
    assert rejects == expected.rejects, f"{where}: rejects differ"
    report = json.loads((folder / "report.json").read_text())
    counts = [report[k] for k in ("read", "skipped", "rejected", "merged")]
    assert counts == [expected.read, expected.skipped, len(expected.rejects), expected.merged], f"{where}: counts {counts}"
    shutil.rmtree(folder)
    return expected.merged


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--migc", required=True)
    program = os.path.abspath(p.parse_args().migc)
    scratch = tempfile.mkdtemp(prefix="migc-repeated-")
    try:
        for name, lines, end, ends_all in layouts(random.Random(8)):
            variants = SOME if name == "large" else ALL
            merged = [run(program, CRASH / "people_dedupe.mig", scratch, name, lines, end, ends_all, options) for options in variants]
            assert merged[0] > 0
            print(f"{name}: {len(lines)} records, {merged[0]} merged, {len(variants)} runs equal the oracle")
        lines = people(random.Random(9), 2500, 400)
        for options in SOME:
            run(program, greedy_spec(scratch), scratch, "greedy", lines, "\n", True, options)
        print(f"greedy: {len(lines)} records, {len(SOME)} runs equal the oracle")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
