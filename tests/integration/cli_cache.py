#!/usr/bin/env python3
"""Code tiers and the cache of compiled code through the program: whatever happens to the cache, output and log are the interpreter's.

cli_cache.py --migc PATH
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "tiers" version "1.0.0" { edition = 2026 }
param input: string = "in.ndjson"
param output: string = "out.ndjson"
issue TI101 "the number cannot be read"
  fix "correct it"
enum Grade { low, high, other }
table grade: string -> Grade via lower, trim { "low" | "l" => low, "high" | "h" => high, else => other }
schema Row { id: string @key  name?: string?  number: string  grade: string }
schema Out { id: string @key  name?: string(1..)  number: int  twice: decimal(22, 1)  grade: Grade }
source rows: Row from ndjson(param.input)
target out: Out into ndjson(param.output) { write = replace }
map rows_out: rows as r -> out as o {
  id     = r.id |> trim |> lower
  name   = r.name |?> trim |?> non_empty ?? keep
  let n  = parse_int(trim(r.number)) catch reject TI101
  number = n
  twice  = FACTOR
  grade  = grade(r.grade)
}
'''
DEDUPE = """
dedupe out by id {
  prefer number desc
  merge name = group |> flat_map(o -> o.name |?> split(",") ?? []) |> distinct |> join(",") |> non_empty ?? keep
}
"""


def rows(count):
    grades = [" Low", "H", "high ", "?", "l"]
    for i in range(count):
        row = {"id": f" Key{i % 38000:07} ", "number": "x" if i % 97 == 0 else f" {i * 7919 % 100003} ", "grade": grades[i % 5]}
        if i % 3:
            row["name"] = f"  Nämé {i} " if i % 7 else " "
        yield json.dumps(row, ensure_ascii=i % 2 == 0) + "\n"


def main():
    with program_in_folder("migc-cache-") as (migc, folder, _):
        code = folder / "cache" / "migc" / "code"
        (folder / "a.mig").write_text(SPEC.replace("FACTOR", "n * 1.5"))
        (folder / "b.mig").write_text(SPEC.replace("FACTOR", "n * 2.5"))
        (folder / "in.ndjson").write_text("".join(rows(40000)), encoding="utf-8")
        environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))

        def call(*words):
            process = subprocess.Popen([migc, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder, env=environment)
            out, log = process.communicate(timeout=300)
            return process.returncode, out, log, process.pid

        def run(*options, spec="a.mig"):
            """(output, log of rejects, counts of records by tier, what the cache did)"""
            exit, _, log, pid = call("run", spec, "--new", "--rejects", "rejects.ndjson", "--timings", "--quiet", *options)
            expect(exit == 0, f"{spec} {options} runs: {log}")
            tiers = re.search(r"code: ([\d ]+?) records by the interpreter(?:, ([\d ]+?) by (jit -O\d))?", log)
            cache = re.search(r"cache: ([a-z0-9 ]+)", log)
            waited = re.search(r"which records waited for ([\d.]+) ms", log)
            run.waited = float(waited[1]) if waited else 0
            rejects = [re.sub(r'"run":"[^"]*",?', "", line) for line in (folder / "rejects.ndjson").read_text().splitlines()]
            return ((folder / "out.ndjson").read_bytes(), rejects), tiers and tiers.groups(), cache and cache[1].strip(), pid

        want, tiers, _, _ = run("--engine", "interp")
        expect(tiers is not None and tiers[1] is None, "the interpreter compiles nothing")
        expect(want[0].count(b"\n") == 40000 - len(range(0, 40000, 97)) and len(want[1]) >= len(range(0, 40000, 97)), "the oracle itself is plausible")
        expect(not code.exists(), "the interpreter keeps no code")

        result, _, cache, _ = run("--engine", "jit")
        expect(result == want and cache is not None and cache.startswith("1 miss, kept") or cache == "1 miss", f"a first run compiles and keeps: {cache}")
        entries = sorted(code.glob("*.code"))
        expect(len(entries) == 1, "one program, one entry")
        expect(all(p.stat().st_mode & 0o077 == 0 for p in [code, *entries]), "the cache is the user's alone")
        result, _, cache, _ = run("--engine", "jit")
        expect(result == want and cache == "1 hit", f"the second run takes the code from the cache: {cache}")
        result, tiers, _, _ = run()
        expect(result == want and tiers is not None, "tiers give the same bytes")
        result, _, cache, _ = run("--engine", "jit", "--no-cache")
        expect(result == want and cache == "not used", f"--no-cache: {cache}")
        other, _, cache, _ = run("--engine", "jit", spec="b.mig")
        expect(other != want and cache != "1 hit", "another program has code of its own")
        expect(len(list(code.glob("*.code"))) == 2, "and an entry of its own")

        # The report holds the same facts, and counts records, not calls: a dedupe also maps what keys need, and members of groups again.
        (folder / "c.mig").write_text(SPEC.replace("FACTOR", "n * 1.5") + DEDUPE)
        for engine, tier in (("interp", "interp"), ("jit", "jit -O2"), ("jit0", "jit -O0")):
            for cache in ("miss", "hit") if engine != "interp" else ("unused",):
                _, tiers, _, _ = run("--engine", engine, "--report", "report.json", spec="c.mig")
                report = json.loads((folder / "report.json").read_text())
                facts = report["code"]
                counts = {t["name"]: t["records"] for t in facts["tiers"] if t["records"]}
                expect(counts == {tier: 40000}, f"{engine}: every record counts once, behind a dedupe too: {facts['tiers']}")
                told = [int(t.replace(" ", "")) for t in tiers[:2] if t]
                expect(told == [t["records"] for t in facts["tiers"]], f"{engine}: --timings tells what the report holds: {tiers}")
                expect(facts["cache"] == cache and facts["stored"] == (cache == "miss"), f"{engine}: the cache in the report: {facts}")
                expect(facts["compiled"] == (engine != "interp"), f"{engine}: compiled: {facts}")
                if facts["compiled"]:
                    spent = facts["cpu_seconds"]
                    expect(set(spent) == {"session", "bodies", "emit", "optimise", "generate"} and facts["ready_seconds"] > 0, f"steps: {facts}")
                    expect((spent["emit"] > 0) == (cache == "miss") and facts["bytes"] > 0, f"{engine}, {cache}: steps: {facts}")
                expect(0 < report["allocations"] < 40000, f"{engine}: no allocation a record: {report['allocations']}")
        call("cache", "clear")
        run("--engine", "jit"), run("--engine", "jit", spec="b.mig")

        # Damage of every kind: compiled again, counted, replaced.
        entry = entries[0]
        whole = entry.read_bytes()
        stranger = next(p for p in code.glob("*.code") if p != entry).read_bytes()
        damages = {"cut short": whole[: len(whole) // 2], "empty": b"", "one bit": whole[:-9] + bytes([whole[-9] ^ 4]) + whole[-8:],
                   "another program's": stranger, "no object": whole[:80] + b"\0" * (len(whole) - 80)}
        for kind, content in damages.items():
            entry.write_bytes(content)
            result, _, cache, _ = run("--engine", "jit")
            expect(result == want and cache is not None and cache.startswith("1 entry refused"), f"an entry that is {kind}: {cache}")
            expect(entry.read_bytes() == whole, f"an entry that is {kind} is replaced")
        entry.chmod(0o666)
        result, _, cache, _ = run("--engine", "jit")
        expect(result == want and cache is not None and cache.startswith("1 entry refused"), f"an entry that others may write: {cache}")
        entry.unlink()
        (folder / "elsewhere").write_bytes(whole)
        entry.symlink_to(folder / "elsewhere")
        result, _, cache, _ = run("--engine", "jit")
        expect(result == want and cache is not None and cache.startswith("1 entry refused"), f"a link: {cache}")

        # A cold run in tiers: the background thread may or may not be done in time; the result does not show it.
        expect(call("cache", "clear")[0] == 0 and not list(code.glob("*")), "cache clear")
        for _ in range(3):
            result, tiers, _, _ = run("--batch", "64")
            total = sum(int(t.replace(" ", "")) for t in tiers[:2] if t)
            expect(result == want and total == 40000, f"tiers give the same bytes, every record once: {tiers}")

        # On one processor a large input waits for the code behind its first batch; a small one shares the processor with the compiler.
        (folder / "large.ndjson").write_text("".join(rows(300000)), encoding="utf-8")
        expect((folder / "large.ndjson").stat().st_size > 16 << 20, "an input that counts as large")
        one = {min(os.sched_getaffinity(0))}
        large, _, _, _ = run("--engine", "interp", "--set", "input=large.ndjson")
        call("cache", "clear")
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, one)
        try:
            result, tiers, _, _ = run("--batch", "64", "--set", "input=large.ndjson")
        finally:
            os.sched_setaffinity(0, before)
        told = [int(t.replace(" ", "")) for t in tiers[:2] if t]
        expect(result == large and sum(told) == 300000, f"one processor gives the same bytes: {told}")
        expect(told[0] <= 64 or run.waited >= 400, f"behind the first batch the code maps, unless it was waited for in vain: {told}, {run.waited} ms")
        exit, out, _, _ = call("cache")
        expect(exit == 0 and str(code) in out, "cache lists its folder")
        exit, out, _, _ = call("cache", "--format=json")
        expect(exit == 0 and all(set(json.loads(line)) == {"key", "bytes", "used", "good"} for line in out.splitlines()), "cache as JSON")
        expect(call("cache", "burn")[0] == 2, "an unknown operand is a usage error")

        # A folder that cannot be used changes nothing.
        call("cache", "clear")
        code.rmdir()
        code.write_text("not a folder")
        result, _, cache, _ = run("--engine", "jit")
        expect(result == want and cache is not None and "not kept" in cache or cache == "1 miss", f"no cache can be made: {cache}")

        # Profilers find compiled maps by name.
        result, _, _, pid = run("--engine", "jit", "--profile")
        names = Path(f"/tmp/perf-{pid}.map")
        expect(result == want and names.exists() and " map_rows_out" in names.read_text(), "--profile names compiled maps")
        if names.exists():
            names.unlink()
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
