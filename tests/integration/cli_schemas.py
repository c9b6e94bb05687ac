#!/usr/bin/env python3
"""`migc init` and `migc schema` as a user meets them: a first spec, its pins, drift, comparison, a live SQLite.

cli_schemas.py --migc PATH
"""
import json
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

DUMP = """CREATE TABLE contact (
  id INTEGER PRIMARY KEY,
  email VARCHAR(254) NOT NULL,
  full_name VARCHAR(20) NOT NULL,
  born DATE,
  status TEXT NOT NULL CHECK (status IN ('active', 'blocked')),
  points INTEGER NOT NULL DEFAULT 0,
  region TEXT NOT NULL
);
"""
CSV = "id,E-Mail,full_nam,born,status,fax\n1,a@x.org,Ann,2020-01-02,active,\n2,b@x.org,Bob with a very long name,,blocked,1\n"


def main():
    with program_in_folder("migc-schemas-") as (migc, folder, here):

        def errors(spec):
            lines = here("check", "--format=json", spec).stdout.splitlines()
            return sorted({f["code"] for f in map(json.loads, lines) if f["severity"] == "error"})

        (folder / "schema.sql").write_text(DUMP)
        (folder / "in.csv").write_text(CSV)
        init = ["init", "--from", "csv:in.csv", "--to", "sqlite:schema.sql#contact", "--out", "first.mig"]
        done = here(*init)
        expect(done.returncode == 0, f"init: {done.stderr}")
        first = (folder / "first.mig").read_text()
        expect("todo" not in first.lower() and "ignore s.fax because" in first, "what goes nowhere is a line to decide")
        expect("// decide: region: string is required" in first, "what the target needs is a line to decide")
        expect("only the names are alike" in first and "s.full_nam " in first, "a near name is mapped and marked")
        expect(errors("first.mig") == ["E0401"], f"the first spec checks but for its decisions: {errors('first.mig')}")
        again = here(*init)
        expect(again.returncode == 0 and (folder / "first.mig").read_text() == first, "a second run writes the same")
        decided = first.replace("// decide: region: string is required", 'region = "EU"')
        (folder / "first.mig").write_text(decided)
        expect(errors("first.mig") == [], f"and decided it checks: {errors('first.mig')}")
        expect(here(*init).returncode == 2 and (folder / "first.mig").read_text() == decided, "a changed spec is not written over")

        expect(here("schema", "refresh", "first.mig").returncode == 0, "refresh")
        expect("sha256:" in (folder / "mig.lock").read_text(), "mig.lock carries digests")
        expect(here("schema", "diff", "first.mig").returncode == 0, "no drift")
        (folder / "schema.sql").write_text(DUMP.replace("VARCHAR(254)", "VARCHAR(100)"))
        drift = here("schema", "diff", "first.mig")
        expect(drift.returncode == 1 and "`email` was string(..254), is string(..100)" in drift.stdout, f"drift: {drift.stdout}")
        expect("E0133" in errors("first.mig"), "check refuses what drifted")
        expect(here("schema", "refresh", "first.mig").returncode == 0 and "E0133" not in errors("first.mig"), "refresh agrees to it")

        # What only the checker's own tests knew: schema files and locks that are wrong, as a user meets them.
        def finds(code, what, severity="error"):
            found = [f for f in map(json.loads, here("check", "--format=json", "first.mig").stdout.splitlines()) if f["code"] == code]
            expect(found and all(f["severity"] == severity and f["primary"]["file"] and f["primary"]["line"] for f in found), f"{code}: {what}: {found}")
            return found

        good, lock = (folder / "schema.sql").read_text(), (folder / "mig.lock").read_text()
        (folder / "schema.sql").write_text("CREATE TABLE contact (\n  , id int);\n")
        expect(finds("E0131", "a dump with a mistake")[0]["primary"]["file"] == "schema.sql", "the mistake stands in the dump")
        spec = (folder / "first.mig").read_text()
        (folder / "odd.sql").write_text("CREATE TABLE a (id int PRIMARY KEY,\n  search tsvector);\n")
        (folder / "first.mig").write_text(spec + '\nschema Odd from postgres("odd.sql", table: "a")\n')
        expect(finds("E0132", "a column whose type has no counterpart")[0]["primary"]["file"] == "odd.sql", "the column stands in the dump")
        (folder / "first.mig").write_text(spec)
        (folder / "schema.sql").write_text(good.replace("points INTEGER NOT NULL DEFAULT 0", "points INTEGER GENERATED ALWAYS AS (id * 2) STORED"))
        (folder / "first.mig").write_text(spec.replace('region = "EU"', 'region = "EU"\n  points = 1'))
        finds("E0405", "a value for a computed column")
        (folder / "first.mig").write_text(spec)
        (folder / "schema.sql").write_text(good)
        (folder / "mig.lock").write_text(lock.replace("string(..100)", "string(..99)"))
        finds("E0135", "a lock changed by hand")
        (folder / "mig.lock").write_text("<<<<<<< ours\n" + lock)
        finds("E0135", "a lock with conflict marks")
        (folder / "mig.lock").write_text("version 2\n")
        finds("W0134", "a schema that is not pinned", "warning")
        (folder / "mig.lock").write_text(lock)

        # Lookups and imports are pinned by their bytes, the data of functions by version.
        (folder / "codes.csv").write_text("key,value\nDE,49\n")
        (folder / "shared.mig").write_text("enum Shared { a, b }\n")
        (folder / "pinned.mig").write_text('migration "p" version "1.0.0" { edition = 2026 }\nimport "shared.mig" as shared\n'
                                           'lookup code_of: string -> string from csv("codes.csv")\n'
                                           'fn at(s: string) -> timestamp! = parse_timestamp(s, ["%Y-%m-%d %H:%M"], zone: "Europe/Berlin")\n'
                                           'fn first() -> shared.Shared = a\n')

        def codes():
            found = [json.loads(line) for line in here("check", "--format=json", "pinned.mig").stdout.splitlines()]
            return sorted(f["code"] for f in found if f["code"] in ("W0805", "W0134", "W0136", "E0133"))

        expect(codes() == ["W0134", "W0805"], f"not pinned yet: {codes()}")
        done = here("schema", "refresh", "pinned.mig", "first.mig")
        pinned = (folder / "mig.lock").read_text()
        expect(done.returncode == 0 and "pinned lookup codes.csv" in done.stdout and "pinned import shared.mig" in done.stdout, f"refresh: {done.stdout}")
        expect(all(f"fact {name} " in pinned for name in ("edition", "tzdb", "unicode", "phone_numbers")), f"facts: {pinned}")
        expect("schema sqlite" in pinned and "lookup \"codes.csv\" sha256:" in pinned, f"everything is pinned: {pinned}")
        expect(codes() == [] and here("schema", "diff", "pinned.mig").returncode == 0, f"pinned: {codes()}")
        (folder / "codes.csv").write_text("key,value\nDE,50\n")
        (folder / "shared.mig").write_text("enum Shared { a, b, c }\n")
        (folder / "mig.lock").write_text(pinned.replace('fact tzdb "', 'fact tzdb "1999'))
        expect(codes() == ["E0133", "W0136", "W0136"], f"drifted: {codes()}")
        drift = here("schema", "diff", "pinned.mig")
        expect(drift.returncode == 1 and "lookup codes.csv: another content" in drift.stdout and "tzdb: was 1999" in drift.stdout, f"drift: {drift.stdout}")
        expect(here("schema", "refresh", "pinned.mig").returncode == 0 and codes() == [], "refresh agrees to it")

        with sqlite3.connect(folder / "live.db") as database:
            database.executescript(DUMP)
        pull = ["schema", "pull", "sqlite", "--database", "live.db", "--out", "pulled.sql"]
        expect(here(*pull).returncode == 0, "pull")
        (folder / "dump.sql").write_text(DUMP)
        same = here("schema", "diff", "sqlite:dump.sql", "sqlite:pulled.sql")
        expect(same.returncode == 0 and "no difference" in same.stdout, f"pulled and dumped are the same: {same.stdout}")
        expect(here(*pull, "--check").returncode == 0, "pull --check without a difference")
        with sqlite3.connect(folder / "live.db") as database:
            database.execute("ALTER TABLE contact ADD COLUMN extra TEXT")
        changed = here(*pull, "--check")
        expect(changed.returncode == 1 and "`extra` is new" in changed.stdout, f"pull --check with one: {changed.stdout}")
        shown = here("schema", "show", "sqlite:schema.sql#contact")
        expect(shown.returncode == 0 and "enum ContactStatus { active, blocked }" in shown.stdout, f"show: {shown.stdout}")
        expect(here("schema", "pull", "postgres", "--out", "x.sql").returncode == 2, "pull without an address is a usage error")
        (folder / "bad.sql").write_text("CREATE TABLE a (\n  , id int);\n")
        bad = here("schema", "show", "sqlite:bad.sql")
        expect(bad.returncode == 2 and "bad.sql:2:3" in bad.stderr, f"a mistake has its place: {bad.stderr}")
        trace = here("check", "first.mig", env={"LD_DEBUG": "files", "PATH": "/usr/bin"})
        expect("libpq" not in trace.stderr and "mariadb" not in trace.stderr, "check opens no database client")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
