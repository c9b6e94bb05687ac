#!/usr/bin/env python3
"""Masks and bindings of environments, against Python: what a target gets, what logs show, and that decisions do not depend on masks.

environments.py --migc PATH
"""
import argparse
import hashlib
import hmac
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = '''migration "environments" version "1.0.0" { edition = 2026 }
privacy {
  class contact
  class contact.email
  class contact.phone
  class person.name
  class person.birth
  class person.custom
  mask contact.* in staging with hmac_token(secret("PEPPER"))
  mask contact.email in staging, testing with mask_email
  mask contact.phone in staging with mask_phone
  mask person.name, person.custom in staging with redact("***")
  mask person.birth in staging with generalize_date(year)
  allow contact.* to people, tokens, mails because "contract 17"
  allow person.* to people, mails because "contract 17"
}
environment staging {
  secret PEPPER = "STAGING_PEPPER"
  target people { path = "staging.db"  table = "stg_people" }
  source rows { path = "staging.ndjson" }
}
issue EV101 "no name" fix "fill it in"
issue EV102 "not a telephone number" fix "look at it"
issue EV103 "twice" fix "look which one is right"
issue EV104 "no such manager" fix "look"
issue EV105 "nobody has this address" fix "nothing to do"
issue EV901 "differs" fix "look"
schema Row {
  id: int @key
  mail: string @pii(contact.email)
  manager?: int?
  phone?: string? @pii(contact.phone)
  name?: string? @pii(person.name)
  born?: date? @pii(person.birth)
  tags?: list<string> @pii(person.custom)
  more?: map<string, scalar?> @pii(person.custom)
}
schema Person {
  mail: email @key @pii(contact.email)
  boss?: email? @pii(contact.email) @references(people.mail, deferred: true)
  phone?: phone_e164? @pii(contact.phone)
  name: string(1..60) @pii(person.name)
  born?: date? @pii(person.birth)
}
schema Mail { mail: email @key @pii(contact.email)  length: int  tags?: list<string> @pii(person.custom)
              more?: map<string, scalar?> @pii(person.custom)  owner?: email? @pii(contact.email) @references(people.mail) }
schema Token { id: int @key  token: string @pii(contact) }
source rows: Row from ndjson("rows.ndjson")
target people: Person into sqlite("out.db", table: "people") { write = upsert(by: [mail])  create = true }
target mails: Mail into ndjson("mails.ndjson") { write = replace }
target tokens: Token into csv("tokens.csv") { write = replace }
map person_map: rows as r -> people as p {
  mail  = parse_email(lower(r.mail)) catch reject EV102
  boss  = r.manager |?> (m -> ref(person_map, m)) catch warn EV104 use null
  phone = r.phone |?> parse_phone("US") catch reject EV102
  name  = fit_length(r.name ?? reject EV101, 1, 60) catch reject EV101
  born  = r.born ?? keep
}
dedupe people by mail { prefer name asc  warn EV103 }
map mail_map: rows as r -> mails as o {
  let person = target_of(person_map, r.id)
  skip EV105 when not exists_in(people, parse_email(lower(r.mail)) catch reject EV102)
  mail   = parse_email(lower(r.mail)) catch reject EV102
  length = length(person?.name ?? "")
  tags   = r.tags ?? keep
  more   = r.more ?? keep
  owner  = person?.mail
  emit tokens { id = r.id  token = lower(r.mail) }
}
reconcile totals {
  expect checksum(written(person_map)) == checksum(in_run(people)) else fail EV901
  expect count(orphans(people.boss)) == 0 else fail EV901
  expect count_by(written(mail_map), w -> w.mail) == count_by(mails, w -> w.mail) else fail EV901
}
stage rehearsal {
  environment = staging
  run person_map, mail_map
  reconcile totals
}
stage live {
  run person_map, mail_map
  reconcile totals
}
'''
PEPPER = "pepper-of-staging"


def mask_email(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16] + "@example.invalid"


def mask_phone(text):
    return text[:4] + "0" * (len(text) - 4)  # the plus sign and three digits


