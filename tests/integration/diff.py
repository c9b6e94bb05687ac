#!/usr/bin/env python3
"""`migc diff` over a sample: which records and rules differ, which keys to migrate again, exit codes.

diff.py --migc PATH
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = """migration "parts" version "{version}" {{ edition = 2026 }}
schema Part {{ id: string @key  name: string(1..)  price: decimal(8, 2) }}
schema Item {{ id: string @key  name: string  price: decimal(9, 2) }}
issue PT101 "too cheap to keep" fix "look at the price"
source parts: Part from ndjson("parts.ndjson")
target items: Item into ndjson("items.ndjson") {{ write = replace }}
map copies: parts as p -> items as i {{
  require p.price >= {least} else reject PT101
  id = p.id
  name = {name}
  price = p.price
}}
"""
PEOPLE = """migration "people" version "{version}" {{ edition = 2026 }}
privacy {{
  class contact.email "an address"
  allow contact.email to people_out because "it is the point"
}}
schema Row {{ id: string  mail: string @pii(contact.email)  city: string }}
schema Person {{ mail: string @key @pii(contact.email)  also: string @pii(contact.email)  city: string }}
source people: Row from ndjson("people.ndjson")
target people_out: Person into ndjson("out.ndjson") {{ write = replace }}
map person: people as p -> people_out as o {{
  mail = p.mail
  also = {also}
  city = {city}
  ignore p.id because "the target has its own"
}}
"""
ADDRESSES = [f"name{n}.secret@example.com" for n in range(4)]
RECORDS = [{"id": f"p{n}", "name": "bolt" if n % 3 else "BOLT", "price": n + 0.5} for n in range(12)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "parts.ndjson").write_text("".join(json.dumps(r) + "\n" for r in RECORDS))

        def spec(file, **words):
            (folder / file).write_text(SPEC.format(**{"version": "1.0.0", "least": "2.00", "name": "p.name", **words}))

        def diff(new, *options):
            return subprocess.run([migc, "diff", "old.mig", new, "--data", "parts.ndjson", *options], cwd=folder, capture_output=True, text=True, timeout=60)

        def expect(what, truth, done):
            if not truth:
                failures.append(f"{what}\nexit {done.returncode}\n{done.stdout}{done.stderr}")

        spec("old.mig")
        spec("same.mig", version="1.0.1")
        spec("lower.mig", version="1.1.0", name="lower(p.name)")
        spec("dearer.mig", version="2.0.0", least="5.00")
        same = diff("same.mig")
        expect("the same rules differ in nothing", same.returncode == 0, same)
        for engine in ("interp", "jit0", "jit"):
            lower = diff("lower.mig", "--keys", f"keys-{engine}", "--engine", engine)
            keys = [json.loads(line) for line in (folder / f"keys-{engine}").read_text().splitlines()]
            wanted = [r["id"] for r in RECORDS if r["name"] != r["name"].lower() and r["price"] >= 2]
            expect(f"{engine}: exit 1 and the rule of the name", lower.returncode == 1 and "lower.mig:10" in lower.stdout and "price:" not in lower.stdout, lower)
            expect(f"{engine}: the keys {keys} are {wanted}", keys == [{"target": "items", "key": [k]} for k in wanted], lower)
        dearer = diff("dearer.mig", "--format", "markdown")
        expect("records that are gone", dearer.returncode == 1 and "### items: 3 of 10 records differ (0 new, 3 gone)" in dearer.stdout, dearer)
        spec("renamed.mig", version="2.0.0", least="5.00")
        text = (folder / "renamed.mig").read_text().replace("id = p.id", 'id = f"x-{p.id}"')
        (folder / "renamed.mig").write_text(text)
        renamed = diff("renamed.mig")
        expect("other keys are new and gone, not differences of records", renamed.returncode == 1 and
               "12 records were read; 17 keys are to be migrated again: 0 change, 7 are new, 10 are gone" in renamed.stdout, renamed)

        # Personal values show in no example, be it in a field, in the key or in a rule's result; the file of keys is for the next run and holds them.
        (folder / "people.ndjson").write_text("".join(json.dumps({"id": str(n), "mail": mail, "city": f"town {n}"}) + "\n" for n, mail in enumerate(ADDRESSES)))
        (folder / "old.mig").write_text(PEOPLE.format(version="1.0.0", also="p.mail", city="p.city"))
        (folder / "new.mig").write_text(PEOPLE.format(version="2.0.0", also="upper(p.mail)", city="upper(p.city)"))
        for form in ("human", "markdown", "json"):
            words = [migc, "diff", "old.mig", "new.mig", "--data", "people.ndjson", "--format", form]
            masked = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=60)
            shown = masked.stdout + masked.stderr
            expect(f"{form}: no address is shown", masked.returncode == 1 and "secret" not in shown.lower() and "example.com" not in shown.lower(), masked)
            expect(f"{form}: other values are", form == "json" or ("town 1" in shown and "TOWN 1" in shown and "*** became ***" in shown), masked)
        (folder / "broken.mig").write_text("map {")
        broken = diff("broken.mig")
        expect("a spec with an error is refused", broken.returncode not in (0, 1) or "error[" in broken.stderr + broken.stdout, broken)
        expect("nothing was written to the target", not (folder / "items.ndjson").exists(), broken)
    for failure in failures:
        print("FAIL", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
