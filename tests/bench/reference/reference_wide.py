#!/usr/bin/env python3
"""What specs/programs/wide means: the oracle that results of `wide` and `wide-mixed` are compared with.

reference_wide.py [--mixed] IN.csv OUT.csv REJECTS.ndjson COUNTS.json
Plain: columns c000, c010 ... c190, all whole numbers. --mixed: column 10 k + k mod 5 for k = 0 .. 19, so that every kind occurs
(by number mod 5: whole number, text, timestamp, decimal of two places, text trimmed). About 10 000 rows/s; Python 3.11 alone.
"""
import csv
import json
import re
import sys
from decimal import Decimal

from reference_orders import time_of

INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,4}(\.\d{1,2})?", re.ASCII)


class Reject(Exception):
    """One row cannot be migrated; the argument is its code."""


def whole(text):
    if not INTEGER.fullmatch(text):
        raise Reject("decode")
    return str(int(text))


def plain(text):
    if not text:
        raise Reject("decode")
    return text


def moment(text):
    try:
        return time_of(plain(text))
    except ValueError:
        raise Reject("WD101") from None


def money(text):
    if not DECIMAL.fullmatch(text):
        raise Reject("decode")
    return str(Decimal(text).quantize(Decimal("0.01")))


KINDS = [whole, plain, moment, money, lambda text: plain(text).strip()]


def main():
    mixed = sys.argv[1] == "--mixed"
    source, out_path, rejects_path, counts_path = sys.argv[2 if mixed else 1:]
    columns = [10 * k + k % 5 for k in range(20)] if mixed else list(range(0, 200, 10))
    read, rejects = 0, []
    with open(source, newline="", encoding="utf-8") as f, open(out_path, "w", newline="", encoding="utf-8") as out:
        rows = csv.reader(f, strict=True)
        header = next(rows)
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([header[c] for c in columns])
        for row in rows:
            read += 1
            try:
                if len(row) != len(header):
                    raise Reject("decode")
                writer.writerow([KINDS[c % 5](row[c]) for c in columns])
            except Reject as why:
                rejects.append({"line": rows.line_num, "code": str(why)})
    with open(rejects_path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in rejects)
    counts = {"read": read, "written": read - len(rejects), "rejected": len(rejects)}
    with open(counts_path, "w", encoding="utf-8") as f:
        json.dump(counts, f, indent=1)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
