#!/usr/bin/env python3
"""Disk full: runs on file systems of every size that is too small stop resumable, and finish identical once there is room.

disk_full.py MIGC [--only PLACE] [--records N] [--seed S]
For each place that migc writes to (output, state with its logs and spills, reject log, report) a tmpfs is mounted there, from a few pages up, doubling until
the run fits. Each run that does not fit must exit with 4 and say what could not be written and what to do; then the file system grows, the same
command runs again, and output, rejects and counts must be those of a run that never met a full disk. Needs root or user namespaces.
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

from crash_case import HERE, Case, Expected, csv_lines, make_people

PLACES = [("output", "people_ndjson"), ("output", "people_csv"), ("output", "people_sqlite"), ("output", "people_dedupe"), ("state", "people_ndjson"),
          ("state", "people_dedupe"), ("state", "people_sqlite_dedupe"), ("rejects", "people_ndjson"), ("rejects", "people_sqlite"), ("report", "people_ndjson"), ("report", "people_sqlite")]
ROOM = "256m"


class Suite:
    keep = False

    def __init__(self, program, records, seed):
        self.program, self.rng = os.path.abspath(program), random.Random(seed)
        self.scratch = tempfile.mkdtemp(prefix="migc-full-")
        self.input, self.input_csv = Path(self.scratch) / "in.ndjson", Path(self.scratch) / "in.csv"
        lines = make_people(records, seed)
        self.input.write_text("\n".join(lines) + "\n")
        self.input_csv.write_text("\n".join(csv_lines(lines)) + "\n")
        self.expected = {False: Expected(lines, False), True: Expected(lines, True)}


class SmallCase(Case):
    """A case whose folder for one place is a file system of its own."""

    def __init__(self, suite, spec, place):
        super().__init__(suite, spec)
        self.small = self.dir / place
        self.small.mkdir()
        self.place = place
        if place == "output":
            self.out = self.small / self.out.name

    def command(self, resume=False, workers=None):
        c = super().command(resume, workers)
        if self.place == "rejects":
            c[c.index("--rejects") + 1] = str(self.small / "rejects.ndjson")
        if self.place == "report":
            c[c.index("--report") + 1] = str(self.small / "report.json")
        c[c.index("--quiet"):c.index("--quiet")] = ["--memory", "16MiB"]
        return c

    def mount(self, size):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(self.small)], check=True)

    def grow(self):
        subprocess.run(["mount", "-o", f"remount,size={ROOM}", str(self.small)], check=True)

    def check(self):
        if self.place == "rejects":
            for name in ("rejects.ndjson", "rejects.csv", "rejects.warnings.ndjson"):
                shutil.copy(self.small / name, self.dir / name)
        if self.place == "report":
            shutil.copy(self.small / "report.json", self.dir / "report.json")
        super().check()
        hidden = [p.name for p in self.small.iterdir() if p.name.startswith(".")]
        if hidden:
            raise AssertionError(f"left over: {hidden}")

    def close(self):
        subprocess.run(["umount", "-l", str(self.small)], check=False)
        super().close()


def sweep(suite, place, spec):
    """Number of sizes that were too small; raises AssertionError."""
    pages = 2
    while True:
        c = SmallCase(suite, spec, place)
        try:
            c.mount(f"{pages * 4}k")
            if place == "report" and pages < 16:  # it would fit the smallest
                (c.small / "other").write_bytes(bytes(pages * 4096))
            code = c.run()
            if code == 0:
                c.check()
                return pages.bit_length() - 2
            if code != 4:
                raise AssertionError(f"{pages * 4}k: ended with {code}: {c.stderr.strip()}")
            if "'" not in c.stderr or "make room" not in c.stderr or ("No space" not in c.stderr and "full" not in c.stderr):
                raise AssertionError(f"{pages * 4}k: the message does not tell what to do: {c.stderr.strip()}")
            if (report := c.dir / "report.json").exists() and json.loads(report.read_text())["status"] != "stopped":
                raise AssertionError(f"{pages * 4}k: the report does not say `stopped`")
            c.grow()
            c.finish()
            c.check()
        finally:
            c.close()
        pages *= 2


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--only", default="")
    p.add_argument("--records", type=int, default=6000)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    a = p.parse_args()
    if not a.inside:
        as_root = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
        # In a chroot the root folder is no mount point, whose propagation could be made private.
        ways = [as_root, as_root + ["--propagation", "unchanged"]]
        mount = ["mount", "-t", "tmpfs", "tmpfs", "/tmp"]
        unshare = next((way for way in ways if subprocess.run(way + mount, stderr=subprocess.DEVNULL).returncode == 0), None)
        if unshare is None:
            print("SKIPPED disk full: neither root nor user namespaces, so no small file system can be mounted")
            return 1 if os.environ.get("MIGC_REQUIRE_SERVERS") == "1" else 77
        return subprocess.run(unshare + [sys.executable, __file__, "--inside"] + sys.argv[1:]).returncode
    suite = Suite(a.program, a.records, a.seed)
    failed = 0
    try:
        for place, spec in PLACES:
            if a.only not in f"{place} {spec}":
                continue
            try:
                sizes = sweep(suite, place, spec)
                if sizes < 3:
                    raise AssertionError(f"only {sizes} sizes were too small")
                print(f"ok   {place} {spec}: {sizes} sizes were too small", flush=True)
            except (AssertionError, OSError, ValueError, KeyError, subprocess.TimeoutExpired) as why:
                print(f"FAIL {place} {spec}: {why}", flush=True)
                failed += 1
    finally:
        shutil.rmtree(suite.scratch, ignore_errors=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