def make_rows(rng, count):
    rows = []
    for number in range(count):
        who = rng.randrange(count * 2 // 3)
        row = {"id": number, "mail": f"Person{who}@Mail{who % 7}.example"}
        if rng.random() < 0.5:
            row["manager"] = rng.randrange(count + count // 10)
        if rng.random() < 0.6:
            row["phone"] = rng.choice([f"(415) 555-{rng.randrange(10000):04}", "none"] if rng.random() < 0.1 else [f"(415) 555-{rng.randrange(10000):04}"])
        if rng.random() < 0.9:
            row["name"] = f"Nomen{rng.randrange(1000)} Gentile{number}"
        if rng.random() < 0.5:
            row["born"] = f"{rng.randrange(1950, 2000)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        if rng.random() < 0.5:
            row["tags"] = [f"hobby{rng.randrange(100)}" for _ in range(rng.randrange(3))]
        if rng.random() < 0.5:
            row["more"] = {"plan": f"secretplan{number}", "age": rng.randrange(100), "none": None, "good": True}
        rows.append(row)
    return rows


def expected(rows, masked):
    """People by mail, the lines of mails.ndjson and tokens.csv."""
    same = lambda value: value
    mail_of, phone_of = (mask_email, mask_phone) if masked else (same, same)
    redact = (lambda value: "***") if masked else same
    good = {}
    for row in rows:
        phone = row.get("phone")
        if phone == "none" or "name" not in row:
            continue
        person = {"mail": row["mail"].lower(), "phone": phone and "+1415555" + phone[-4:], "name": row["name"], "born": row.get("born"),
                  "manager": row.get("manager"), "id": row["id"]}
        good[row["id"]] = person
    winners = {}
    for person in good.values():
        best = winners.get(person["mail"])
        if best is None or (person["name"], person["id"]) < (best["name"], best["id"]):
            winners[person["mail"]] = person
    # A loser leads to the winner, which has the same address.
    people = {}
    for person in winners.values():
        boss = good.get(person["manager"]) if person["manager"] is not None else None
        people[mail_of(person["mail"])] = (boss and mail_of(boss["mail"]), person["phone"] and phone_of(person["phone"]), redact(person["name"]),
                                           person["born"] and (person["born"][:4] + "-01-01" if masked else person["born"]))
    mails, tokens = [], []
    for row in rows:
        address = row["mail"].lower()
        known = row["id"] in good
        if address not in winners:
            continue
        mail = {"mail": mail_of(address), "length": len(winners[address]["name"]) if known else 0}
        if "tags" in row:
            mail["tags"] = [redact(tag) for tag in row["tags"]]
        if "more" in row:
            mail["more"] = {key: value if value is None else redact(value) for key, value in row["more"].items()}
        mail["owner"] = mail_of(address) if known else None
        mails.append(mail)
        token = hmac.new(PEPPER.encode(), address.encode(), hashlib.sha256).hexdigest() if masked else address
        tokens.append((str(row["id"]), token))
    return people, mails, tokens


def run(migc, folder, *arguments, pepper=PEPPER, code=0):
    environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))
    environment.pop("PEPPER", None)
    if pepper is not None:
        environment["STAGING_PEPPER"] = pepper
    done = subprocess.run([migc, *arguments], cwd=folder, capture_output=True, text=True, timeout=300, env=environment)
    assert done.returncode == code, f"{arguments}: exit {done.returncode}, expected {code}\n{done.stdout}{done.stderr}"
    return done


def people_in(path, table):
    with sqlite3.connect(path) as db:
        return {row[0]: tuple(row[1:]) for row in db.execute(f"select mail, boss, phone, name, born from {table}")}


def differences(found, wanted, what):
    if found == wanted:
        return
    items = sorted(set(found.items()) ^ set(wanted.items()), key=str)[:6] if isinstance(found, dict) else [
        pair for pair in zip(found, wanted) if pair[0] != pair[1]][:3]
    raise AssertionError(f"{what} differ, {len(found)} found, {len(wanted)} expected: {items}")


