#!/usr/bin/env python3
"""Runs the files of a csv-spectrum checkout through the CSV decoder and compares the records with the suite's JSON.

usage: csv_spectrum.py DECODE_LINES CHECKOUT

An unquoted empty cell is absent to migc and an empty text to the suite; everything else must be equal.
"""
import json
import pathlib
import subprocess
import sys


def main():
    tool, checkout = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong = count = 0
    for file in sorted((checkout / "csvs").glob("*.csv")):
        count += 1
        expected = json.loads((checkout / "json" / (file.stem + ".json")).read_text(encoding="utf-8"))
        out = subprocess.run([tool, "csv"], input=file.read_bytes(), capture_output=True, check=True).stdout.decode("utf-8")
        try:
            got = [json.loads(line) for line in out.splitlines()]
        except ValueError:
            got = out
        expected = [{key: value for key, value in row.items() if value != ""} for row in expected]
        if isinstance(got, list):
            got = [{key: value for key, value in row.items() if value != ""} for row in got]
        if got != expected:
            wrong += 1
            print(f"{file.name}: expected {expected}, got {got}")
    print(f"{count} files: {wrong} wrong")
    sys.exit(1 if wrong or count == 0 else 0)


main()
