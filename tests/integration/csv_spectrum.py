#!/usr/bin/env python3
"""Runs the files of csv-spectrum through `migc run`, CSV to NDJSON, and compares the records with the suite's JSON.

usage: csv_spectrum.py MIGC CHECKOUT

An unquoted empty cell is absent to migc and an empty text to the suite; everything else must be equal. location_coordinates has
quotes inside unquoted cells, which RFC 4180 forbids, so its spec says `bare_quotes = true`; the suite's JSON gives one object for it, whose
telephone number is not the one in the suite's CSV, so that cell is compared with the CSV's own text.
"""
import csv
import json
import pathlib
import subprocess
import sys
import tempfile

SETTINGS = {"location_coordinates": " bare_quotes = true"}
OTHER_THAN_THE_CSV = {"location_coordinates": {"Contact Phone Number": "2095257564"}}


def spec(names, source, target, settings):
    fields = "\n".join(f"  f{i}?: string? @name({json.dumps(name, ensure_ascii=False)})" for i, name in enumerate(names))
    lines = "\n".join(f"  f{i} = r.f{i} ?? keep" for i in range(len(names)))
    return f"""migration "spectrum" version "1.0.0" {{
  edition = 2026
  owner = "tests@example.com"
  change = "TEST-1"
  mode = one_time
}}
schema In {{
{fields}
}}
schema Out {{
{fields}
}}
source input: In from csv({json.dumps(str(source))}) {{ header = true{settings} }}
target output: Out into ndjson({json.dumps(str(target))}) {{ write = replace }}
map rows: input as r -> output as o {{
{lines}
}}
"""


def run(migc, file, folder):
    names = next(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    program, target = folder / "spectrum.mig", folder / "out.ndjson"
    program.write_text(spec(names, file, target, SETTINGS.get(file.stem, "")), encoding="utf-8")
    done = subprocess.run([migc, "run", program, "--state", folder / "state"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def main():
    migc, checkout = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
    wrong = count = 0
    for file in sorted((checkout / "csvs").glob("*.csv")):
        count += 1
        expected = json.loads((checkout / "json" / (file.stem + ".json")).read_text(encoding="utf-8"))
        expected = expected if isinstance(expected, list) else [expected]
        expected = [{key: value for key, value in {**row, **OTHER_THAN_THE_CSV.get(file.stem, {})}.items() if value != ""} for row in expected]
        with tempfile.TemporaryDirectory() as folder:
            got = run(migc, file, pathlib.Path(folder))
        if isinstance(got, list):
            got = [{key: value for key, value in row.items() if value != ""} for row in got]
        if got != expected:
            wrong += 1
            print(f"{file.name}: expected {expected}, got {got}")
    print(f"{count} files: {wrong} wrong")
    sys.exit(1 if wrong or count == 0 else 0)


main()
