#!/usr/bin/env python3
"""Writes a Mailchimp-style export of contacts: the same people as NDJSON and as CSV.

generate.py --format ndjson|csv [--rows 10000] [--seed 2026] [--dirty 0.02] [--duplicates 0.01] > FILE

Contact i depends on (seed, i) alone. About DIRTY of the rows have something wrong with them: no address, a malformed one, an
unknown status, a date in no known format, a number that is none, a torn line. About DUPLICATES repeat an earlier address.
"""
import argparse
import csv
import json
import random
import sys

FIRST = ["Ann", "Bob", "Chloé", "Dieter", "Eva", "Fatima", "Grace", "Hiro", "Inês", "Jörg", "Karen", "Li", "María", "Nils", "Søren", "Věra"]
LAST = ["Smith", "Müller", "O'Brien", "García", "Nguyen", "Kowalski", "van den Berg", "Sato", "Dubois", "Andersson", "Haddad", "Novák"]
DOMAIN = ["example.com", "mail.example.org", "corp.example.net", "shop.example"]
STATUS = ["subscribed", "active", "Subscribed ", "opt_in", "confirmed", "inactive", "unsubscribed", "opt_out", "bounced", "suppressed"]
TAGS = ["newsletter", "vip", "trial", "webinar 2025", "partner", "été", "gold", "b2b"]
COMPANY = ["Acme, Inc.", "Globex", 'Initech "West"', "Umbrella", "Stark & Sons", "Hooli  "]
TITLE = ["CTO", "Buyer", "Head of Growth", "Director, EMEA"]
COLUMNS = ["id", "email_address", "first_name", "last_name", "status", "subscription_date", "unsubscribe_date", "last_activity",
           "last_engagement", "lifecycle_stage", "recent_opens", "recent_clicks", "avg_open_rate", "tags", "segments",
           "Company Name", "phone-number", "Zip Code", "Job Title", "VIP"]


def date(r, dirty):
    if dirty:
        return r.choice(["n/a", "2023-02-30", "yesterday", "0000-00-00", "31/31/2020"])
    y, m, d = r.randint(2014, 2025), r.randint(1, 12), r.randint(1, 28)
    h, n, s = r.randrange(24), r.randrange(60), r.randrange(60)
    return r.choice([f"{y}-{m:02}-{d:02} {h:02}:{n:02}:{s:02}", f"{y}-{m:02}-{d:02}T{h:02}:{n:02}:{s:02}Z",
                     f"{y}-{m:02}-{d:02}T{h:02}:{n:02}:{s:02}.{r.randrange(1000):03}Z", f"{y}-{m:02}-{d:02}", f"{m:02}/{d:02}/{y}"])


def contact(seed, i, dirty, duplicates):
    r = random.Random(f"{seed}/{i}")
    bad = r.choice(["no address", "address", "status", "complaint", "date", "number", "line", "vip"]) if r.random() < dirty else ""
    who = random.Random(f"{seed}/{i}/who").randrange(i) if i and r.random() < duplicates else i
    name = random.Random(f"{seed}/{who}/address")
    address = f"{name.choice(['ann', 'bob', 'chloe', 'info', 'sales', 'li'])}.{who:06}@{name.choice(DOMAIN)}"
    if r.random() < 0.1:
        address = f" {address.title()} "
    if bad == "no address":
        address = r.choice(["", None])
    if bad == "address":
        address = r.choice(["no-at-sign.example.com", "two@@example.com", "blank inside@example.com", "nobody@"])
    out = {"id": f"c{(i * 7919 + seed) % 1000003:07}", "email_address": address,
           "first_name": r.choice(FIRST + [""]), "last_name": r.choice(LAST + [""]),
           "status": {"status": "transactional", "complaint": "complained"}.get(bad) or r.choice(STATUS + [None])}
    out["subscription_date"] = date(r, bad == "date") if r.random() < 0.9 or bad == "date" else None
    out["unsubscribe_date"] = date(r, False) if r.random() < 0.1 else None
    out["last_activity"] = date(r, False) if r.random() < 0.85 else None
    out["last_engagement"] = None
    out["lifecycle_stage"] = r.choice(["lead", "customer", "evangelist"])
    out["recent_opens"] = r.choice(["-3", "many"]) if bad == "number" else r.randrange(40)
    out["recent_clicks"] = r.randrange(20)
    out["avg_open_rate"] = r.randrange(10000) / 10000
    out["tags"] = r.sample(TAGS, r.randrange(4))
    out["segments"] = r.sample(["EU", "US", "repeat buyers"], r.randrange(3))
    out["custom"] = {"Company Name": r.choice(COMPANY + [None]), "phone-number": f"+1 555 {r.randrange(10 ** 7):07}",
                     "Zip Code": f"{r.randrange(10 ** 5):05}", "Job Title": r.choice(TITLE + [None]),
                     "VIP": "perhaps" if bad == "vip" else r.choice(["true", "FALSE", None]),
                     "Points": str(r.randrange(10 ** 5)), "Balance": f"{r.randrange(1000)}.{r.randrange(10, 100)}"}
    return out, bad == "line"


def write_ndjson(out, rows):
    for record, torn in rows:
        custom = {k: v for k, v in record.pop("custom").items() if v is not None}
        record = {k: v for k, v in record.items() if v is not None} | {"custom_fields": custom}
        if record["recent_opens"] == "-3":
            record["recent_opens"] = -3
        if len(record["id"]) % 2 and len(record["tags"]) == 1:
            record["tags"] = record["tags"][0]
        text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
        out.write((text[: len(text) // 2] if torn else text) + "\n")


def write_csv(out, rows):
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record, torn in rows:
        flat = record | record["custom"] | {"tags": ",".join(record["tags"]), "segments": ",".join(record["segments"])}
        row = ["" if flat[c] is None else flat[c] for c in COLUMNS]
        writer.writerow(row[:2] if torn else row)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--format", choices=["ndjson", "csv"], required=True)
    p.add_argument("--rows", type=int, default=10000)
    p.add_argument("--seed", type=int, default=2026)
    p.add_argument("--dirty", type=float, default=0.02)
    p.add_argument("--duplicates", type=float, default=0.01)
    a = p.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    rows = (contact(a.seed, i, a.dirty, a.duplicates) for i in range(a.rows))
    (write_ndjson if a.format == "ndjson" else write_csv)(sys.stdout, rows)


if __name__ == "__main__":
    main()
