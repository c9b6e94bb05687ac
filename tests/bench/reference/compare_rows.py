#!/usr/bin/env python3
"""Compares a CSV result of `orders`, `wide` or `keys` with the reference's; exit 0 when equal, 1 with the first differences.

compare_rows.py REFERENCE.csv RESULT.csv [--ordered] [--rejects REFERENCE_REJECTS.ndjson RESULT_REJECTS.ndjson]
                [--line NAME] [--code NAME]
Rows are compared as a multiset (with --ordered: as a sequence) of named columns; numbers by value, timestamps as instants, so
12.5 equals 12.50. Memory does not grow with the rows: equality is that of two sums of 128-bit row digests; only when they differ
are the rows kept, to name the first five. Rejects are compared as (line, code); built-in codes (MIG...) count as `decode`.
"""
import argparse
import csv
import filecmp
import hashlib
import json
import re
import sys
from collections import Counter

NUMBER = re.compile(r"([+-]?)0*(\d+)(?:\.(\d*?)0*)?", re.ASCII)
INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d*?)0*)?(?:Z|\+00(?::?00)?)?", re.ASCII)


def normal(cell):
    """One spelling for every spelling of a number or an instant."""
    if cell[:1].isdigit() or cell[:1] in ("-", "+"):
        if m := NUMBER.fullmatch(cell):
            digits = m[2] + (f".{m[3]}" if m[3] else "")
            return ("-" if m[1] == "-" and digits.strip("0.") else "") + digits
        if m := INSTANT.fullmatch(cell):
            return f"{m[1]}T{m[2]}" + (f".{m[3]}" if m[3] else "") + "Z"
    return cell


def rows(path):
    """Every row as one text, columns in the order of their names."""
    with open(path, newline="", encoding="utf-8") as f:
        reader = csv.reader(f, strict=True)
        header = next(reader, [])
        order = sorted(range(len(header)), key=lambda i: header[i])
        yield "\x1f".join(header[i] for i in order)
        for row in reader:
            yield "\x1f".join(normal(row[i]) for i in order) if len(row) == len(header) else f"{len(row)} cells: {row}"


def digest(path, ordered):
    """(rows, sum of their digests); ordered: each digest is multiplied by an odd number that depends on its place."""
    count = total = 0
    for text in rows(path):
        one = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=16).digest(), "little")
        total += one * (2 * count + 1) if ordered else one
        count += 1
    return count, total % (1 << 128)


def differences(reference, result, ordered):
    if ordered:
        have = rows(result)
        for n, want in enumerate(rows(reference)):
            found = next(have, "no row")
            if found != want:
                cells = [(a, b) for a, b in zip(want.split("\x1f"), found.split("\x1f")) if a != b]
                a, b = cells[0] if cells else (want, found)
                return [f"row {n}: reference {a[:80]!r}, result {b[:80]!r}"]
        return [f"more rows than the reference: {next(have, '')!r}"]
    more = Counter(rows(reference))
    more.subtract(rows(result))
    return [f"{'missing' if n > 0 else 'not in the reference'}: {text[:200]!r}" for text, n in more.items() if n][:5]


def at(record, path):
    for part in path.split("."):
        record = record[int(part)] if isinstance(record, list) else record[part]
    return record


def rejects(path, line, code):
    out = {}
    with open(path, "rb") as f:
        for text in f:
            r = json.loads(text)
            c = str(at(r, code))
            out[int(at(r, line))] = "decode" if c.startswith("MIG") else c
    return out


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("reference")
    p.add_argument("result")
    p.add_argument("--ordered", action="store_true")
    p.add_argument("--rejects", nargs=2, metavar="FILE")
    p.add_argument("--line", default="line")
    p.add_argument("--code", default="code")
    a = p.parse_args()
    bad = 0
    if not filecmp.cmp(a.reference, a.result, shallow=False) and digest(a.reference, a.ordered) != digest(a.result, a.ordered):
        bad = 1
        print("\n".join("DIFFERENT " + d for d in differences(a.reference, a.result, a.ordered)))
    if a.rejects:
        want, have = rejects(a.rejects[0], "line", "code"), rejects(a.rejects[1], a.line, a.code)
        lines = sorted(n for n in want.keys() | have.keys() if want.get(n) != have.get(n))
        for n in lines[:5]:
            print(f"DIFFERENT reject at line {n}: reference {want.get(n)}, result {have.get(n)}")
        bad += len(lines)
    print("different" if bad else "equal")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
