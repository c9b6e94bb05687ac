#!/usr/bin/env python3
"""Runs every case of this folder through the interpreter and the JIT, with several batch sizes and worker counts; all must agree.

run_cases.py --migc PATH [--quick] [CASE...]
A case is a folder: spec.mig, its inputs (input.*; X.db.sql makes the SQLite database X.db), and expected/:
  NAME            the file that the run must have written, byte for byte
  NAME.db.sql     first line a query, the rest its rows with | between values
  issues.txt      one line an issue of the reject log and its warnings: VERB CODE line N field F (the record's number where there are no lines)
  causes.txt      one line an issue of the same logs that has a cause: CODE line N: CAUSE
  counts.json     numbers of the report that must be equal, like {"skipped": 2, "reconcile.0.holds": true}
case.json may hold {"arguments": [...], "exit": N}. Expected results are written by hand, never by migc.
"""
import argparse
import csv
import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENGINES, BATCHES, WORKERS = ["interp", "jit0", "jit"], [1, 7, None], [1, 2]


def combinations(quick):
    if quick:
        return [("interp", None, 1), ("jit", 7, 2)]
    return [(e, b, w) for e in ENGINES for b in BATCHES for w in WORKERS]


def prepare(case, folder):
    for item in case.iterdir():
        if item.name == "expected":
            continue
        if item.name.endswith(".db.sql"):
            with sqlite3.connect(folder / item.name.removesuffix(".sql")) as db:
                db.executescript(item.read_text())
        else:
            shutil.copy(item, folder / item.name)


def read_log(path):
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def issue_line(entry, line):
    return f"{entry['verb']} {entry['code']} line {line} field {entry.get('source_field') or entry.get('field') or ''}"


def issues(folder):
    """Rejects, skips and warnings, as the lines of issues.txt."""
    lines = []
    for entry in read_log(folder / "rejects.ndjson") + read_log(folder / "rejects.warnings.ndjson"):
        line = entry.get("line") or entry.get("record", "-")
        lines += [issue_line(part, line) for part in entry.get("issues") or [entry]]
    return lines


def causes(folder):
    """Causes of rejects and warnings, as the lines of causes.txt; and the primary ones as the CSV log has them."""
    lines, primary = [], []
    for entry in read_log(folder / "rejects.ndjson") + read_log(folder / "rejects.warnings.ndjson"):
        parts = entry.get("issues") or [entry]
        lines += [f"{part['code']} line {entry['line']}: {part['cause']}" for part in parts if "cause" in part]
        if entry["verb"] == "reject":
            primary.append(entry.get("cause", ""))
    with open(folder / "rejects.csv", encoding="utf-8", newline="") as log:
        listed = [row["cause"] for row in csv.DictReader(log)]
    if listed != primary:
        lines.append(f"the CSV log has other causes: {listed}, not {primary}")
    return lines


def compare(case, folder):
    problems = []
    for expected in sorted((case / "expected").glob("*")):  # a case that publishes nothing has no such folder
        text = expected.read_text(encoding="utf-8")
        if expected.name == "issues.txt":
            found = sorted(issues(folder))
            wanted = sorted(line if not line.endswith("field") else line + " " for line in text.splitlines())
            if found != wanted:
                problems.append(f"issues differ\n  expected: {wanted}\n  found:    {found}")
        elif expected.name == "causes.txt":
            found = sorted(causes(folder))
            if found != sorted(text.splitlines()):
                problems.append(f"causes differ\n  expected: {sorted(text.splitlines())}\n  found:    {found}")
        elif expected.name == "counts.json":
            report = json.loads((folder / "report.json").read_text())
            for name, wanted in json.loads(text).items():
                found = report.get("counts", report)
                for part in name.split("."):
                    found = found[int(part)] if isinstance(found, list) else found.get(part)
                if found != wanted:
                    problems.append(f"{name}: expected {wanted}, found {found}")
        elif expected.name.endswith(".db.sql"):
            query, *rows = text.splitlines()
            with sqlite3.connect(folder / expected.name.removesuffix(".sql")) as db:
                found = ["|".join("" if v is None else str(v) for v in row) for row in db.execute(query)]
            if found != rows:
                problems.append(f"{expected.name} differs\n  expected: {rows}\n  found:    {found}")
        else:
            written = folder / expected.name
            found = written.read_text(encoding="utf-8", errors="replace") if written.exists() else "(not written)"
            if found != text:
                problems.append(f"{expected.name} differs\n--- expected\n{text}--- found\n{found}")
    return problems


def run_one(migc, case, engine, batch, workers):
    settings = json.loads((case / "case.json").read_text()) if (case / "case.json").exists() else {}
    with tempfile.TemporaryDirectory(prefix="migc-case-") as name:
        folder = Path(name)
        prepare(case, folder)
        command = [migc, "run", "spec.mig", "--engine", engine, "--workers", str(workers), "--state", "state", "--rejects", "rejects.ndjson",
                   "--report", "report.json"]
        command += ["--batch", str(batch)] if batch else []
        done = subprocess.run(command + settings.get("arguments", []), cwd=folder, capture_output=True, text=True, timeout=120)
        if done.returncode != settings.get("exit", 0):
            return [f"exit {done.returncode}, expected {settings.get('exit', 0)}\n{done.stdout}{done.stderr}"]
        return compare(case, folder)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--quick", action="store_true", help="two combinations instead of eighteen")
    parser.add_argument("cases", nargs="*")
    a = parser.parse_args()
    migc = str(Path(a.migc).resolve())
    cases = [HERE / name for name in a.cases] or sorted(f for f in HERE.iterdir() if (f / "spec.mig").exists())
    failed = 0
    for case in cases:
        broken = None
        for engine, batch, workers in combinations(a.quick):
            problems = run_one(migc, case, engine, batch, workers)
            if problems:
                broken = (engine, batch, workers, problems)
                break
        if broken is None:
            print(f"ok   {case.name}")
        else:
            failed += 1
            engine, batch, workers, problems = broken
            print(f"FAIL {case.name} (engine {engine}, batch {batch or 'default'}, workers {workers})")
            for problem in problems:
                print("     " + problem.replace("\n", "\n     "))
    # Constructs one by one: the tests of a spec, in every engine.
    for spec in [] if a.cases else sorted(HERE.glob("*/language*.mig")):
        for engine in ENGINES:
            done = subprocess.run([migc, "test", "--quiet", "--engine", engine, str(spec)], capture_output=True, text=True, timeout=300)
            print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {spec.name} ({engine}): {done.stdout.strip().splitlines()[-1] if done.stdout else done.stderr}")
            if done.returncode != 0:
                failed += 1
                print(done.stdout + done.stderr)
    print(f"{len(cases) - failed} of {len(cases)} cases pass")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
