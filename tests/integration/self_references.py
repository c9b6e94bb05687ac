#!/usr/bin/env python3
"""A SQLite table with a foreign key into itself: rows come in any order, the table itself checks every reference, and runs that are killed
go on to the same end.

self_references.py --migc PATH [--faults PATH]
"""
import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from fail_points import DEFERRED_POINTS, SQLITE_POINTS  # noqa: E402
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "self" version "1.0.0" { edition = 2026 }
issue SE201 "leads nowhere" fix "look"
schema Row { id: int @key  tenant: int @key  boss?: int?  name: string }
schema Person { id: int  tenant: int  boss?: int? @references(people.id, deferred: true)  name: string  note?: string? }
source rows: Row from ndjson("rows.ndjson")
target people: Person into sqlite("out.db", table: "people") { WRITE }
map load_people: rows as r -> people as o {
  copy r.{id, tenant, name}
  boss = BOSS
  note = if r.id == 3 then "three" else keep
}
stage load { run load_people SETTINGS }
'''
TABLE = '''create table people (id integer not null, tenant integer not null, boss integer, name text not null check (name <> 'refused'), note text default 'none',
  extra integer references other(id), primary key (tenant, id), foreign key (tenant, boss) references people (tenant, id)) OPTIONS;
create table other (id integer primary key)'''
UPSERT = "write = upsert(by: [tenant, id])"
COUNT = 3000


def make(folder, rng, options="", write=UPSERT, boss="r.boss", settings=""):
    (folder / "spec.mig").write_text(SPEC.replace("WRITE", write).replace("BOSS", boss).replace("SETTINGS", settings))
    with sqlite3.connect(folder / "out.db") as db:
        db.executescript(TABLE.replace("OPTIONS", options))
    rows = []
    for i in range(COUNT):
        row = {"id": i, "tenant": i % 2, "name": f"n{i}"}
        if rng.random() < 0.8:
            row["boss"] = rng.choice([i, (i + 2) % COUNT, rng.randrange(COUNT // 2) * 2 + i % 2])  # oneself, the next one, any
        rows.append(row)
    rng.shuffle(rows)
    write_rows(folder, rows)
    return rows


def write_rows(folder, rows):
    (folder / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))


def table(folder):
    with sqlite3.connect(folder / "out.db") as db:
        broken = db.execute("pragma foreign_key_check(people)").fetchall()
        expect(broken == [], f"references that lead nowhere: {broken[:3]}")
        left = db.execute("select count(*) from _migc_deferred").fetchone()[0] if db.execute(
            "select 1 from sqlite_master where name = '_migc_deferred'").fetchone() else 0
        return {(t, i): (boss, name, note) for i, t, boss, name, note in db.execute("select id, tenant, boss, name, note from people")}, left


def expected(rows):
    return {(r["tenant"], r["id"]): (r.get("boss"), r["name"], "three" if r["id"] == 3 else "none") for r in rows}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--faults")
    a = parser.parse_args()

    def run(program, folder, *words, failpoint=None):
        environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))
        if failpoint:
            environment["MIGC_FAILPOINT"] = failpoint
        command = [str(Path(program).resolve()), "run", "spec.mig", "--state", "state", "--report", "report.json", "--rejects", "rejects.ndjson", "--quiet",
                   "--engine", "interp", *words]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)

    def project():
        return tempfile.TemporaryDirectory(prefix="migc-self-references-")

    def counts(folder):
        report = json.loads((folder / "report.json").read_text())
        return tuple(report[name] for name in ("read", "written", "rejected", "inserted", "updated", "unchanged"))

    # Any order, one epoch or many, with and without row numbers; then once more over what is there.
    for options in ("", "without rowid"):
        for words in ([], ["--batch", "7", "--memory", "64MiB"]):
            with project() as name:
                folder = Path(name)
                rows = make(folder, random.Random(5), options)
                done = run(a.migc, folder, *words)
                expect(done.returncode == 0, f"{options} {words}: exit {done.returncode}\n{done.stderr}")
                expect(table(folder) == (expected(rows), 0), f"{options} {words}: the rows")
                expect(counts(folder) == (COUNT, COUNT, 0, COUNT, 0, 0), f"{options} {words}: {counts(folder)}")
                done = run(a.migc, folder, "--new", *words)
                expect(done.returncode == 0 and counts(folder) == (COUNT, COUNT, 0, 0, 0, COUNT), f"{options} {words}: again: {counts(folder)}\n{done.stderr}")
                for row in rows[::3]:
                    row["boss"] = row["id"]
                write_rows(folder, rows + [{"id": COUNT + 5, "tenant": 1, "boss": COUNT + 7, "name": "x"}, {"id": COUNT + 5, "tenant": 1, "name": "later"},
                                           {"id": COUNT + 7, "tenant": 1, "name": "y"}])
                done = run(a.migc, folder, "--new", *words)
                want = expected(rows) | {(1, COUNT + 5): (COUNT + 7, "later", "none"), (1, COUNT + 7): (None, "y", "none")}
                want[1, COUNT + 5] = (None, "later", "none")
                expect(done.returncode == 0 and table(folder) == (want, 0), f"{options} {words}: changed, and the last row of a key counts\n{done.stderr}")

    # What the table refuses for another reason is refused; who refers to it is told when everything else is there.
    with project() as name:
        folder = Path(name)
        rows = make(folder, random.Random(6))
        for row in rows:
            if row["id"] == 40:
                row["name"] = "refused"
                row.pop("boss", None)
            if row["id"] == 42:
                row["boss"] = 40
        write_rows(folder, rows)
        done = run(a.migc, folder)
        expect(done.returncode == 7 and "refer to rows of it that are not there" in done.stderr, f"dangling: exit {done.returncode}\n{done.stderr}")
        with sqlite3.connect(folder / "out.db") as db:
            db.execute("insert or ignore into people (id, tenant, name) values (40, 0, 'by hand')")
        done = run(a.migc, folder)
        expect(done.returncode == 0, f"dangling, repaired: exit {done.returncode}\n{done.stderr}")
        found, left = table(folder)
        want = expected(rows)
        want[0, 40] = (None, "by hand", "none")
        expect(found == want and left == 0, f"dangling, repaired: {sorted(set(found.items()) ^ set(want.items()))[:4]}")

    # Without `deferred` the table refuses what comes too early, as before.
    with project() as name:
        folder = Path(name)
        make(folder, random.Random(7))
        text = (folder / "spec.mig").read_text().replace("@references(people.id, deferred: true)", "")
        (folder / "spec.mig").write_text(text)
        done = run(a.migc, folder)
        expect(done.returncode == 0 and counts(folder)[2] > 0, f"not deferred: exit {done.returncode}, {counts(folder)}")

    # Killed at every point: the same end.
    for failpoint in [*SQLITE_POINTS, *DEFERRED_POINTS] if a.faults else []:
        for nth in (1, 2, 5):
            with project() as name:
                folder = Path(name)
                rows = make(folder, random.Random(8))
                words = ["--batch", "50", "--memory", "64MiB"]
                killed = run(a.faults, folder, *words, failpoint=f"{failpoint}:{nth}:abort")
                if killed.returncode == 0:
                    continue  # so often is the point not passed
                expect(killed.returncode == -signal.SIGKILL, f"{failpoint}:{nth}: exit {killed.returncode}\n{killed.stderr}")
                done = run(a.migc, folder, *words)
                expect(done.returncode == 0 and table(folder) == (expected(rows), 0), f"{failpoint}:{nth}: exit {done.returncode}\n{done.stderr}")
                expect(counts(folder)[:3] == (COUNT, COUNT, 0), f"{failpoint}:{nth}: {counts(folder)}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