def check_masks(migc, seed, count):
    rng = random.Random(seed)
    rows = make_rows(rng, count)
    text = "".join(json.dumps(row) + "\n" for row in rows)
    combinations = [("interp", None, "1"), ("jit0", "7", "2"), ("jit", "1", "2"), ("jit", None, "2")]
    logs = set()
    for engine, batch, workers in combinations:
        with tempfile.TemporaryDirectory(prefix="migc-environments-") as name:
            folder = Path(name)
            (folder / "spec.mig").write_text(SPEC)
            (folder / "staging.ndjson").write_text(text)
            run(migc, folder, "run", "spec.mig", "--stage", "rehearsal", "--engine", engine, "--workers", workers, "--rejects", "rejects.ndjson",
                "--report", "report.json", *(["--batch", batch] if batch else []))
            people, mails, tokens = expected(rows, True)
            differences(people_in(folder / "staging.db", "stg_people"), people, "people")
            differences([json.loads(line) for line in (folder / "mails.ndjson").read_text().splitlines()], mails, "mails")
            differences([tuple(line.split(",")) for line in (folder / "tokens.csv").read_text().splitlines()[1:]], tokens, "tokens")
            assert not (folder / "out.db").exists(), "the usual target was written"
            report = json.loads((folder / "report.json").read_text())
            assert report["environment"] == "staging" and all(check["holds"] for check in report["reconcile"]), report["reconcile"]
            shown = b"".join((folder / part).read_bytes() for part in
                             ("staging.db", "mails.ndjson", "tokens.csv", "rejects.ndjson", "rejects.csv", "rejects.warnings.ndjson", "report.json"))
            shown += b"".join(part.read_bytes() for part in (folder / ".migc").rglob("*") if part.is_file())
            for row in rows:
                for value in (row["mail"], row["mail"].lower(), row.get("name"), (row.get("more") or {}).get("plan"), row.get("phone")):
                    if value is None or value == "none":
                        continue
                    assert value.encode() not in shown, f"{value!r} is shown somewhere"
            assert PEPPER.encode() not in shown, "the secret is shown somewhere"
            logs.add((folder / "rejects.csv").read_bytes())
    assert len(logs) == 1, "reject logs differ between engines, batches and workers"
    print(f"ok   masks (seed {seed}, {count} rows, {len(people)} people)")


