#!/usr/bin/env python3
"""Sums, bounds, groups, rates and references over random records, against Python and SQLite; and runs that are killed while they measure.

measures.py --migc PATH [--faults PATH]
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
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from fail_points import MEASURE_POINTS  # noqa: E402
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "measured" version "1.0.0" { edition = 2026 }
issue ME101 "no team" fix "look"
issue ME102 "not now" fix "look"
issue ME103 "twice" fix "look"
issue ME104 "no such team" fix "look"
issue ME901 "differs" fix "look"
schema Team { id: int @key  name?: string? }
schema TeamOut { id: string @key  name: string }
schema Row { id: int @key  team: int  amount: decimal(14, 2)  day: date  note?: string?  group: string }
schema Out { id: int @key  team: string @references(teams.id)  amount: decimal(14, 2)  day: date  note?: string?  group: string }
source team_rows: Team from csv("teams.csv")
source rows: Row from ndjson("rows.ndjson")
target teams: TeamOut into sqlite("out.db", table: "teams") { write = upsert(by: [id])  create = true }
target outs: Out into sqlite("out.db", table: "outs") { write = upsert(by: [id]) }
map team_map: team_rows as t -> teams as o {
  id   = f"t{t.id}"
  name = t.name ?? reject ME101
}
map row_map: rows as r -> outs as o {
  skip ME102 when r.amount < 0
  copy r.{id, amount, day, note, group}
  team = ref(team_map, r.team) catch reject ME104
}
DEDUPE
reconcile all {
  EXPECTATIONS
}
'''
EXPECTATIONS = [
    "count(rows) >= 0", "sum(rows, r -> r.amount) >= -999999999", "min_of(rows, r -> r.day) >= @1900-01-01", "max_of(rows, r -> r.amount) >= -9999",
    "distinct(rows, r -> r.note) >= 0", "null_rate(rows, r -> r.note) <= 100%", "duplicate_rate(rows, r -> r.group) <= 100%",
    "max_length(rows, r -> r.note ?? \"\") >= 0",
    "sum(written(row_map), w -> w.amount) >= -999999999", "sum(rejected(row_map), w -> w.src.amount) >= -999999999",
    "sum(skipped(row_map), w -> w.src.amount) >= -999999999", "sum(merged(row_map), w -> w.src.amount) >= -999999999",
    "sum(in_run(outs), w -> w.amount) >= -999999999", "sum(outs, w -> w.amount) >= -999999999",
    "checksum(written(row_map)) == checksum(in_run(outs))",
    "sum_by(pairs(row_map), p -> p.out.group, p -> p.src.amount) == sum_by(in_run(outs), w -> w.group, w -> w.amount)",
    "count_by(read(row_map), r -> r.group) == count_by(rows, r -> r.group)",
    "sum(rows |> filter(r -> r.group == \"g1\"), r -> r.amount) >= -999999999",
]

def make(folder, rng, dedupe, count):
    teams = [(i, "" if i % 7 == 3 else f"team {i}") for i in range(40)]
    (folder / "teams.csv").write_text("id,name\n" + "".join(f"{i},{name}\n" for i, name in teams))
    rows = []
    for i in range(count):
        row = {"id": i, "team": rng.randrange(45), "amount": Decimal(rng.randrange(-2000, 100000)) / 100,
               "day": f"2024-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}", "group": f"g{rng.randrange(4)}"}
        if rng.randrange(4):
            row["note"] = "n" * rng.randrange(9) + str(rng.randrange(50)) + "ä"
        rows.append(row)
    (folder / "rows.ndjson").write_text("".join(json.dumps(r, default=str).replace(f'"{r["amount"]}"', f'{r["amount"]:.2f}') + "\n" for r in rows))
    # One statement a check: with several tolerances the sides stay what they are.
    spec = SPEC.replace("DEDUPE", "dedupe outs by day { prefer amount desc  prefer id asc  warn ME103 }" if dedupe else "")
    (folder / "spec.mig").write_text(spec.replace("EXPECTATIONS", "\n  ".join(f"expect {e} else fail ME901" for e in EXPECTATIONS)))
    with sqlite3.connect(folder / "out.db") as db:
        db.execute("CREATE TABLE teams(id TEXT PRIMARY KEY, name TEXT)")
        db.execute("CREATE TABLE outs(id INTEGER PRIMARY KEY, team TEXT, amount TEXT, day TEXT, note TEXT, \"group\" TEXT)")
        db.execute("INSERT INTO outs VALUES (1000000, 't1', '5.00', '2000-01-01', NULL, 'old')")
    return dict(teams), rows


def expected(teams, rows, dedupe):
    fates = defaultdict(list)
    good = []
    for row in rows:
        if row["amount"] < 0:
            fates["skipped"].append(row)
        elif not teams.get(row["team"]):
            fates["rejected"].append(row)
        else:
            good.append(row)
    if dedupe:
        best = {}
        for row in good:
            held = best.get(row["day"])
            if held is None or (-row["amount"], row["id"]) < (-held["amount"], held["id"]):
                best[row["day"]] = row
        kept = {row["id"] for row in best.values()}
        fates["merged"] = [row for row in good if row["id"] not in kept]
        good = [row for row in good if row["id"] in kept]
    fates["written"] = good
    return fates


def total(rows):
    return f"{sum((r['amount'] for r in rows), Decimal('0.00')):.2f}"


def judge(folder, teams, rows, dedupe, what):
    report = json.loads((folder / "report.json").read_text())
    left = [e["left"] for e in report["reconcile"]]
    expect(all(e["holds"] for e in report["reconcile"]), f"{what}: every expectation holds: {[e for e in report['reconcile'] if not e['holds']]}")
    fates = expected(teams, rows, dedupe)
    notes = [r["note"] for r in rows if "note" in r]
    groups = [r["group"] for r in rows]
    with sqlite3.connect(folder / "out.db") as db:
        stands = db.execute("SELECT sum(CAST(replace(amount, '.', '') AS INTEGER)) FROM outs").fetchone()[0]
        run = db.execute("SELECT sum(CAST(replace(amount, '.', '') AS INTEGER)) FROM outs WHERE id < 1000000").fetchone()[0]
        teams_of = dict(db.execute("SELECT id, team FROM outs WHERE id < 1000000"))
    want = [str(len(rows)), total(rows), min(r["day"] for r in rows), f"{max(r['amount'] for r in rows):.2f}", str(len(set(notes))),
            None, None, str(max(map(len, notes))), total(fates["written"]), total(fates["rejected"]), total(fates["skipped"]), total(fates["merged"]),
            f"{Decimal(run) / 100:.2f}", f"{Decimal(stands) / 100:.2f}", None, None, None, total([r for r in rows if r["group"] == "g1"])]
    for i, value in enumerate(want):
        expect(value is None or left[i] == value, f"{what}: {EXPECTATIONS[i]}: {left[i]}, not {value}")
    share = 100 * (len(rows) - len(notes)) / len(rows)
    expect(abs(float(left[5].rstrip("%")) - share) < 0.001, f"{what}: null_rate {left[5]}, not {share}")
    share = 100 * (len(groups) - len(set(groups))) / len(groups)
    expect(abs(float(left[6].rstrip("%")) - share) < 0.001, f"{what}: duplicate_rate {left[6]}, not {share}")
    expect(left[15] == f"{len(Counter(r['group'] for r in fates['written']))} keys", f"{what}: groups {left[15]}")
    expect(teams_of == {r["id"]: f"t{r['team']}" for r in fates["written"]}, f"{what}: every row has the key of its team")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--faults")
    a = parser.parse_args()

    def run(program, folder, failpoint=None):
        environment = dict(os.environ)
        if failpoint:
            environment["MIGC_FAILPOINT"] = failpoint + ":1:abort"
        command = [str(Path(program).resolve()), "run", "spec.mig", "--state", "state", "--report", "report.json", "--quiet", "--engine", "interp"]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)

    for dedupe in (False, True):
        what = "with dedupe" if dedupe else "without dedupe"
        with tempfile.TemporaryDirectory(prefix="migc-measures-") as name:
            folder = Path(name)
            teams, rows = make(folder, random.Random(11), dedupe, 4000)
            done = run(a.migc, folder)
            expect(done.returncode == 0, f"{what}: exit {done.returncode}\n{done.stderr}")
            if done.returncode == 0:
                judge(folder, teams, rows, dedupe, what)
        for failpoint in [*MEASURE_POINTS, "after_publish"] if a.faults else []:
            with tempfile.TemporaryDirectory(prefix="migc-measures-") as name:
                folder = Path(name)
                teams, rows = make(folder, random.Random(12), dedupe, 1500)
                killed = run(a.faults, folder, failpoint)
                expect(killed.returncode == -signal.SIGKILL, f"{what}: {failpoint} kills the run, exit {killed.returncode}\n{killed.stderr}")
                done = run(a.migc, folder)
                expect(done.returncode == 0, f"{what}: continued after {failpoint}: exit {done.returncode}\n{done.stderr}")
                if done.returncode == 0:
                    judge(folder, teams, rows, dedupe, f"{what}, killed at {failpoint}")
                    with sqlite3.connect(folder / "state" / "ledger.db") as ledger:
                        runs = ledger.execute("SELECT count(*) FROM runs").fetchone()[0]
                    expect(runs == 1, f"{what}: {failpoint}: the run was continued, not begun anew ({runs} runs)")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
