#!/usr/bin/env python3
"""The main job against its independent reference: every record, reject and count, on every configuration.

equal.py MIGC SPECS_FOLDER [--rows N] [--dirty F] [--data IN.ndjson IN.csv]
Runs contacts_ndjson.mig, contacts_csv.mig and contacts_sqlite.mig (input CSV) over generated contacts with both engines, several numbers of
workers and batch sizes, and compares each result with reference_contacts.py. Text outputs must also be the same bytes everywhere.
"""
import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CONFIGURATIONS = [("jit", 1, None), ("jit", 2, None), ("jit", 3, 7), ("interp", 1, None), ("interp", 2, 1), ("jit", 1, 1)]


def call(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def counts_equal(report, reference):
    """The differences between migc's report and the reference's counts."""
    wrong = [f"{n}: {report[n]}, reference {reference[n]}" for n in ("read", "written", "rejected", "merged") if report[n] != reference[n]]
    rejects = {"decode" if code == "MIG002" else code: n for code, n in report["rejects"].items() if n}
    if rejects != reference["rejects"]:
        wrong.append(f"rejects {rejects}, reference {reference['rejects']}")
    warnings = {c: n for c, n in report["warning_hits"].items() if n}
    expected = {c: n for c, n in reference["warnings"].items() if n}
    if warnings != expected:
        wrong.append(f"warnings {warnings}, reference {expected}")
    return wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("migc")
    p.add_argument("specs", type=Path)
    p.add_argument("--rows", type=int, default=3000)
    p.add_argument("--dirty", type=float, default=0.1)
    p.add_argument("--data", nargs=2, type=Path, metavar=("NDJSON", "CSV"))
    a = p.parse_args()
    passed = failed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, spec, output in (("ndjson", "contacts_ndjson", "out.ndjson"), ("csv", "contacts_csv", "out.csv"), ("csv", "contacts_sqlite", "out.db")):
            source = a.data[kind == "csv"] if a.data else folder / f"in.{kind}"
            if not source.exists():
                source.write_text(call(sys.executable, a.specs / "generate.py", "--format", kind, "--rows", a.rows, "--dirty", a.dirty, "--duplicates", 0.05), encoding="utf-8", newline="")
            truth = folder / f"truth_{kind}.ndjson"
            if not truth.exists():
                call(sys.executable, HERE / "reference_contacts.py", source, truth, folder / f"rejects_{kind}.ndjson", folder / f"counts_{kind}.json")
            digests = set()
            for engine, workers, batch in CONFIGURATIONS:
                case = f"{spec} {engine} workers={workers} batch={batch or 'default'}"
                here = Path(tempfile.mkdtemp(dir=folder))
                command = [a.migc, "run", a.specs / f"{spec}.mig", "--set", f"input={source}", "--set", f"output={here / output}", "--state", here / "state",
                           "--rejects", here / "rejects.ndjson", "--report", here / "report.json", "--engine", engine, "--workers", workers, "--quiet"]
                call(*command, *(["--batch", batch] if batch else []))
                result = f"{here / output}:contacts".replace("out.db:", "out.sqlite:") if output == "out.db" else str(here / output)
                if output == "out.db":
                    (here / "out.sqlite").symlink_to(here / "out.db")
                else:
                    digests.add(hashlib.sha256((here / output).read_bytes()).hexdigest())
                compared = subprocess.run([sys.executable, HERE / "compare.py", truth, result, "--rejects", folder / f"rejects_{kind}.ndjson", here / "rejects.ndjson"],
                                          capture_output=True, text=True, check=False)
                wrong = counts_equal(json.loads((here / "report.json").read_text()), json.loads((folder / f"counts_{kind}.json").read_text()))
                if len(digests) > 1:
                    wrong.append("other bytes than the configurations before")
                good = compared.returncode == 0 and not wrong
                passed, failed = passed + good, failed + (not good)
                print(f"{'ok  ' if good else 'FAIL'} {case}")
                if not good:
                    print("\n".join(wrong) + "\n" + compared.stdout + compared.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
