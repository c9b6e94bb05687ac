#!/usr/bin/env python3
"""Kills the program at random moments and runs it again, until the target is as an uninterrupted run leaves it.

kill_contacts.py MIGC SPECS_FOLDER [--kills 100] [--rows 40000] [--seed 1] [--only ndjson,csv,sqlite]
For each target: an uninterrupted run gives the expected result (which contacts/equal.py compares with the reference). Then runs are started and
killed with SIGKILL at a moment drawn evenly from the uninterrupted duration, each continued by the same command, until KILLS kills happened.
After each completed run the target must be the same: bytes of files, rows of tables; the reject log the same lines; counts the same; no
hidden file left behind. While a run is unfinished its file must not be visible under its final name.
"""
import argparse
import json
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TARGETS = {"ndjson": ("contacts_ndjson", "ndjson", "out.ndjson"), "csv": ("contacts_csv", "csv", "out.csv"), "sqlite": ("contacts_sqlite", "csv", "out.db")}
COUNTS = ("read", "written", "merged", "skipped", "rejected", "rejects", "warnings")


def result_of(path):
    if path.suffix != ".db":
        return path.read_bytes()
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return db.execute("SELECT * FROM contacts ORDER BY rowid").fetchall()


def rejects_of(path):
    """Reject entries without what names the run."""
    return [{k: v for k, v in json.loads(line).items() if k != "run"} for line in path.read_text(encoding="utf-8").splitlines()]


class Case:
    def __init__(self, migc, spec, source, folder, output):
        self.folder, self.output = folder, folder / output
        self.command = [str(c) for c in (migc, "run", spec, "--set", f"input={source}", "--set", f"output={self.output}", "--state", folder / "state",
                                         "--rejects", folder / "rejects.ndjson", "--report", folder / "report.json", "--quiet")]

    def start(self):
        return subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def outcome(self):
        report = json.loads((self.folder / "report.json").read_text())
        return result_of(self.output), rejects_of(self.folder / "rejects.ndjson"), {n: report[n] for n in COUNTS}

    def hidden(self):
        return [p.name for p in self.folder.iterdir() if ".migc-" in p.name]


def finish(process):
    _, error = process.communicate(timeout=120)
    return process.returncode, error.decode(errors="replace")


def kill_target(migc, specs, source, name, kills, rng, root):
    spec, _, output = TARGETS[name]
    whole = Case(migc, specs / f"{spec}.mig", source, Path(tempfile.mkdtemp(dir=root)), output)
    begin = time.monotonic()
    code, error = finish(whole.start())
    duration = time.monotonic() - begin
    assert code == 0, error
    expected = whole.outcome()
    done = runs = 0
    wrong = []
    while done < kills and not wrong:
        case = Case(migc, specs / f"{spec}.mig", source, Path(tempfile.mkdtemp(dir=root)), output)
        runs += 1
        while True:
            process = case.start()
            if done < kills:
                try:
                    process.wait(timeout=rng.uniform(0, duration))
                except subprocess.TimeoutExpired:
                    process.send_signal(signal.SIGKILL)
            code, error = finish(process)
            if code != -signal.SIGKILL:
                break
            done += 1
            if output != "out.db" and case.output.exists() and case.output.read_bytes() != expected[0]:
                wrong.append(f"a file that is not whole is visible after kill {done}")
        if code != 0:
            wrong.append(f"exit {code}: {error.strip()}")
        elif case.outcome() != expected:
            parts = [n for n, a, b in zip(("target", "rejects", "counts"), case.outcome(), expected) if a != b]
            wrong.append(f"{', '.join(parts)} differ after {done} kills")
        elif case.hidden():
            wrong.append(f"left behind: {case.hidden()}")
    print(f"{'FAIL' if wrong else 'ok  '} {name}: {done} kills in {runs} runs of {duration:.2f} s{''.join('; ' + w for w in wrong)}", flush=True)
    return not wrong


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("migc")
    p.add_argument("specs", type=Path)
    p.add_argument("--kills", type=int, default=100)
    p.add_argument("--rows", type=int, default=40000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--only", default="ndjson,csv,sqlite")
    a = p.parse_args()
    rng = random.Random(a.seed)
    with tempfile.TemporaryDirectory() as root:
        good = []
        for name in a.only.split(","):
            kind = TARGETS[name][1]
            source = Path(root) / f"in.{kind}"
            if not source.exists():
                with source.open("wb") as out:
                    subprocess.run([sys.executable, a.specs / "generate.py", "--format", kind, "--rows", str(a.rows), "--duplicates", "0.05"], stdout=out, check=True)
            good.append(kill_target(a.migc, a.specs, source, name, a.kills, rng, root))
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
