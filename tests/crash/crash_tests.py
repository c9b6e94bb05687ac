#!/usr/bin/env python3
"""Crash tests: kills runs at every kind of place, continues them, and compares the result with what a program of its own computes.

crash_tests.py MIGC_FAULTS [--complete] [--seed S] [--kills N] [--only NAME] [--records N] [--keep]
MIGC_FAULTS is migc with fail points. Without --complete each point is met once or twice; with it everything, several times. Prints one line a part
and exits 1 when a case failed. Every case ends with: output and rejects as expected, nothing hidden left over, and a further --resume that
changes nothing.
"""
import argparse
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from crash_case import HERE, Case, Expected, csv_lines, make_people
from power_loss import lose

sys.path.insert(0, str(HERE.parent / "harness"))
from fail_points import ALL_POINTS, DEDUPE_POINTS, FILE_POINTS, SQLITE_POINTS

# Passed when a run is taken over, so not by the process that begins it.
LATER_POINTS = ["after_take_over", "file_before_taking"]
ENOSPC, EIO = "28", "5"
WRONG = (AssertionError, OSError, ValueError, KeyError, TypeError, sqlite3.Error, subprocess.TimeoutExpired)


class Suite:
    specs = ["people_ndjson", "people_csv", "people_dedupe", "people_sqlite", "people_sqlite_dedupe"]

    def __init__(self, a):
        self.program, self.seed, self.kills, self.only, self.keep = os.path.abspath(a.program), a.seed, a.kills, a.only, a.keep
        self.complete = a.complete
        self.rng = random.Random(a.seed)
        self.scratch = tempfile.mkdtemp(prefix="migc-crash-")
        self.input, self.input_csv = Path(self.scratch) / "in.ndjson", Path(self.scratch) / "in.csv"
        lines = make_people(a.records, a.seed)
        self.input.write_text("\n".join(lines) + "\n")
        self.input_csv.write_text("\n".join(csv_lines(lines)) + "\n")
        self.expected = {False: Expected(lines, False), True: Expected(lines, True)}
        self.cases = self.failures = self.faults = 0

    def case(self, name, spec, body):
        if self.only and self.only not in name:
            return
        c = Case(self, spec)
        self.cases += 1
        try:
            body(c)
        except WRONG as why:
            print(f"FAILED {name}: {why}   (seed {self.seed}, {c.dir})", flush=True)
            self.failures += 1
        finally:
            c.close()

    def quiet_case(self, spec, body):
        """True when the body found nothing wrong."""
        c = Case(self, spec)
        try:
            body(c)
            return True
        except WRONG:
            return False
        finally:
            c.close()

    def points(self, spec):
        return (SQLITE_POINTS if "sqlite" in spec else FILE_POINTS) + (DEDUPE_POINTS if "dedupe" in spec else [])

    def all_named(self):
        """The tests name every fail point that the sources have, and no other."""
        found = set()
        for source in (HERE.parent.parent / "runtime").rglob("*.cpp"):
            found |= set(re.findall(r'failpoint\("(\w+)"\)', source.read_text()))
        if found != ALL_POINTS:
            print(f"FAILED fail points of the sources and of the tests differ: {sorted(found ^ ALL_POINTS)}")
            self.failures += 1

    def uninterrupted(self):
        for spec in self.specs:
            self.case(f"uninterrupted {spec}", spec, lambda c: (c.finish(), c.check()))

    def kill_at(self, point, n):
        """Killed where a fail point is passed for the n-th time; then once more while continuing."""
        def body(c):
            if point in LATER_POINTS:
                c.run("before_seal:3:abort")
            for attempt in range(2):
                code = c.run(f"{point}:{n}:abort")
                c.visible()
                if code not in (0, -signal.SIGKILL):
                    raise AssertionError(f"ended with {code}: {c.stderr.strip()}")
                if code == 0 and n == 1 and attempt == 0:
                    raise AssertionError("the point is never passed")
                self.faults += code != 0
                if code == 0:
                    break
            if code != 0:
                c.finish()
            c.check()
        return body

    def enumerated(self):
        for spec in self.specs:
            for at, point in enumerate(self.points(spec)):
                if not self.complete and spec not in ("people_ndjson", "people_sqlite") and (point not in DEDUPE_POINTS or "sqlite" in spec) and at % 6:
                    continue
                for n in (1, 2, 5) if self.complete else (1,) if point.startswith(("after_", "publish", "dedupe_decide")) else (2,):
                    self.case(f"killed at {point}:{n} {spec}", spec, self.kill_at(point, n))

    def random_kills(self):
        for spec in self.specs:
            began = time.monotonic()
            self.quiet_case(spec, lambda c: c.finish())
            whole = time.monotonic() - began
            for k in range(self.kills):
                def body(c):
                    for _ in range(30):
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
        calls = [("write", ENOSPC), ("write", EIO), ("fdatasync", EIO), ("fdatasync", ENOSPC), ("journal", ENOSPC), ("rename", EIO), ("sync_directory", EIO), ("read", EIO)]
        for spec in ("people_ndjson", "people_dedupe", "people_sqlite"):
            for point, errno in calls:
                if not self.complete and (spec == "people_sqlite" or (spec == "people_dedupe" and errno != ENOSPC)):
                    continue
                for n in (1, 3, 9) if self.complete else (3,):
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
            for k, number in enumerate((signal.SIGTERM, signal.SIGINT) * (2 if self.complete else 1)):
                # The process is put to sleep at a point, signalled, and woken, so that the signal always meets a run under way.
                point = "before_seal:2:stop"
                def body(c):
                    p = self.asleep(c, point)
                    p.send_signal(number)
                    p.send_signal(signal.SIGCONT)
                    _, stderr = p.communicate(timeout=120)
                    if p.returncode != 4 or "run again" not in stderr:
                        raise AssertionError(f"ended with {p.returncode}: {stderr.strip()}")
                    self.faults += 1
                    c.visible()
                    c.finish()
                    c.check()
                self.case(f"signal {number} {k} {spec}", spec, body)

            def continuing(c):
                """Signalled while the continued process looks at what is there already."""
                c.run("before_seal:4:abort")
                p = self.asleep(c, "read:1:stop" if not c.sqlite else "after_claim:1:stop")
                p.send_signal(signal.SIGTERM)
                p.send_signal(signal.SIGCONT)
                _, stderr = p.communicate(timeout=120)
                if p.returncode != 4:
                    raise AssertionError(f"ended with {p.returncode}: {stderr.strip()}")
                self.faults += 1
                c.visible()
                c.finish()
                c.check()
            if self.complete or spec in ("people_ndjson", "people_sqlite_dedupe"):
                self.case(f"signal while continuing {spec}", spec, continuing)

            def twice(c):
                p = self.asleep(c, "before_seal:2:stop")
                for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCONT):
                    p.send_signal(number)
                _, stderr = p.communicate(timeout=120)
                if p.returncode != 4 or "second signal" not in stderr:
                    raise AssertionError(f"ended with {p.returncode}: {stderr.strip()}")
                self.faults += 1
                c.visible()
                c.finish()
                c.check()
            if self.complete or spec in ("people_ndjson", "people_sqlite_dedupe"):
                self.case(f"two signals {spec}", spec, twice)

    def asleep(self, c, point, mutant=None):
        sleeper = c.start(point, mutant, workers=1)
        _, status = os.waitpid(sleeper.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            sleeper.returncode = os.waitstatus_to_exitcode(status)
            raise AssertionError(f"the process did not fall asleep: {sleeper.stderr.read().strip()}")
        return sleeper

    def zombie(self, c, mutant=None):
        """A process sleeps, another finishes its run, the first wakes up: it must find itself fenced and change nothing."""
        sleeper = self.asleep(c, "sqlite_after_commit:2:stop" if c.sqlite else "file_before_journal:2:stop", mutant)
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

    def woken(self, process):
        """Wakes an overtaken process, which must find itself fenced."""
        process.send_signal(signal.SIGCONT)
        _, stderr = process.communicate(timeout=120)
        self.faults += 1
        if process.returncode != 6:
            raise AssertionError(f"the overtaken process ended with {process.returncode}: {stderr.strip()}")

    def overtaken(self):
        """A process is overtaken while it takes the run over itself: what it made is removed, and what the newer one made is left alone."""
        def sleeping(c):
            first, second = self.asleep(c, "file_before_journal:2:stop"), self.asleep(c, "file_before_taking:1:stop")
            c.finish()
            self.woken(second)
            self.woken(first)
            c.check()

        def killed(c):
            first, second = self.asleep(c, "file_before_journal:2:stop"), self.asleep(c, "file_before_taking:1:stop")
            second.kill()
            second.wait()
            c.finish()
            self.woken(first)
            c.check()

        def without_journal(c):
            first, second, third = (self.asleep(c, point) for point in ("file_before_journal:1:stop", "after_take_over:1:stop", "before_seal:1:stop"))
            self.woken(second)
            third.send_signal(signal.SIGCONT)
            _, stderr = third.communicate(timeout=120)
            if third.returncode != 0:
                raise AssertionError(f"the newest process ended with {third.returncode}: {stderr.strip()}")
            self.woken(first)
            c.check()

        def too_late(c):
            first, second = self.asleep(c, f"{'sqlite_after_commit' if c.sqlite else 'file_before_journal'}:2:stop"), self.asleep(c, "after_take_over:1:stop")
            c.finish()
            self.woken(second)
            self.woken(first)
            c.check()

        for spec in self.specs if self.complete else ("people_ndjson", "people_dedupe", "people_sqlite"):
            for body in (too_late,) if "sqlite" in spec else (sleeping, killed, without_journal, too_late):
                self.case(f"overtaken, {body.__name__} {spec}", spec, body)

    def told(self):
        """`migc status` tells a process at work from one that was killed."""
        def body(c):
            def status():
                return subprocess.run([self.program, "status", "--state", str(c.dir / "state")], capture_output=True, text=True, timeout=60).stdout
            sleeper = self.asleep(c, "before_seal:2:stop")
            alive = status()
            sleeper.kill()
            sleeper.wait()
            dead = status()
            if "a process is at work" not in alive or "was killed" not in dead:
                raise AssertionError(f"told of the sleeper: {alive}, of the dead: {dead}")
            c.finish()
            c.check()
        self.case("status of a process at work", "people_ndjson", body)

    def zombies(self):
        for spec in ("people_ndjson", "people_csv", "people_dedupe", "people_sqlite"):
            for k in range(3 if self.complete else 1):
                self.case(f"zombie {k} {spec}", spec, self.zombie)

    def two_at_once(self):
        for spec in self.specs * (4 if self.complete else 1):
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

    def power_cut(self, point, data, names, mutant=None):
        """Killed at a point, then what was not synced is gone; the run continues all the same."""
        def body(c):
            old = {} if c.sqlite else {str(c.out): c.OLD.encode()}
            trace = c.dir / "trace"
            (c.dir / "state").mkdir()  # with it gone the run never was, and there is nothing to prove
            code = c.run(f"{point}:abort", mutant, trace=trace)
            if code == 0 and point.startswith("none"):
                lose(trace, old, data, names)
                c.check_rows()
                return
            if code != -signal.SIGKILL:
                raise AssertionError(f"ended with {code}: {c.stderr.strip()}")
            self.faults += 1
            lose(trace, old, data, names)
            trace.unlink(missing_ok=True)
            c.visible()
            c.finish(mutant)
            c.check()
        return body

    def power_cuts(self):
        for spec in self.specs if self.complete else ("people_ndjson", "people_sqlite", "people_dedupe"):
            often = ("write", "file_after_journal", "before_seal", "sqlite_after_commit", "dedupe_chunk")
            points = ["none:1"] + [f"{p}:{n}" for p in self.points(spec) if p not in LATER_POINTS for n in ((1, 4) if self.complete else (1,)) if n == 1 or p in often]
            if not self.complete:
                points = [p for p in points if p.startswith(("none", "file_after", "publish_after_r", "before_finished", "sqlite_after_commit"))]
            for point in points:
                for data, names in ((True, True), (True, False), (False, True)):
                    if self.complete or point.startswith("none") or data and names:
                        self.case(f"power cut at {point} {'data' if data else ''} {'names' if names else ''} {spec}", spec, self.power_cut(point, data, names))

    def mutants(self):
        """Programs that are wrong on purpose must be caught, or these tests are worth nothing."""
        def killed_at(point, mutant):
            def body(c):
                c.run(point, mutant)
                c.finish(mutant)
                c.check()
            return body
        trials = {
            "CKPT_BEFORE_DATA": ("people_ndjson", [killed_at(f"file_before_journal:{n}:abort", "CKPT_BEFORE_DATA") for n in range(2, 8 if self.complete else 5)]),
            "CKPT_AFTER_COMMIT": ("people_sqlite", [killed_at(f"sqlite_after_commit:{n}:abort", "CKPT_AFTER_COMMIT") for n in range(1, 8 if self.complete else 4)]),
            "EPOCH_NOT_CHECKED in files": ("people_ndjson", [lambda c: self.zombie(c, "EPOCH_NOT_CHECKED")] * (3 if self.complete else 1)),
            "EPOCH_NOT_CHECKED in tables": ("people_sqlite", [lambda c: self.zombie(c, "EPOCH_NOT_CHECKED")] * (3 if self.complete else 1)),
            "NO_FSYNC": ("people_ndjson", [self.power_cut(f"{p}:1", True, False, "NO_FSYNC") for p in ("file_after_journal", "publish_after_rename", "none")]),
            "NO_DIRECTORY_SYNC": ("people_ndjson", [self.power_cut(f"{p}:1", False, True, "NO_DIRECTORY_SYNC") for p in ("file_after_journal", "none")]),
        }
        for name, (spec, bodies) in trials.items():
            if self.only and self.only not in f"mutant {name}":
                continue
            self.cases += 1
            caught = sum(not self.quiet_case(spec, body) for body in bodies)
            print(f"  mutant {name}: caught by {caught} of {len(bodies)}", flush=True)
            if caught == 0:
                print(f"FAILED mutant {name} survived", flush=True)
                self.failures += 1


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--complete", action="store_true")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--kills", type=int, help="random kills for each target; default 1, with --complete 5")
    p.add_argument("--only", help="cases whose name contains this")
    p.add_argument("--records", type=int, default=1500)
    p.add_argument("--keep", action="store_true", help="keep the folders")
    a = p.parse_args()
    a.kills = a.kills if a.kills is not None else 5 if a.complete else 1
    suite = Suite(a)
    for part in (suite.all_named, suite.uninterrupted, suite.enumerated, suite.random_kills, suite.errors, suite.signals, suite.told, suite.zombies, suite.overtaken,
                 suite.two_at_once, suite.power_cuts, suite.mutants):
        began, cases = time.monotonic(), suite.cases
        part()
        print(f"{part.__name__}: {suite.cases - cases} cases, {time.monotonic() - began:.1f} s", flush=True)
    print(f"{suite.cases} cases, {suite.faults} faults, {suite.failures} failures")
    if not suite.keep:
        shutil.rmtree(suite.scratch, ignore_errors=True)
    return 1 if suite.failures else 0


if __name__ == "__main__":
    sys.exit(main())