def check_live(migc):
    rows = make_rows(random.Random(5), 400)
    with tempfile.TemporaryDirectory(prefix="migc-environments-") as name:
        folder = Path(name)
        (folder / "spec.mig").write_text(SPEC)
        (folder / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = run(migc, folder, "run", "spec.mig", "--stage", "live", "--rejects", "rejects.ndjson", pepper=None)
        assert "mask in staging, testing" in done.stderr, done.stderr
        people, mails, _ = expected(rows, False)
        differences(people_in(folder / "out.db", "people"), people, "people without an environment")
        differences([json.loads(line) for line in (folder / "mails.ndjson").read_text().splitlines()], mails, "mails without an environment")
    print("ok   no environment: nothing is masked or bound")


def check_command_line(migc):
    with tempfile.TemporaryDirectory(prefix="migc-environments-") as name:
        folder = Path(name)
        (folder / "spec.mig").write_text(SPEC)
        rows = make_rows(random.Random(6), 50)
        for file in ("rows.ndjson", "staging.ndjson"):
            (folder / file).write_text("".join(json.dumps(row) + "\n" for row in rows))
        done = run(migc, folder, "run", "spec.mig", "--stage", "rehearsal", pepper=None, code=2)
        assert "STAGING_PEPPER is not set" in done.stderr, done.stderr
        done = run(migc, folder, "run", "spec.mig", "--stage", "rehearsal", "--environment", "testing", code=2)
        assert "stage rehearsal runs in staging" in done.stderr, done.stderr
        done = run(migc, folder, "run", "spec.mig", "--stage", "live", "--environment", "stagin", code=2)
        assert "did you mean staging?" in done.stderr, done.stderr
        done = run(migc, folder, "run", "spec.mig", "--stage", "rehearsal", "--originals", "always", code=2)
        assert "staging masks personal data" in done.stderr, done.stderr
        plan = json.loads(run(migc, folder, "plan", "spec.mig", "--stage", "live", "--environment", "testing", "--format", "json").stdout)
        assert plan["environment"] == "testing" and plan["targets"][0]["masked"] == "mail, boss", plan
        assert plan["targets"][0]["arguments"][0].endswith("out.db"), plan
        plan = json.loads(run(migc, folder, "plan", "spec.mig", "--stage", "rehearsal", "--format", "json").stdout)
        assert plan["targets"][0]["arguments"][0].endswith("staging.db"), plan
        run(migc, folder, "run", "spec.mig", "--stage", "live", "--environment", "testing")
        people = people_in(folder / "out.db", "people")
        assert people and all(mail.endswith("@example.invalid") for mail in people), "testing masks addresses"
        assert all(person[2] != "***" for person in people.values()), "testing masks addresses alone"
    print("ok   --environment, secrets, plan")


LOOKUPS = '''migration "lookups" version "1.0.0" { edition = 2026 }
issue EL101 "unknown" fix "look"
enum Colour { red = "R", blue = "B" }
schema Row { id: int @key  country: string  colour: string }
schema Out { id: int @key  code: string  colour: Colour }
lookup code_of: string -> string(2) from csv("codes.csv") { key = name  value = code  compare = casefold }
lookup colour_of: string -> Colour from csv("colours.csv")
source rows: Row from csv("rows.csv")
target outs: Out into ndjson("out.ndjson") { write = replace }
environment staging { lookup code_of { path = "staging/codes.csv"  value = iso } }
environment testing { lookup code_of { path = "staging/codes.csv"  key = iso  value = name }  lookup colour_of { path = "bad.csv" } }
fn coded(name: string) -> string! = code_of(name)
map copies: rows as r -> outs as o {
  id = r.id
  code = coded(r.country) catch reject EL101
  colour = colour_of(r.colour) catch reject EL101
}
test "own file" for coded { given "Spain" expect out == "ES" }
'''


def check_lookups(migc):
    """A lookup that an environment binds to another file: its content decides there, and is checked and pinned like the own one."""
    with tempfile.TemporaryDirectory(prefix="migc-environments-") as name:
        folder = Path(name)
        spec = LOOKUPS.replace('  lookup colour_of { path = "bad.csv" }', "").replace("key = iso  value = name", "value = iso")
        (folder / "spec.mig").write_text(spec)
        (folder / "staging").mkdir()
        own = {"Spain": "ES", "Italy": "IT", "Chad": "TD"}
        staging = {"SPAIN": "XS", "Italy": "XI", "Peru": "XP"}
        (folder / "codes.csv").write_text("name,code\n" + "".join(f"{key},{value}\n" for key, value in own.items()))
        (folder / "staging" / "codes.csv").write_text("iso,name\n" + "".join(f"{value},{key}\n" for key, value in staging.items()))
        (folder / "colours.csv").write_text("key,value\nsky,B\nfire,R\n")
        rng = random.Random(3)
        rows = [(i, rng.choice(["Spain", "italy", "CHAD", "Peru"]), rng.choice(["sky", "fire"])) for i in range(300)]
        (folder / "rows.csv").write_text("id,country,colour\n" + "".join(f"{i},{country},{colour}\n" for i, country, colour in rows))
        run(migc, folder, "schema", "refresh", "spec.mig")
        lock = (folder / "mig.lock").read_text()
        assert "staging/codes.csv" in lock and "colours.csv" in lock, lock
        run(migc, folder, "test", "spec.mig")
        for environment, codes in (("", own), ("staging", staging), ("testing", staging)):
            for engine in ("interp", "jit"):
                run(migc, folder, "run", "spec.mig", "--engine", engine, *(["--environment", environment] if environment else []))
                folded = {key.casefold(): value for key, value in codes.items()}
                wanted = [{"id": i, "code": folded[country.casefold()], "colour": {"sky": "B", "fire": "R"}[colour]} for i, country, colour in rows
                          if country.casefold() in folded]
                differences([json.loads(line) for line in (folder / "out.ndjson").read_text().splitlines()], wanted, f"codes in {environment or 'no environment'}")
        plain, bound = (run(migc, folder, "plan", "spec.mig", "--format", "json", *more).stdout for more in ([], ["--environment", "staging"]))
        assert json.loads(plain)["program"] != json.loads(bound)["program"], "the content is part of the program"
        (folder / "staging" / "codes.csv").write_text("iso,name\nXX,Spain\n")
        done = run(migc, folder, "check", "spec.mig", code=1)
        assert "E0133" in done.stderr + done.stdout and "lookup code_of in staging" in done.stderr + done.stdout, done.stderr
        (folder / "bad.csv").write_text("key,value\nsky,Z\n")
        for change, texts in ((('value = iso }', 'value = none }'), ["E0101", "no column `none`"]), (("staging/codes.csv", "nowhere.csv"), ["nowhere.csv"]),
                              (('{ path = "staging/codes.csv"  value = iso }', "{ value = iso }"), ["E0201", "names its file"]),
                              (("  value = iso }", '  compare = exact }'), ["E0101", "compare"]),
                              (('  value = iso } }', '  value = iso }  lookup colour_of { path = "bad.csv" } }'), ["E0201", "bad.csv", "not one of Colour"])):
            (folder / "spec.mig").write_text(spec.replace(*change, 1))
            done = run(migc, folder, "check", "spec.mig", code=1)
            assert all(text in done.stderr + done.stdout for text in texts), (texts, done.stderr + done.stdout)
    print("ok   lookups of environments")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    a = parser.parse_args()
    migc = str(Path(a.migc).resolve())
    for seed, count in ((1, 40), (2, 1500)):
        check_masks(migc, seed, count)
    check_live(migc)
    check_lookups(migc)
    check_command_line(migc)
    return 0


if __name__ == "__main__":
    sys.exit(main())
