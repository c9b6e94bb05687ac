"""One crash-test case: its input, what must come out of it, and how a run of it is started and judged."""
import csv
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
from collections import OrderedDict
from pathlib import Path

HERE = Path(__file__).resolve().parent


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


def csv_lines(lines):
    """The same people as columns; a line that is no JSON becomes one with an open quote in the middle of a value."""
    out = ["id,email,n,tags"]
    for line in lines:
        try:
            p = json.loads(line)
            out.append(f"{p['id']},{p.get('email', '')},{p.get('n', '')},{' '.join(p.get('tags', []))}")
        except ValueError:
            out.append('x"y,"a"b,,')
    return out


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
    OLD = "the old file\n"

    def __init__(self, suite, spec):
        self.suite, self.spec = suite, spec
        self.sqlite, self.csv = "sqlite" in spec, "csv" in spec
        self.dir = Path(tempfile.mkdtemp(prefix="migc-crash-", dir=suite.scratch))
        self.out = self.dir / ("out.db" if self.sqlite else "out.csv" if self.csv else "out.ndjson")
        if not self.sqlite:
            self.out.write_text(self.OLD)
        self.expected = suite.expected["dedupe" in spec]

    def command(self, resume=False, workers=None):
        c = [self.suite.program, "run", str(HERE / f"{self.spec}.mig"), "--set", f"input={self.suite.input_csv if self.csv else self.suite.input}", "--set", f"output={self.out}", "--state",
             str(self.dir / "state"), "--rejects", str(self.dir / "rejects.ndjson"), "--report", str(self.dir / "report.json"), "--quiet", "--engine", "interp", "--workers", str(workers or self.suite.rng.choice([1, 2, 3]))]
        return c + (["--resume"] if resume else [])

    def environment(self, failpoint=None, mutant=None, trace=None):
        env = dict(os.environ, MIGC_CHUNK_BYTES="8192", MIGC_EPOCH_RECORDS="1")
        if trace:
            env["MIGC_TRACE"] = str(trace)
        if failpoint:
            env["MIGC_FAILPOINT"] = failpoint
        if mutant:
            env["MIGC_MUTANT"] = mutant
        return env

    def start(self, failpoint=None, mutant=None, resume=False, workers=None, trace=None):
        return subprocess.Popen(self.command(resume, workers), env=self.environment(failpoint, mutant, trace), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True)

    def run(self, failpoint=None, mutant=None, resume=False, workers=None, trace=None):
        process = self.start(failpoint, mutant, resume, workers, trace)
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
        if text != self.OLD and text.count("\n") != len(self.expected.rows) + self.csv:
            raise AssertionError("a half file stands under the final name")

    def check_rows(self):
        rows = self.rows()
        want = self.expected.rows
        if self.csv:
            want = [{k: " ".join(v) if k == "tags" else v for k, v in person.items()} for person in want]
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
        wanted = [(line + self.csv, code) for line, code in self.expected.rejects]  # behind the header
        if rejects != wanted:
            raise AssertionError(f"{len(rejects)} rejects instead of {len(wanted)}, first {rejects[:2]} instead of {wanted[:2]}")

    def check(self):
        self.check_rows()
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
        if self.csv:
            with self.out.open(newline="") as file:
                return [{k: int(v) if k == "n" else v for k, v in row.items() if v != ""} for row in csv.DictReader(file)]
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
