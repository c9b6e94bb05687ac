#!/usr/bin/env python3
"""What a live database says of its schema against what its own dump program writes: both must be read as the same shapes.

live_schemas.py SCHEMA_LINES sqlite|postgres|mariadb
Servers are private, on loopback, with a data directory of their own.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import private_servers

SQL = Path(__file__).resolve().parent / "live_schema"
SQLITE = Path(__file__).resolve().parents[1] / "golden" / "schemas" / "sqlite3_schema.sqlite.sql"


def read(*words):
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.returncode}: {done.stderr}")
    return done.stdout


def compare(lines, kind, address, dump, folder, tables):
    file = Path(folder) / f"{kind}.sql"
    file.write_text(dump, encoding="utf-8")
    dumped, pulled = read(lines, kind, str(file)), read(lines, "live", kind, address)
    if dumped != pulled or dumped.count("\n") < 15 or any(table not in dumped.splitlines() for table in tables):
        print(f"--- the dump\n{dumped}\n--- the live database\n{pulled}")
        return 1
    print(f"{kind}: {len(dumped.splitlines())} lines, the same from both")
    return 0


def main():
    lines, kind = str(Path(sys.argv[1]).resolve()), sys.argv[2]
    with tempfile.TemporaryDirectory(prefix="migc-live-") as folder:
        try:
            if kind == "sqlite":
                database = f"{folder}/a.db"
                subprocess.run(["sqlite3", database], check=True, stdin=open(SQLITE, encoding="utf-8"))
                return compare(lines, "sqlite", database, read("sqlite3", database, ".schema"), folder, ["account", "line"])
            if kind == "postgres":
                with private_servers.postgres() as (programs, address):
                    subprocess.run([f"{programs}/psql", address, "-q", "-v", "ON_ERROR_STOP=1", "-f", str(SQL / "postgres.sql")], check=True)
                    wrong = subprocess.run([lines, "live", "postgres", "host=127.0.0.1 port=1 dbname=x password=hunter2"], capture_output=True, text=True, check=False)
                    if wrong.returncode != 1 or "hunter2" in wrong.stderr or not wrong.stderr.strip():
                        print(f"a server that is not there: {wrong}")
                        return 1
                    return compare(lines, "postgres", address, read(f"{programs}/pg_dump", address), folder, ["crm.account", "public.old_style"])
            with private_servers.mariadb() as (client, address):
                subprocess.run(["mariadb", *client, "migc"], check=True, stdin=open(SQL / "mysql.sql", encoding="utf-8"))
                return compare(lines, "mysql", address, read("mariadb-dump", *client, "migc"), folder, ["account", "line"])
        except private_servers.Missing as missing:
            return private_servers.skip(missing)


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
