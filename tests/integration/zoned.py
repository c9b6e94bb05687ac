#!/usr/bin/env python3
"""Times in zones through every format and in every engine, against Python's zoneinfo.

zoned.py --migc PATH [--seed N]
NDJSON -> CSV -> SQLite -> NDJSON: what comes out is what went in, with what the functions say of it; texts that say something the zone
does not are rejected with the reason.
"""
import argparse
import csv
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

ZONES = ["UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia", "Asia/Tokyo",
         "America/Argentina/Buenos_Aires", "Etc/GMT+12", "Europe/Amsterdam", "Africa/Casablanca"]

HEAD = """migration "zoned" version "1.0.0" {{ edition = 2026 }}
schema Time {{
  id: int @key
  at: zoned
  maybe?: zoned?
}}
source times: Time from {source}
"""
PASS_ON = """target out: Time into {target}
map pass_on: times as r -> out as o {{
  copy r.{{id, at, maybe}}
}}
"""
LAST = """schema Told {{
  id: int @key
  at: zoned
  maybe?: zoned?
  instant: timestamp
  zone: string
  day: date
  clock: time
  local: datetime
  tokyo: zoned
  text: string
  again: zoned?
  early: bool
  same: bool
  first: zoned
}}
target out: Told into {target}
map tell: times as r -> out as o {{
  copy r.{{id, at, maybe}}
  instant = timestamp_of(r.at)
  zone    = zone_of(r.at)
  day     = date_of(r.at)
  clock   = time_of(r.at)
  local   = datetime_of(r.at)
  tokyo   = to_zone(r.at, "Asia/Tokyo")
  text    = f"{{r.at}}"
  again   = parse_zoned(to_text(r.at)) catch null
  early   = r.at < (r.maybe ?? r.at)
  same    = r.at == r.maybe
  first   = [r.at, r.maybe ?? r.at] |> sort |> first ?? r.at
}}
"""


def micros(moment):
    """A moment's text as migc writes it: a fraction without trailing zeros, and only where there is one."""
    head, _, tail = moment.isoformat().partition(".")
    if not tail:
        return head
    fraction, rest = tail[:6].rstrip("0"), tail[6:]
    return head + ("." + fraction if fraction else "") + rest


def text_of(instant, zone):
    try:
        return micros(instant.astimezone(ZoneInfo(zone))) + f"[{zone}]"
    except OverflowError:
        return micros(instant.replace(tzinfo=None)) + f"Z[{zone}]"


def instants(rng, zone, count):
    """Moments of all years, and around the changes of the zone's offset."""
    made = [datetime.min.replace(tzinfo=timezone.utc), datetime.max.replace(tzinfo=timezone.utc)]
    while len(made) < count:
        moment = datetime(1, 1, 2, tzinfo=timezone.utc) + timedelta(seconds=rng.randrange(9998 * 365 * 86400), microseconds=rng.choice([0, 1, 250000]))
        if rng.random() < 0.7:
            moment = moment.replace(year=rng.randrange(1880, 2038), day=min(moment.day, 28))
            step = timedelta(days=30)
            while step > timedelta(seconds=1):  # towards the next change
                if moment.astimezone(ZoneInfo(zone)).utcoffset() == (moment + step).astimezone(ZoneInfo(zone)).utcoffset():
                    moment += step / rng.choice([1, 2])
                step /= 2
        made.append(moment)
    return made


def migc(a, folder, spec, engine, *more):
    (folder / "spec.mig").write_text(spec)
    done = subprocess.run([a.migc, "run", "spec.mig", "--new", "--engine", engine, "--state", "state", "--rejects", "rejects.ndjson", *more], cwd=folder,
                          capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"exit {done.returncode}\n{spec}\n{done.stdout}{done.stderr}")
    log = folder / "rejects.ndjson"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"{what}\n  expected: {wanted}\n  found:    {found}")


