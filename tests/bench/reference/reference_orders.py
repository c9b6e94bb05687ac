#!/usr/bin/env python3
"""What specs/programs/orders means, written for clearness: the oracle that results of `orders` are compared with.

reference_orders.py IN.ndjson OUT.csv REJECTS.ndjson COUNTS.json
Knows the shape that `generate --workload orders` writes; a record of another shape is rejected with the code `decode`.
Needs Python 3.11 alone; about 30 000 orders/s.
"""
import csv
import json
import re
import sys
from collections import Counter
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

getcontext().prec = 60  # digits; more than any exact total here has
COLUMNS = ["order_id", "customer_id", "customer_name", "placed_at", "currency", "state", "line_count", "total"]
CURRENCIES = {"EUR", "USD", "GBP", "JPY", "CHF"}
LEDGER_STATE = {"open": "pending", "paid": "settled", "shipped": "settled", "returned": "reversed", "cancelled": "void"}
ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:([ T])(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z)?)?", re.ASCII)
SLASH = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
LARGEST_TOTAL = Decimal("999999999999.99")


class Reject(Exception):
    """One order cannot be migrated; the argument is its code."""


def time_of(text):
    """The instant as text, by the first of the seven formats that fits the whole text; ValueError when none does."""
    text = text.strip()
    if m := ISO.fullmatch(text):
        year, month, day, mark, hour, minute, second, fraction, zulu = m.groups()
        if mark == " " and (fraction or zulu) or fraction and not zulu:
            raise ValueError(text)
        t = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0),
                     int((fraction or "0").ljust(6, "0")))
    elif m := SLASH.fullmatch(text):
        a, b, year = map(int, m.groups())
        try:
            t = datetime(year, a, b)
        except ValueError:
            t = datetime(year, b, a)
    else:
        raise ValueError(text)
    return t.isoformat(timespec="seconds")[:19] + (f".{t.microsecond:06d}".rstrip("0") if t.microsecond else "") + "Z"


def ledger_row(order):
    try:
        discount, lines, customer = Decimal(order["discount"]), order["lines"], order["customer"]
        exact = sum(((Decimal(line["quantity"]) * Decimal(line["unit_price"])) * (1 - discount) for line in lines), Decimal(0))
        fits = order["currency"] in CURRENCIES and order["state"] in LEDGER_STATE
    except (KeyError, TypeError, ArithmeticError):
        raise Reject("decode") from None
    if not fits:
        raise Reject("decode")
    if not 0 <= discount <= 1:
        raise Reject("OR102")
    try:
        placed = time_of(order["placed_at"])
    except ValueError:
        raise Reject("OR101") from None
    total = exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    if abs(total) > LARGEST_TOTAL:
        raise Reject("OR103")
    return [order["order_id"], customer["id"], customer["name"], placed, order["currency"], LEDGER_STATE[order["state"]],
            len(lines), total]


def main():
    source, out_path, rejects_path, counts_path = sys.argv[1:]
    counts, rejects, warnings = Counter(), [], 0
    with open(source, "rb") as f, open(out_path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number, line in enumerate(f, 1):
            counts["read"] += 1
            try:
                order = json.loads(line, parse_float=Decimal)
                writer.writerow(ledger_row(order))
                counts["written"] += 1
                warnings += not order["lines"]
            except (Reject, ValueError) as why:
                rejects.append({"line": number, "code": str(why) if isinstance(why, Reject) else "decode"})
    with open(rejects_path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in rejects)
    counts["rejected"] = len(rejects)
    with open(counts_path, "w", encoding="utf-8") as f:
        json.dump(dict(counts) | {"warnings": {"OR201": warnings}}, f, indent=1)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
