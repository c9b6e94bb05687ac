"""contacts-sqlite: CSV to one SQLite table, beside a C++ program that only inserts the same final values."""
import json
import math
import shlex
import shutil
import sqlite3
import struct
from pathlib import Path

from findings import Headline, Section
from inputs import compare_contacts
from measure import Contest, Program, per_round
from program import report

TABLE = "contacts"
COLUMNS = ["email_address", "status", "first_name", "last_name", "COMPANY", "PHONE", "ZIPCODE", "JOBTITLE", "VIP", "tags", "timestamp_opt",
           "engagement_score", "source"]
# Used only where migc's own table cannot be looked at.
PLAIN_TABLE = (f"CREATE TABLE {TABLE} (email_address TEXT NOT NULL PRIMARY KEY, " + ", ".join(f"{c} TEXT" for c in COLUMNS[1:8]) +
               ", VIP INTEGER, tags TEXT, timestamp_opt TEXT, engagement_score TEXT NOT NULL, source TEXT NOT NULL)")
EPOCH_BYTES = 64 << 20  # of input: the engine's default


def cell(value):
    """One value as sqlite_insert reads it."""
    if value is None:
        return b"n"
    if isinstance(value, (bool, int)):
        return b"i" + struct.pack("<q", int(value))
    text = value.encode()
    return b"t" + struct.pack("<I", len(text)) + text


def write_values(reference, to):
    """The reference's records as cells: lists joined with commas, decimals as text of five places, as the spec's table has them."""
    if to.exists():
        return sum(1 for _ in open(reference / "out.ndjson", "rb"))
    rows = 0
    with open(reference / "out.ndjson", "rb") as lines, open(f"{to}.new", "wb") as f:
        f.write(struct.pack("<I", len(COLUMNS)))
        for line in lines:
            record = json.loads(line)
            if "tags" in record:
                record["tags"] = ",".join(record["tags"])
            record["engagement_score"] = f"{record['engagement_score']:.5f}"
            f.write(b"".join(cell(record.get(c)) for c in COLUMNS))
            rows += 1
    Path(f"{to}.new").rename(to)
    return rows


def table_of(database):
    """The CREATE TABLE of migc's own table, so that both have the same shape; None when its columns are not the expected ones."""
    db = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        if [row[1] for row in db.execute(f"PRAGMA table_info({TABLE})")] != COLUMNS:
            return None
        return db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (TABLE,)).fetchone()[0]
    finally:
        db.close()


def contacts(bench):
    section = Section("contacts-sqlite", "CSV to one SQLite table keyed by address, exactly-once", baseline="insert only")
    rows = bench.rows("contacts")
    source = bench.inputs.rows("contacts", "csv", rows)
    reference = bench.inputs.contacts_reference(source)
    values = reference / "values.bin"
    results = write_values(reference, values)
    check = compare_contacts(bench.perf, reference, TABLE)
    seen = {"table": PLAIN_TABLE, "epochs": math.ceil(source.stat().st_size / EPOCH_BYTES)}

    def look(ran):
        why = check(ran)
        if not why:
            seen["table"] = table_of(ran.out) or PLAIN_TABLE
            seen["epochs"] = report(ran).get("epochs") or seen["epochs"]
        return why

    programs = []
    if bench.migc.path:
        migc = Program("migc", bench.migc.run(bench.migc.spec("contacts/contacts_sqlite.mig"), "--workers", "1"), source, rows,
                       "out.sqlite", look, version=bench.migc.version)
        probe = Contest(bench, "contacts-sqlite-probe", [migc], "migc", rounds=1)  # to make the yardstick's table like migc's
        probe.measure()
        programs.append(migc)
    per_epoch = max(1, math.ceil(results / seen["epochs"]))
    binary = bench.inputs.yardstick("sqlite_insert")

    def insert_check(ran):
        shutil.copyfile(reference / "rejects.ndjson", ran.folder / "rejects.ndjson")  # it reads values, so it has no rejects of its own
        return check(ran)

    programs.append(Program("insert only", f"{shlex.quote(str(binary))} {shlex.quote(str(values))} {{out}} {TABLE} {per_epoch} "
                            + shlex.quote(seen["table"]), source, rows, "out.sqlite", insert_check,
                            version=f"SQLite {sqlite3.sqlite_version}", partial="decodes and maps nothing: the values are ready"))
    contest = Contest(bench, "contacts-sqlite", programs, "insert only")
    section.take(contest, contest.measure())
    section.notes.append(f"Both tables: `{seen['table']}`. `insert only` commits {per_epoch} rows at a time, as often as migc.")
    section.headlines.append(Headline("contacts-sqlite", "time / insert only", per_round(section.rows, "migc", "insert only"), goal=1.2,
                                      milestone=1.5, why=section.missing("migc")))
    return section
