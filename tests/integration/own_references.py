#!/usr/bin/env python3
"""References to records of the target that is being written, between two targets both ways, to keys of several fields, and to records that
share a source key, over random records against Python; and runs that are killed while such keys are found out.

own_references.py --migc PATH [--faults PATH]
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
from fail_points import EARLY_POINTS  # noqa: E402
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "own-references" version "1.0.0" { edition = 2026 }
issue OR101 "no name" fix "look"
issue OR102 "twice" fix "look"
issue OR103 "the boss is missing" fix "look"
issue OR104 "the department is missing" fix "look"
issue OR105 "the head is missing" fix "look"
issue OR901 "leads nowhere" fix "look"
schema Person { id: int @key  tenant: int @key  boss?: int?  department: int  name?: string?  group: string }
schema Department { id: int @key  head?: int?  head_tenant: int  name?: string? }
schema PersonOut { id: string @key  boss?: string? @references(people.id, deferred: true)  boss_name?: string?
                   department: string @references(departments.id)  group: string }
schema DepartmentOut { id: string @key  head?: string? @references(people.id, deferred: true)  size_of_name: int }
source persons: Person from ndjson("persons.ndjson")
source department_rows: Department from csv("departments.csv")
target people: PersonOut into TARGET
target departments: DepartmentOut into ndjson("departments_out.ndjson") { write = replace }
map person_map: persons as p -> people as o {
  let name = p.name ?? reject OR101
  id         = f"p{p.tenant}-{p.id}-{name}"
  boss       = p.boss |?> (b -> ref(person_map, { tenant: p.tenant, id: b })) catch warn OR103 use null
  department = ref(department_map, p.department) catch reject OR104
  group      = p.group
}
map department_map: department_rows as d -> departments as o {
  id           = f"d{d.id}"
  head         = d.head |?> (h -> ref(person_map, { id: h, tenant: d.head_tenant })) catch warn OR105 use null
  size_of_name = length(d.name ?? reject OR101)
}
DEDUPE
reconcile whole { ORPHANS expect count(read(person_map)) > 0 else fail OR901 }
'''
SQLITE = 'sqlite("out.db", table: "people") { write = upsert(by: [id])  create = true }'
NDJSON = 'ndjson("people.ndjson") { write = replace }'

def make(folder, rng, count, target, dedupe):
    departments = [{"id": i, "head": rng.choice([None, rng.randrange(count)]), "head_tenant": rng.randrange(3), "name": None if i % 6 == 5 else "x" * i}
                   for i in range(20)]
    (folder / "departments.csv").write_text("id,head,head_tenant,name\n" + "".join(
        f"{d['id']},{'' if d['head'] is None else d['head']},{d['head_tenant']},{d['name'] if d['name'] is not None else ''}\n" for d in departments))
    persons = []
    for i in range(count):
        row = {"id": rng.randrange(count) if dedupe else i, "tenant": i % 3, "department": rng.randrange(22), "group": f"g{rng.randrange(count // 2)}"}
        if rng.random() < 0.7:
            row["boss"] = rng.randrange(count + 20)
        if rng.random() < 0.9:
            row["name"] = f"n{rng.randrange(1000)}-{i}"
        persons.append(row)
    (folder / "persons.ndjson").write_text("".join(json.dumps(p) + "\n" for p in persons))
    spec = SPEC.replace("TARGET", SQLITE if target == "sqlite" else NDJSON)
    spec = spec.replace("DEDUPE", "dedupe people by group { prefer id asc  warn OR102 }" if dedupe else "")
    orphans = "expect count(orphans(people.boss)) == 0 else fail OR901\n expect count(orphans(departments.head)) == 0 else fail OR901\n "
    (folder / "spec.mig").write_text(spec.replace("ORPHANS", orphans + "expect count(orphans(people.department)) == 0 else fail OR901\n"))
    return departments, persons


def expected(departments, persons, dedupe):
    heads = {d["id"]: f"d{d['id']}" for d in departments if d["name"]}
    good = []
    for place, person in enumerate(persons):
        if "name" in person and person["department"] in heads:
            good.append({**person, "place": place, "out": f"p{person['tenant']}-{person['id']}-{person['name']}"})
    winners = {}
    if dedupe:
        for person in good:
            best = winners.get(person["group"])
            # By the target's id, then the smallest source key.
            if best is None or (person["out"], person["id"], person["tenant"]) < (best["out"], best["id"], best["tenant"]):
                winners[person["group"]] = person
    else:
        winners = {person["place"]: person for person in good}
    became = {}
    for person in good:
        winner = winners[person["group"]] if dedupe else person
        became.setdefault((person["tenant"], person["id"]), winner["out"])
    people = {}
    for person in winners.values():
        boss = became.get((person["tenant"], person["boss"])) if "boss" in person else None
        people[person["out"]] = (boss, heads[person["department"]], person["group"])
    out = {heads[d["id"]]: (None if d["head"] is None else became.get((d["head_tenant"], d["head"])), len(d["name"])) for d in departments if d["name"]}
    return people, out


def judge(folder, target, wanted, what):
    if target == "sqlite":
        with sqlite3.connect(folder / "out.db") as db:
            people = {row[0]: row[1:] for row in db.execute("select id, boss, department, \"group\" from people")}
    else:
        rows = [json.loads(line) for line in (folder / "people.ndjson").read_text().splitlines()]
        people = {row["id"]: (row.get("boss"), row["department"], row["group"]) for row in rows}
        expect(len(rows) == len(people), f"{what}: every record once")
    rows = [json.loads(line) for line in (folder / "departments_out.ndjson").read_text().splitlines()]
    departments = {row["id"]: (row.get("head"), row["size_of_name"]) for row in rows}
    for name, found, want in (("people", people, wanted[0]), ("departments", departments, wanted[1])):
        expect(found == want, f"{what}: {name}: {sorted(set(found.items()) ^ set(want.items()), key=str)[:4]}")
    report = json.loads((folder / "report.json").read_text())
    expect(all(check["holds"] for check in report["reconcile"]), f"{what}: {report['reconcile']}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--faults")
    a = parser.parse_args()

    def run(program, folder, failpoint=None, arguments=()):
        environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))
        if failpoint:
            environment["MIGC_FAILPOINT"] = failpoint + ":1:abort"
        command = [str(Path(program).resolve()), "run", "spec.mig", "--state", "state", "--report", "report.json", "--quiet", *arguments]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)

    combinations = [("interp", None, "1"), ("jit0", "7", "2"), ("jit", "1", "2"), ("jit", None, "2")]
    for target in ("ndjson", "sqlite"):
        for dedupe in (False, True):
            for engine, batch, workers in combinations:
                with tempfile.TemporaryDirectory(prefix="migc-own-references-") as name:
                    folder = Path(name)
                    wanted = expected(*make(folder, random.Random(21), 1200, target, dedupe), dedupe)
                    what = f"{target}, {'with' if dedupe else 'without'} dedupe, {engine}, batch {batch}, {workers} workers"
                    done = run(a.migc, folder, None, ["--engine", engine, "--workers", workers, *(["--batch", batch] if batch else [])])
                    expect(done.returncode == 0, f"{what}: exit {done.returncode}\n{done.stderr}")
                    if done.returncode == 0:
                        judge(folder, target, wanted, what)
            for failpoint in [*EARLY_POINTS, "references_filled", "before_measures"] if a.faults else []:
                with tempfile.TemporaryDirectory(prefix="migc-own-references-") as name:
                    folder = Path(name)
                    wanted = expected(*make(folder, random.Random(22), 500, target, dedupe), dedupe)
                    what = f"{target}, {'with' if dedupe else 'without'} dedupe, killed at {failpoint}"
                    killed = run(a.faults, folder, failpoint, ["--engine", "interp"])
                    expect(killed.returncode == -signal.SIGKILL, f"{what}: exit {killed.returncode}\n{killed.stderr}")
                    done = run(a.migc, folder, None, ["--engine", "interp"])
                    expect(done.returncode == 0, f"{what}: continued: exit {done.returncode}\n{done.stderr}")
                    if done.returncode == 0:
                        judge(folder, target, wanted, what)
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