def whole(a, rng, engine):
    rows = []
    for zone in ZONES:
        for instant in instants(rng, zone, 60):
            other = rng.choice(ZONES)
            moment = instant if rng.random() < 0.3 else rng.choice([instant, datetime(2024, 1, 1, tzinfo=timezone.utc)])
            rows.append((instant, zone, None if rng.random() < 0.2 else (moment, other)))
    with tempfile.TemporaryDirectory(prefix="migc-zoned-") as name:
        folder = Path(name)
        with open(folder / "in.ndjson", "w") as out:
            for i, (instant, zone, maybe) in enumerate(rows):
                row = {"id": i, "at": text_of(instant, zone)}
                if maybe:
                    row["maybe"] = text_of(*maybe)
                out.write(json.dumps(row) + "\n")
        migc(a, folder, HEAD.format(source='ndjson("in.ndjson")') + PASS_ON.format(target='csv("mid.csv")'), engine)
        with open(folder / "mid.csv", newline="") as file:
            cells = list(csv.DictReader(file))
        expect("cells", [c["at"] for c in cells], [text_of(i, z) for i, z, _ in rows])
        migc(a, folder, HEAD.format(source='csv("mid.csv")') + PASS_ON.format(target='sqlite("mid.db", table: "t") { write = upsert(by: [id])  create = true }'), engine)
        with sqlite3.connect(folder / "mid.db") as db:
            found = db.execute("SELECT at, maybe, typeof(at) FROM t ORDER BY id").fetchall()
        expect("table", found, [(text_of(i, z), text_of(*m) if m else None, "text") for i, z, m in rows])
        migc(a, folder, HEAD.format(source='sqlite("mid.db", table: "t")') + LAST.format(target='ndjson("out.ndjson")'), engine)
        for line, (instant, zone, maybe) in zip(open(folder / "out.ndjson"), rows, strict=True):
            row = json.loads(line)
            text = text_of(instant, zone)
            at, bound = (instant, zone), maybe or (instant, zone)
            wanted = {"id": row["id"], "at": text, "instant": micros(instant.replace(tzinfo=None)) + "Z", "zone": zone, "tokyo": text_of(instant, "Asia/Tokyo"),
                      "text": text, "again": text, "early": at < bound, "same": at == maybe, "first": text_of(*min(at, bound))}
            if maybe:
                wanted["maybe"] = text_of(*maybe)
            try:
                local = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            except OverflowError:  # the nearest moment that has a date
                local = datetime.min if instant.year == 1 else datetime.max
            wanted |= {"day": local.date().isoformat(), "clock": micros(local).partition("T")[2], "local": micros(local)}
            expect(text, {k: v for k, v in row.items() if k != "maybe" or v is not None}, wanted)


