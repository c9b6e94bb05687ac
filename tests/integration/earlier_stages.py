#!/usr/bin/env python3
"""`ref` and `target_of` of maps that another stage ran, against Python: what is kept, who asks which run, and what is said when it is not there.

earlier_stages.py --migc PATH [--faults PATH]
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
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "earlier-stages" version "1.0.0" { edition = 2026 }
issue ES101 "no name" fix "look"
issue ES102 "twice" fix "look"
issue ES103 "no such customer" fix "look"
issue ES104 "the boss is missing" fix "look"
environment rehearsal { target orders { path = "rehearsal.ndjson" } }
enum Kind { small = "s", large = "l" }
schema Customer { tenant: int @key  id: int @key  boss?: int?  mail: string  name?: string?  kind: Kind  secret: string }
schema Vip { id: string @key  mail: string }
schema CustomerOut { id: string @key  boss?: string? @references(customers.id, deferred: true)  mail: string  name: string  kind: Kind  secret: string }
schema Order { number: int @key  tenant: int  customer: int  vip?: string? }
schema OrderOut { number: int @key  customer: string @references(customers.id)  vip?: string?  NAME }
source customer_rows: Customer from ndjson("customers.ndjson")
source vip_rows: Vip from csv("vips.csv")
source order_rows: Order from csv("orders.csv")
target customers: CustomerOut into TARGET
target orders: OrderOut into ndjson("orders_out.ndjson") { write = replace }
map customer_map: customer_rows as c -> customers as o {
  id     = f"c{c.tenant}-{c.id}-{c.mail}"
  boss   = c.boss |?> (b -> ref(customer_map, { tenant: c.tenant, id: b })) catch warn ES104 use null
  mail   = c.mail
  name   = c.name ?? reject ES101
  kind   = c.kind
  secret = c.secret
}
map vip_map: vip_rows as v -> customers as o {
  id     = f"v{v.id}"
  mail   = v.mail
  name   = f"vip {v.id}"
  kind   = large
  secret = "none"
}
map order_map: order_rows as r -> orders as o {
  number   = r.number
  customer = ref(customer_map, { tenant: r.tenant, id: r.customer }) catch reject ES103
  vip      = r.vip |?> (v -> ref(vip_map, v)) catch use null
  ASK
}
DEDUPE
stage people { run customer_map, vip_map }
stage sales after people { run order_map }
'''
SQLITE = 'sqlite("out.db", table: "customers") { write = upsert(by: [id])  create = true }'
NDJSON = 'ndjson("customers_out.ndjson") { write = replace }'

def write_spec(folder, target, dedupe, whole):
    ask = '''let found = target_of(customer_map, { tenant: r.tenant, id: r.customer })
  customer_name = found?.name
  kind = found?.kind'''
    spec = SPEC.replace("TARGET", SQLITE if target == "sqlite" else NDJSON)
    spec = spec.replace("DEDUPE", "dedupe customers by mail { prefer name asc  warn ES102 }" if dedupe else "")
    spec = spec.replace("NAME", "customer_name?: string?  kind?: Kind?" if whole else "").replace("ASK", ask if whole else "").replace("catch use null", "catch null")
    (folder / "spec.mig").write_text(spec)


def make(folder, seed, count, dedupe):
    rng = random.Random(seed)
    customers = []
    for i in range(count):
        row = {"tenant": i % 3, "id": i // 3, "mail": f"m{rng.randrange(count // 2) if dedupe else i}@x", "kind": rng.choice("sl"), "secret": f"hidden{i:06}"}
        if rng.random() < 0.5:
            row["boss"] = rng.randrange(count // 3 + 5)
        if rng.random() < 0.9:
            row["name"] = f"n{rng.randrange(10 * count)}"
        customers.append(row)
    vips = [{"id": f"z{i}", "mail": f"m{rng.randrange(count // 2)}@x" if dedupe else f"v{i}@x"} for i in range(30)]
    orders = [{"number": i, "tenant": rng.randrange(3), "customer": rng.randrange(count // 3 + 9), "vip": rng.choice([None, f"z{rng.randrange(33)}"])}
              for i in range(count)]
    (folder / "customers.ndjson").write_text("".join(json.dumps(row) + "\n" for row in customers))
    (folder / "vips.csv").write_text("id,mail\n" + "".join(f"{v['id']},{v['mail']}\n" for v in vips))
    (folder / "orders.csv").write_text("number,tenant,customer,vip\n" + "".join(
        f"{o['number']},{o['tenant']},{o['customer']},{o['vip'] or ''}\n" for o in orders))
    return customers, vips, orders


def expected(customers, vips, orders, dedupe, whole):
    good = [{**c, "out": f"c{c['tenant']}-{c['id']}-{c['mail']}", "key": (c["tenant"], c["id"])} for c in customers if "name" in c]
    good += [{**v, "name": f"vip {v['id']}", "kind": "l", "out": f"v{v['id']}", "key": v["id"]} for v in vips]
    best = {}
    for one in good:
        held = best.get(one["mail"])
        if held is None or one["name"] < held["name"]:
            best[one["mail"]] = one
    became = {one["key"]: best[one["mail"]] if dedupe else one for one in good}
    out = []
    for order in orders:
        customer = became.get((order["tenant"], order["customer"]))
        if customer is None:
            continue
        vip = became.get(order["vip"]) if order["vip"] is not None else None
        row = {"number": order["number"], "customer": customer["out"], "vip": vip and vip["out"]}
        if whole:
            row.update(customer_name=customer["name"], kind=customer["kind"])
        out.append(row)
    return out


def rows_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


class Project:
    def __init__(self, program, faults):
        self.temporary = tempfile.TemporaryDirectory(prefix="migc-earlier-stages-")
        self.folder, self.program, self.faults = Path(self.temporary.name), program, faults

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.temporary.cleanup()

    def run(self, stage, *arguments, failpoint=None):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"))
        program = self.program
        if failpoint:
            environment.update(MIGC_FAILPOINT=failpoint, MIGC_CHUNK_BYTES="4096", MIGC_EPOCH_RECORDS="1")
            program = self.faults
        return subprocess.run([program, "run", "spec.mig", "--stage", stage, "--quiet", *arguments], cwd=self.folder, env=environment, capture_output=True,
                              text=True, timeout=300)

    def good(self, stage, *arguments):
        done = self.run(stage, *arguments)
        expect(done.returncode == 0, f"{stage}: exit {done.returncode}\n{done.stderr}")
        return done

    def refused(self, stage, code, *texts, arguments=()):
        done = self.run(stage, *arguments)
        expect(done.returncode == code and all(text in done.stderr for text in texts), f"{stage}: expected exit {code} and {texts}: {done.returncode}\n{done.stderr}")

    def orders(self, wanted, what, name="orders_out.ndjson"):
        found = rows_of(self.folder / name)
        wrong = [pair for pair in zip(found, wanted) if pair[0] != pair[1]][:2]
        expect(found == wanted, f"{what}: {len(found)} rows, {len(wanted)} expected: {wrong}")

    def crosswalks(self):
        return sorted((self.folder / ".migc").rglob("crosswalk-*"))


def check_answers(program):
    for target in ("ndjson", "sqlite"):
        for dedupe in (False, True):
            for whole in (False, True):
                with Project(program, None) as project:
                    data = make(project.folder, 7, 1500, dedupe)
                    write_spec(project.folder, target, dedupe, whole)
                    wanted = expected(*data, dedupe, whole)
                    what = f"{target}, {'with' if dedupe else 'without'} dedupe, {'target_of' if whole else 'ref'}"
                    for engine, batch, workers in (("interp", None, "1"), ("jit0", "7", "2"), ("jit", "1", "2")):
                        more = ["--engine", engine, "--workers", workers, *(["--batch", batch] if batch else [])]
                        project.good("people", *more)
                        project.good("sales", *more)
                        project.orders(wanted, f"{what}, {engine}, batch {batch}, {workers} workers")
                    kept = project.crosswalks()
                    expect(len(kept) == 1, f"{what}: what older runs kept is removed: {kept}")
                    held = b"hidden0000" in kept[0].read_bytes()
                    expect(held == whole, f"{what}: of the records only the key is kept, unless they are asked for")
                    left = [path.name for path in (project.folder / ".migc").rglob("references-*")]
                    expect(not left, f"{what}: nothing else is left: {left}")


def check_refusals(program):
    with Project(program, None) as project:
        folder = project.folder
        data = make(folder, 8, 600, True)
        write_spec(folder, "sqlite", True, False)
        wanted = expected(*data, True, False)
        project.refused("sales", 2, "what map customer_map wrote", "stage people has not been run", "migc run spec.mig --stage people")
        expect(not (folder / "orders_out.ndjson").exists(), "nothing is written without the earlier stage")
        project.good("people")
        project.good("sales")
        project.orders(wanted, "first")
        # An environment asks runs of its own.
        project.refused("sales", 2, "has not been run in rehearsal", "--environment rehearsal", arguments=("--environment", "rehearsal"))
        project.good("people", "--environment", "rehearsal")
        project.good("sales", "--environment", "rehearsal")
        project.orders(wanted, "rehearsal", "rehearsal.ndjson")
        expect(len(project.crosswalks()) == 2, "one is kept for each environment")
        # Asked for more than was kept, and of another shape.
        write_spec(folder, "sqlite", True, True)
        project.refused("sales", 2, "kept fewer fields than are asked for now", "run that stage again")
        project.good("people")
        project.good("sales")
        project.orders(expected(*data, True, True), "after the stage was run again")
        spec = (folder / "spec.mig").read_text()
        (folder / "spec.mig").write_text(spec.replace('small = "s", large = "l"', 'huge = "h", small = "s", large = "l"'))
        project.refused("sales", 2, "schema of customers changed since")
        (folder / "spec.mig").write_text(spec.replace("source vip_rows: Vip from csv", "source vip_rows: Vip2 from csv").replace(
            "schema Vip {", "schema Vip2 { id: int @key  mail: string }\nschema Vip {").replace("ref(vip_map, v)", "ref(vip_map, parse_int(v) catch 0)"))
        project.refused("sales", 2, "its source had another key")
        (folder / "spec.mig").write_text(spec)
        project.good("sales")
        for kept in project.crosswalks():
            kept.write_bytes(b"no database" * 1000)
        project.refused("sales", 2, "damaged", "run that stage again")
        for kept in project.crosswalks():
            kept.unlink()
        project.refused("sales", 2, "did not keep it")
        # Only stages can be asked.
        (folder / "spec.mig").write_text(spec.replace("stage people { run customer_map, vip_map }", "stage people { run vip_map }"))
        project.refused("sales", 2, "E1002", "no stage runs the map that is referred to")


def check_masks(program):
    """What an environment masks is not kept for other stages; where it would have to be, they are refused."""
    privacy = '''privacy {
  class person
  allow person to customers because "contract"
  mask person in rehearsal with redact("x")
}
'''
    for whole in (False, True):
        with Project(program, None) as project:
            make(project.folder, 12, 300, False)
            write_spec(project.folder, "ndjson", False, whole)
            path = project.folder / "spec.mig"
            path.write_text(path.read_text().replace("environment rehearsal", privacy + "environment rehearsal").replace(
                "secret: string }", "secret: string @pii(person) }"))
            project.good("people", "--environment", "rehearsal")
            expect(len(project.crosswalks()) == (0 if whole else 1), "whole records with masked fields are not kept")
            if whole:
                project.refused("sales", 2, "E1002", "this environment masks", arguments=("--environment", "rehearsal"))
            else:
                project.good("sales", "--environment", "rehearsal")
            shown = b"".join(file.read_bytes() for file in (project.folder / ".migc").rglob("*") if file.is_file())
            expect(b"hidden0000" not in shown, "no masked value is kept")


def check_stops(program, faults):
    """A stage that was killed is not asked; one that asks is continued with the same answers."""
    for target in ("ndjson", "sqlite"):
        with Project(program, faults) as project:
            folder = project.folder
            data = make(folder, 9, 900, True)
            write_spec(folder, target, True, True)
            wanted = expected(*data, True, True)
            points = ["before_references:1", "references_filled:1", "before_finished:1", "before_seal:3"]
            for point in points:
                killed = project.run("people", "--engine", "interp", failpoint=point + ":abort")
                expect(killed.returncode == -signal.SIGKILL, f"{target}: killed at {point}: exit {killed.returncode}\n{killed.stderr}")
                project.refused("sales", 2, "of stage people is not finished", "finish it first")
                project.good("people", "--engine", "interp")
                project.good("sales", "--engine", "interp")
                project.orders(wanted, f"{target}: after {point}")
            killed = project.run("sales", "--engine", "interp", failpoint="before_seal:4:abort")
            expect(killed.returncode == -signal.SIGKILL, f"{target}: sales killed: exit {killed.returncode}\n{killed.stderr}")
            project.good("sales", "--resume", "--engine", "interp")
            project.orders(wanted, f"{target}: sales continued")
            killed = project.run("sales", "--engine", "interp", failpoint="before_seal:4:abort")
            project.good("people", "--engine", "interp")
            project.refused("sales", 5, "the source changed since")
            project.good("sales", "--new", "--engine", "interp")
            project.orders(wanted, f"{target}: sales anew")


def check_memory(program):
    with Project(program, None) as project:
        data = make(project.folder, 10, 60000, False)
        write_spec(project.folder, "ndjson", False, False)
        for stage in ("people", "sales"):
            project.good(stage, "--memory", "16MiB")
        project.orders(expected(*data, False, False), "16 MiB")


def check_old_ledger(program):
    """A ledger of the format before is taken along."""
    with Project(program, None) as project:
        data = make(project.folder, 11, 300, False)
        write_spec(project.folder, "ndjson", False, False)
        project.good("people")
        path = project.folder / ".migc" / "ledger.db"
        with sqlite3.connect(path) as db:
            db.executescript("DROP TABLE approvals; DROP TABLE gates; DROP TABLE waiting; ALTER TABLE runs DROP COLUMN environment; PRAGMA user_version = 1;")
        project.good("sales")
        project.orders(expected(*data, False, False), "ledger of version 1")
        with sqlite3.connect(path) as db:
            expect(db.execute("PRAGMA user_version").fetchone()[0] == 2, "the ledger is of version 2 now")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--faults")
    a = parser.parse_args()
    program = str(Path(a.migc).resolve())
    check_answers(program)
    check_refusals(program)
    check_masks(program)
    if a.faults:
        check_stops(program, str(Path(a.faults).resolve()))
    check_memory(program)
    check_old_ledger(program)
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
