#!/usr/bin/env python3
"""Crash tests: kills runs at every kind of place, continues them, and compares the result with what a program of its own computes.

crash_tests.py PROGRAM [--seed S] [--kills N] [--only NAME] [--records N] [--keep]
PROGRAM is migc or crash_program, built with -DMIGC_FAULTS=ON. Prints one line a case and exits 1 when one failed.
Every case ends with: output and rejects as expected, nothing hidden left over, and a further --resume that changes nothing.
"""
import argparse
import hashlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from pathlib import Path

HERE = Path(__file__).resolve().parent
FILE_POINTS = ["after_take_over", "after_claim", "create", "write", "before_seal", "file_before_sync", "fdatasync", "file_before_journal", "journal",
               "file_after_journal", "publish_before_rename", "publish_after_backup", "rename", "publish_after_rename", "sync_directory",
               "publish_before_journal", "after_publish", "before_finished"]
SQLITE_POINTS = ["after_take_over", "after_claim", "before_seal", "sqlite_after_rows", "sqlite_before_checkpoint", "sqlite_before_commit",
                 "sqlite_after_commit", "after_publish", "before_finished"]
DEDUPE_POINTS = ["dedupe_decide", "dedupe_chunk"]
ENOSPC, EIO = "28", "5"


def make_people(count, seed):
    rng = random.Random(seed)
    lines = []
    for i in range(count):
        person = {"id": f"p{rng.randrange(10**6)}-{i}"}
        if rng.randrange(50):
            person["email"] = f"a{rng.randrange(count * 3)}@x.example"
        if rng.randrange(5):
            person["n"] = rng.randrange(40) - 5
        tags = [f"t{rng.randrange(9)}" for _ in range(rng.randrange(4))]
        if tags:
            person["tags"] = tags
        lines.append('{"id":' if rng.randrange(97) == 0 else json.dumps(person, separators=(",", ":")))
    return lines


class Expected:
    """What must come out, computed from the input alone."""

    def __init__(self, lines, dedupe):
        self.rejects, good, self.skipped = [], [], 0
        for number, line in enumerate(lines, 1):
            try:
                person = json.loads(line)
            except ValueError:
                self.rejects.append((number, "MIG002"))
                continue
            if "email" not in person:
                self.rejects.append((number, "P101"))
            elif person.get("n") == 7:
                self.skipped += 1
            else:
                good.append(person)
        if not dedupe:
            self.rows = good
        else:
            groups = OrderedDict()
            for place, person in enumerate(good):
                groups.setdefault(person["email"], []).append((place, person))
            rows = []
            for members in groups.values():
                best = min(members, key=lambda m: ("n" not in m[1], -m[1].get("n", 0), m[1]["id"]))
                if len(members) > 1:
                    others = sorted((m for m in members if m is not best), key=lambda m: m[1]["id"])
                    tags = list(dict.fromkeys(t for m in [best] + others for t in m[1].get("tags", [])))
                    merged = {k: v for k, v in best[1].items() if k != "tags"}
                    if tags:
                        merged["tags"] = tags
                    best = (best[0], merged)
                rows.append(best)
            self.rows = [person for _, person in sorted(rows, key=lambda r: r[0])]
        self.merged = len(good) - len(self.rows)
        self.read = len(lines)