def refused(a, engine):
    offset = "has an offset that its zone does not have at that time"
    form = "is not a time in a zone such as 2024-03-04T05:06:07+01:00[Europe/Paris]"
    unknown = "names a zone that the time zone database does not have"
    cases = [
        ("2024-05-01T10:00:00+01:00[Europe/Paris]", offset),
        ("2024-10-27T02:30:00+02:00[Europe/Paris]", None),  # both offsets of a local time that is there twice
        ("2024-10-27T02:30:00+01:00[Europe/Paris]", None),
        ("2024-10-27T02:30:00+00:00[Europe/Paris]", offset),
        ("2024-03-31T02:30:00+01:00[Europe/Paris]", offset),  # a local time that is not there
        ("2024-03-31T02:30:00+02:00[Europe/Paris]", offset),
        ("1900-01-01T00:00:00+00:09[Europe/Paris]", offset),
        ("1900-01-01T00:00:00+00:09:21[Europe/Paris]", None),
        ("2024-05-01T08:00:00Z[Europe/Paris]", None),
        ("2024-05-01T08:00:00Z[!Europe/Paris]", None),
        ("2024-05-01T10:00:00+02:00", form),
        ("2024-05-01T10:00:00[Europe/Paris]", form),
        ("2024-05-01T10:00:00+02:00[Europe/Pariss]", unknown),
        ("2024-05-01T10:00:00+02:00[]", unknown),
        ("2024-05-01T10:00:00+02:00[localtime]", unknown),
        ("2024-05-01T10:00:00+02:00[right/Europe/Paris]", unknown),
        ("2024-05-01T10:00:00+02:00[../zoneinfo/Europe/Paris]", unknown),
        ("2024-05-01T10:00:00+02:00[Europe]", unknown),
        ("2024-05-01T10:00:00+02:00[+02:00]", unknown),
        ("2024-05-01T10:00:00+02:00[Europe/Paris][u-ca=hebrew]", "has more than a zone behind its offset, which a time in a zone does not hold"),
        ("2024-02-30T10:00:00+01:00[Europe/Paris]", form),
        ("2024-05-01T10:00:00+24:00[Europe/Paris]", form),
        ("", form),
        ("[Europe/Paris]", form),
        ("2024-05-01T10:00:00+02:00[Europe/Paris", form),
    ]
    with tempfile.TemporaryDirectory(prefix="migc-zoned-") as name:
        folder = Path(name)
        with open(folder / "in.ndjson", "w") as out:
            for i, (text, _) in enumerate(cases):
                out.write(json.dumps({"id": i, "at": text}) + "\n")
        log = migc(a, folder, HEAD.format(source='ndjson("in.ndjson")') + PASS_ON.format(target='ndjson("out.ndjson")'), engine)
        expect("causes", {e["line"]: e["cause"] for e in log}, {i + 1: cause for i, (_, cause) in enumerate(cases) if cause})
        written = [json.loads(line)["at"] for line in open(folder / "out.ndjson")]
        plain = [text for text, cause in cases if not cause]
        expect("written", written, [text_of(datetime(2024, 5, 1, 8, tzinfo=timezone.utc), "Europe/Paris") if "Z[" in text else text for text in plain])


def keyed(a, engine):
    """A dedupe by such a key: the same instant in two zones is two keys; of one key the first wins; references find it again."""
    spec = HEAD.format(source='ndjson("in.ndjson")') + """schema Row {
  at: zoned @key
  id: int
}
target out: Row into ndjson("out.ndjson")
map rows: times as r -> out as o {
  at = r.at
  id = r.id
}
dedupe out by at {
  prefer id asc
}
reconcile whole {
  expect min_of(written(rows), o -> o.at) == min_of(read(rows), r -> r.at)
  expect max_of(written(rows), o -> o.at) == max_of(read(rows), r -> r.at)
  expect distinct(read(rows), r -> r.at) == 3
}
"""
    with tempfile.TemporaryDirectory(prefix="migc-zoned-") as name:
        folder = Path(name)
        texts = ["2024-05-01T10:00:00+02:00[Europe/Paris]", "2024-05-01T08:00:00+00:00[Etc/GMT]", "2023-12-31T19:00:00-05:00[America/New_York]"]
        with open(folder / "in.ndjson", "w") as out:
            for i in range(9):
                out.write(json.dumps({"id": i, "at": texts[i % 3]}) + "\n")
        migc(a, folder, spec, engine, "--report", "report.json")
        expect("keys", [json.loads(line) for line in open(folder / "out.ndjson")], [{"at": t, "id": i} for i, t in enumerate(texts)])
        report = json.loads((folder / "report.json").read_text())
        sides = [(check["holds"], check["left"], check["right"]) for check in report["reconcile"]]
        expect("reconcile", sides, [(True, texts[2], texts[2]), (True, texts[0], texts[0]), (True, "3", "3")])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--seed", type=int, default=20240304)
    a = parser.parse_args()
    a.migc = str(Path(a.migc).resolve())
    for engine in ["interp", "jit0", "jit"]:
        whole(a, random.Random(a.seed), engine)
        refused(a, engine)
        keyed(a, engine)
    print("ok")


if __name__ == "__main__":
    main()
