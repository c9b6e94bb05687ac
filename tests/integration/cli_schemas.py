#!/usr/bin/env python3
"""`migc init` and `migc schema` as a user meets them: a first spec, its pins, drift, comparison, a live SQLite.

cli_schemas.py --migc PATH
"""
import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

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
failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print("FAIL " + what)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    with tempfile.TemporaryDirectory(prefix="migc-schemas-") as name:
        folder = Path(name)

        def here(*words, **more):
            return subprocess.run([migc, *words], capture_output=True, text=True, timeout=120, cwd=folder, **more)

        def errors(spec):
            lines = here("check", "--format=json", spec).stdout.splitlines()
            return sorted({f["code"] for f in map(json.loads, lines) if f["severity"] == "error"})

        (folder / "schema.sql").write_text(DUMP)
        (folder / "in.csv").write_text(CSV)
        init = ["init", "--from", "csv:in.csv", "--to", "sqlite:schema.sql#contact", "--out", "first.mig"]
        done = here(*init)
        expect(done.returncode == 0, f"init: {done.stderr}")
        first = (folder / "first.mig").read_text()
        expect("TODO" not in first and "ignore s.fax because" in first, "what goes nowhere is a line to decide")
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
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