class Case:
    """One target with its folder; `run` starts the program, `check` compares."""

    def __init__(self, suite, spec):
        self.suite, self.spec = suite, spec
        self.sqlite = "sqlite" in spec
        self.dir = Path(tempfile.mkdtemp(prefix="migc-crash-", dir=suite.scratch))
        self.out = self.dir / ("out.db" if self.sqlite else "out.ndjson")
        if not self.sqlite:
            self.out.write_text("the old file\n")
        self.expected = suite.expected["dedupe" in spec]

    def command(self, resume=False, workers=None):
        c = [self.suite.program, "run", str(HERE / f"{self.spec}.mig"), "--set", f"input={self.suite.input}", "--set", f"output={self.out}", "--state",
             str(self.dir / "state"), "--rejects", str(self.dir / "rejects.ndjson"), "--report", str(self.dir / "report.json"), "--workers",
             str(workers or self.suite.rng.choice([1, 2, 3]))]
        return c + (["--resume"] if resume else [])

    def environment(self, failpoint=None, mutant=None):
        env = dict(os.environ, MIGC_CHUNK_BYTES="16384", MIGC_EPOCH_RECORDS="1")
        if failpoint:
            env["MIGC_FAILPOINT"] = failpoint
        if mutant:
            env["MIGC_MUTANT"] = mutant
        return env

    def start(self, failpoint=None, mutant=None, resume=False, workers=None):
        return subprocess.Popen(self.command(resume, workers), env=self.environment(failpoint, mutant), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def run(self, failpoint=None, mutant=None, resume=False, workers=None):
        process = self.start(failpoint, mutant, resume, workers)
        _, self.stderr = process.communicate(timeout=120)
        return process.returncode

    def finish(self, mutant=None, allowed=(0,)):
        code = self.run(mutant=mutant)
        if code not in allowed:
            raise AssertionError(f"continuing ended with {code}: {self.stderr.strip()}")

    def visible(self):
        """A reader at any time sees the old file, or a whole one."""
        if self.sqlite or not self.out.exists():
            return
        text = self.out.read_text()
        if text != "the old file\n" and text.count("\n") != len(self.expected.rows):
            raise AssertionError("a half file stands under the final name")

    def check(self):
        rows = self.rows()
        want = self.expected.rows
        if self.sqlite:
            table = {}
            for person in want:  # upserts in source order; fields that a later record lacks are kept
                table[person["email"]] = {**table.get(person["email"], {}), **person}
            want = sorted(table.values(), key=lambda p: p["email"])
            rows = sorted(rows, key=lambda p: p["email"])
        if rows != want:
            lost, extra = [p for p in want if p not in rows][:3], [p for p in rows if p not in want][:3]
            raise AssertionError(f"{len(rows)} rows instead of {len(want)}; missing {lost}, wrong {extra}")
        rejects = [(r["line"], r["code"]) for r in map(json.loads, (self.dir / "rejects.ndjson").read_text().splitlines())]
        if rejects != self.expected.rejects:
            raise AssertionError(f"{len(rejects)} rejects instead of {len(self.expected.rejects)}")
        report = json.loads((self.dir / "report.json").read_text())
        e = self.expected
        counts = [report[k] for k in ("read", "skipped", "rejected", "merged")]
        if counts != [e.read, e.skipped, len(e.rejects), e.merged] or report["written"] != e.read - e.skipped - len(e.rejects) - e.merged:
            raise AssertionError(f"counts {counts}, written {report['written']}")
        if self.sqlite:
            db = sqlite3.connect(self.out)
            if db.execute("SELECT count(*) FROM _migc_rejects WHERE run_id = ?", (report["run"],)).fetchone()[0] != len(e.rejects):
                raise AssertionError("the target's reject table differs")
            if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise AssertionError("the database is damaged")
        hidden = [p.name for p in self.dir.iterdir() if p.name.startswith(".")]
        if hidden:
            raise AssertionError(f"left over: {hidden}")
        before = hashlib.sha256(self.out.read_bytes()).digest() if not self.sqlite else None
        if (code := self.run(resume=True)) != 0:
            raise AssertionError(f"a further --resume ended with {code}")
        if not self.sqlite and hashlib.sha256(self.out.read_bytes()).digest() != before:
            raise AssertionError("a further --resume changed the output")

    def rows(self):
        if not self.sqlite:
            return [json.loads(line) for line in self.out.read_text().splitlines()]
        db = sqlite3.connect(self.out)
        db.row_factory = sqlite3.Row
        rows = []
        for row in db.execute("SELECT * FROM people"):
            person = {k: row[k] for k in row.keys() if row[k] is not None}
            if "tags" in person:
                person["tags"] = json.loads(person["tags"])
            rows.append(person)
        return rows

    def close(self):
        if not self.suite.keep:
            shutil.rmtree(self.dir, ignore_errors=True)


class Suite:
    specs = ["people_ndjson", "people_dedupe", "people_sqlite", "people_sqlite_dedupe"]

    def __init__(self, a):
        self.program, self.seed, self.kills, self.only, self.keep = os.path.abspath(a.program), a.seed, a.kills, a.only, a.keep
        self.rng = random.Random(a.seed)
        self.scratch = tempfile.mkdtemp(prefix="migc-crash-")
        self.input = Path(self.scratch) / "in.ndjson"
        lines = make_people(a.records, a.seed)
        self.input.write_text("\n".join(lines) + "\n")
        self.expected = {False: Expected(lines, False), True: Expected(lines, True)}
        self.cases = self.failures = self.faults = 0

    def case(self, name, spec, body):
        if self.only and self.only not in name:
            return True
        c = Case(self, spec)
        self.cases += 1
        try:
            body(c)
            return True
        except (AssertionError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as why:
            print(f"FAILED {name}: {why}   (seed {self.seed}, {c.dir})", flush=True)
            self.failures += 1
            return False
        finally:
            c.close()

    def quiet_case(self, spec, body):
        """True when the body found nothing wrong."""
        c = Case(self, spec)
        try:
            body(c)
            return True
        except (AssertionError, OSError, ValueError, KeyError, sqlite3.Error):
            return False
        finally:
            c.close()

    def points(self, spec):
        return (SQLITE_POINTS if "sqlite" in spec else FILE_POINTS) + (DEDUPE_POINTS if "dedupe" in spec else [])

    def uninterrupted(self):
        for spec in self.specs:
            self.case(f"uninterrupted {spec}", spec, lambda c: (c.finish(), c.check()))

    def enumerated(self):
        """Killed where a fail point is passed for the n-th time; then once more while continuing."""
        for spec in self.specs:
            for point in self.points(spec):
                for n in (1, 2, 5):
                    def body(c):
                        for attempt in range(2):
                            code = c.run(f"{point}:{n}:abort")
                            c.visible()
                            if code not in (0, -signal.SIGKILL):
                                raise AssertionError(f"ended with {code}: {c.stderr.strip()}")
                            self.faults += code != 0
                            if code == 0:
                                break
                        if code != 0:
                            c.finish()
                        c.check()
                    self.case(f"killed at {point}:{n} {spec}", spec, body)

    def random_kills(self):
        for spec in self.specs:
            began = time.monotonic()
            self.quiet_case(spec, lambda c: c.finish())
            whole = time.monotonic() - began
            for k in range(self.kills):
                def body(c):
                    for _ in range(60):
                        p = c.start()
                        try:
                            p.wait(timeout=self.rng.uniform(0, whole))
                        except subprocess.TimeoutExpired:
                            p.kill()
                            p.wait()
                            self.faults += 1
                        c.visible()
                        if p.returncode == 0:
                            break
                        if p.returncode != -signal.SIGKILL:
                            raise AssertionError(f"ended with {p.returncode}: {p.stderr.read().strip()}")
                    else:
                        c.finish()
                    c.check()
                self.case(f"killed at random {k} {spec}", spec, body)

    def errors(self):
        """System calls that fail: the run stops resumable (exit 4), names the path, and continues."""
        for spec in ("people_ndjson", "people_dedupe"):
            for point, errno in (("write", ENOSPC), ("write", EIO), ("fdatasync", EIO), ("fdatasync", ENOSPC), ("journal", ENOSPC), ("rename", EIO), ("sync_directory", EIO)):
                for n in (1, 3, 9):
                    def body(c):
                        code = c.run(f"{point}:{n}:{errno}")
                        c.visible()
                        if code == 4:
                            self.faults += 1
                            if "'" not in c.stderr:
                                raise AssertionError(f"the message names no path: {c.stderr}")
                            c.finish()
                        elif code != 0:
                            raise AssertionError(f"ended with {code}: {c.stderr.strip()}")
                        c.check()
                    self.case(f"{point}:{n} fails with {errno} {spec}", spec, body)

    def signals(self):
        for spec in self.specs:
            def body(c):
                p = c.start()
                time.sleep(self.rng.uniform(0.02, 0.3))
                began = time.monotonic()
                p.send_signal(signal.SIGTERM)
                _, stderr = p.communicate(timeout=30)
                if time.monotonic() - began > 5:
                    raise AssertionError("took more than five seconds to stop")
                if p.returncode not in (0, 4, -signal.SIGTERM):
                    raise AssertionError(f"ended with {p.returncode}: {stderr.strip()}")
                if p.returncode != 0:
                    c.finish()
                c.check()
            for k in range(3):
                self.case(f"SIGTERM {k} {spec}", spec, body)

    def zombie(self, c, mutant=None):
        """A process sleeps, another finishes its run, the first wakes up: it must find itself fenced and change nothing."""
        point = "sqlite_after_commit:2:stop" if c.sqlite else "file_before_journal:2:stop"
        sleeper = c.start(point, mutant, workers=1)
        state = ""
        for _ in range(600):
            time.sleep(0.02)
            state = Path(f"/proc/{sleeper.pid}/stat").read_text().rsplit(")", 1)[1].split()[0] if sleeper.poll() is None else "gone"
            if state in ("T", "gone"):
                break
        if state != "T":
            raise AssertionError("the first process did not fall asleep")
        try:
            c.finish(mutant)
            rows = c.rows()
        finally:
            sleeper.send_signal(signal.SIGCONT)
            _, stderr = sleeper.communicate(timeout=60)
        self.faults += 1
        if sleeper.returncode != 6:
            raise AssertionError(f"the sleeper ended with {sleeper.returncode}: {stderr.strip()}")
        if c.rows() != rows:
            raise AssertionError("the sleeper changed the target")
        c.check()

    def zombies(self):
        for spec in ("people_ndjson", "people_dedupe", "people_sqlite"):
            for k in range(3):
                self.case(f"zombie {k} {spec}", spec, self.zombie)

    def two_at_once(self):
        for spec in self.specs * 4:
            def body(c):
                c.run("before_seal:3:abort")
                both = [c.start(), c.start()]
                codes = [p.wait(timeout=120) for p in both]
                self.faults += 1
                if any(code not in (0, 4, 6, 7) for code in codes):
                    raise AssertionError(f"ended with {codes}: {[p.stderr.read().strip() for p in both]}")
                if 0 not in codes:
                    c.finish()
                c.check()
            self.case(f"two at once {spec}", spec, body)

    def mutants(self):
        """Builds that are wrong on purpose must be caught, or these tests are worth nothing."""
        def killed_at(point, mutant):
            def body(c):
                c.run(point, mutant)
                c.finish(mutant)
                c.check()
            return body
        trials = {
            "CKPT_BEFORE_DATA": ("people_ndjson", [killed_at(f"file_before_journal:{n}:abort", "CKPT_BEFORE_DATA") for n in range(2, 12)]),
            "CKPT_AFTER_COMMIT": ("people_sqlite", [killed_at(f"sqlite_after_commit:{n}:abort", "CKPT_AFTER_COMMIT") for n in range(1, 12)]),
            "EPOCH_NOT_CHECKED": ("people_ndjson", [lambda c: self.zombie(c, "EPOCH_NOT_CHECKED")] * 3),
        }
        for mutant, (spec, bodies) in trials.items():
            if self.only and self.only not in f"mutant {mutant}":
                continue
            self.cases += 1
            if all(self.quiet_case(spec, body) for body in bodies):
                print(f"FAILED mutant {mutant} survived {len(bodies)} faults", flush=True)
                self.failures += 1

    def sync_order(self):
        """By strace: the data is synced before the rename, and the directory after it. NO_FSYNC must be caught here: a kill cannot see it."""
        if shutil.which("strace") is None:
            print("SKIPPED sync order: strace is not installed")
            return

        def order(mutant):
            c = Case(self, "people_ndjson")
            log = c.dir / "strace.log"
            subprocess.run(["strace", "-f", "-y", "-e", "trace=fdatasync,fsync,rename,renameat2", "-o", str(log)] + c.command(), env=c.environment(mutant=mutant),
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            lines = log.read_text().splitlines()
            c.close()
            rename = [i for i, l in enumerate(lines) if "rename" in l and ".tmp" in l and "out.ndjson" in l]
            if not rename:
                return False
            at = rename[-1]
            data = any("fdatasync" in l and ".out.ndjson.migc-" in l for l in lines[:at])
            folder = any("fsync" in l and f"<{c.dir}>" in l for l in lines[at:])
            return data and folder
        for name, mutant, want in (("sync order", None, True), ("mutant NO_FSYNC", "NO_FSYNC", False)):
            if self.only and self.only not in name:
                continue
            self.cases += 1
            if order(mutant) != want:
                print(f"FAILED {name}")
                self.failures += 1


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--kills", type=int, default=5, help="random kills for each target")
    p.add_argument("--only", help="cases whose name contains this")
    p.add_argument("--records", type=int, default=4000)
    p.add_argument("--keep", action="store_true", help="keep the folders")
    suite = Suite(p.parse_args())
    for part in (suite.uninterrupted, suite.enumerated, suite.random_kills, suite.errors, suite.signals, suite.zombies, suite.two_at_once,
                 suite.mutants, suite.sync_order):
        began, cases = time.monotonic(), suite.cases
        part()
        print(f"{part.__name__}: {suite.cases - cases} cases, {time.monotonic() - began:.1f} s", flush=True)
    print(f"{suite.cases} cases, {suite.faults} faults, {suite.failures} failures")
    if not suite.keep:
        shutil.rmtree(suite.scratch, ignore_errors=True)
    return 1 if suite.failures else 0


if __name__ == "__main__":
    sys.exit(main())
