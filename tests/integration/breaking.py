#!/usr/bin/env python3
"""`migc breaking`: what changes for whom, and what is no change. Each case is one edit of one spec.

breaking.py --migc PATH
"""
import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = '''migration "shop" version "1.4.0" { edition = 2026 }
issue SH101 "contact has no mail" fix "find it"
issue SH201 "status is new" fix "add it"
issue SH301 "counts differ" fix "look"
enum Status { active, closed }
privacy {
  class contact.email
  class contact.phone
  allow contact.email to customers because "contract"
}
schema Person { id: string @key  mail?: string? @pii(contact.email)  name: string  state: string  phone?: string? }
schema Customer { id: string @key  mail: string @pii(contact.email)  name?: string(..40)  status: Status }
source people: Person from ndjson("people.ndjson")
target customers: Customer into ndjson("customers.ndjson") { write = replace }
table status_of: string -> Status via lower {
  "a" | "active" => active,
  "c"            => closed,
  else           => warn SH201 use closed,
}
fn tidy(s: string) -> string = lower(trim(s))
map to_customers: people as p -> customers as c {
  let mail = p.mail ?? reject SH101
  require p.name != "" else skip SH301
  id     = p.id
  mail   = tidy(mail)
  name   = truncate(p.name, 40)
  status = status_of(p.state)
  ignore p.phone because "nobody calls"
}
dedupe customers by mail { prefer id desc }
'''

# (what, edits, codes that must be found; none: no change at all)
CASES = [
    ("a comment and blank lines", [("fn tidy", "\n\n// tidies\nfn tidy")], set()),
    ("a local renamed", [("let mail =", "let address ="), ("tidy(mail)", "tidy(address)")], set()),
    ("a function renamed", [("fn tidy", "fn cleaned"), ("tidy(mail)", "cleaned(mail)")], set()),
    ("a call written as a pipe", [("tidy(mail)", "mail |> tidy")], set()),
    ("a function inlined", [("= lower(trim(s))", "= s |> trim |> lower")], set()),
    ("statements in another order", [("  id     = p.id\n", ""), ("  ignore p", "  id     = p.id\n  ignore p")], set()),
    ("aliases renamed", [("people as p -> customers as c", "people as x -> customers as y"), ("p.mail", "x.mail"), ("p.name != ", "x.name != "), ("p.id", "x.id"), ("truncate(p.", "truncate(x."),
                          ("p.state", "x.state"), ("p.phone", "x.phone")], set()),
    ("declarations in another order", [("fn tidy(s: string) -> string = lower(trim(s))\n", ""), ("dedupe customers", "fn tidy(s: string) -> string = lower(trim(s))\ndedupe customers")], set()),
    ("a function does something else", [("= lower(trim(s))", "= upper(trim(s))")], {"B1101"}),
    ("another value", [("truncate(p.name, 40)", "truncate(p.name, 30)")], {"B1101"}),
    ("another row of a table", [('"c"            => closed', '"c"            => active')], {"B1101"}),
    ("an optional field dropped", [("  name   = truncate(p.name, 40)\n", "")], {"B1102"}),
    ("another identity", [("id     = p.id", 'id     = f"x{p.id}"')], {"B1103"}),
    ("a condition more", [("  id     = p.id", '  require p.state != "x" else skip SH301\n  id     = p.id')], {"B1104"}),
    ("a condition less", [('  require p.name != "" else skip SH301\n', "")], {"B1104"}),
    ("another condition", [('p.name != ""', 'p.name != "-"')], {"B1104"}),
    ("another target file", [('ndjson("customers.ndjson")', 'ndjson("clients.ndjson")')], {"B1107"}),
    ("another format", [('into ndjson("customers.ndjson")', 'into csv("customers.ndjson")')], {"B1107"}),
    ("a narrower target field", [("name?: string(..40)", "name?: string(..50)"), ], {"B1109"}),
    ("duplicates decided otherwise", [("prefer id desc", "prefer id asc")], {"B1110"}),
    ("no deduplication", [("dedupe customers by mail { prefer id desc }\n", "")], {"B1110"}),
    ("a map renamed", [("map to_customers", "map to_clients")], {"B1201"}),
    ("another source file", [('from ndjson("people.ndjson")', 'from ndjson("persons.ndjson")')], {"B1202"}),
    ("a field must be there", [("phone?: string?", "phone: string?")], {"B1301"}),
    ("a narrower source field", [("state: string", "state: string(..10)")], {"B1302"}),
    ("a clearance more", [('because "contract"\n', 'because "contract"\n  allow contact.phone to customers because "calls"\n')], {"B1401"}),
    ("a finding silenced", [("dedupe customers by", '@allow(N0961, "forty are enough")\ndedupe customers by')], {"B1406"}),
    ("an issue gone", [("  require p.name", "  warn SH302 when p.name == \"x\"\n  require p.name"), ('issue SH301', 'issue SH302 "odd" fix "look"\nissue SH301')], {"B1104"}),
    ("another verb", [("else skip SH301", "else reject SH301")], {"B1502", "B1104"}),
    ("another message", [('"contact has no mail"', '"contact has no address"')], {"B1503"}),
]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    failures = []
    with tempfile.TemporaryDirectory(prefix="migc-breaking-test-") as folder:
        old, new = Path(folder) / "old", Path(folder) / "new"
        old.mkdir()
        new.mkdir()
        (old / "shop.mig").write_text(SPEC)

        def breaking(text, *arguments):
            (new / "shop.mig").write_text(text)
            return subprocess.run([migc, "breaking", *arguments, str(new / "shop.mig")], capture_output=True, text=True, timeout=120)

        for what, edits, wanted in CASES:
            text = SPEC
            for before, after in edits:
                if before not in text:
                    failures.append(f"{what}: the spec has no {before!r}")
                text = text.replace(before, after, 1)
            done = breaking(text, f"--against={old}", "--format=json")
            if done.returncode not in (0, 1) or not done.stdout:
                failures.append(f"{what}: exit {done.returncode}: {done.stderr[:400]}")
                continue
            codes = {change["code"] for change in json.loads(done.stdout)["changes"]}
            if codes != wanted or done.returncode != (1 if wanted else 0):
                failures.append(f"{what}: {sorted(codes)} instead of {sorted(wanted)}, exit {done.returncode}")
        # The version in the header announces a change: major all, minor what is not OUTPUT or RESUME.
        changed = SPEC.replace("= lower(trim(s))", "= upper(trim(s))")
        for version, code in [("1.4.1", 1), ("1.5.0", 1), ("2.0.0", 0)]:
            done = breaking(changed.replace('"1.4.0"', f'"{version}"'), f"--against={old}")
            if done.returncode != code:
                failures.append(f"OUTPUT with {version}: exit {done.returncode}")
        minor = SPEC.replace('"contact has no mail"', '"contact has no address"').replace('"1.4.0"', '"1.5.0"')
        if breaking(minor, f"--against={old}").returncode != 0:
            failures.append("LOG with a minor version is announced")
        # Against a revision of git.
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "x"]):
            (new / "shop.mig").write_text(SPEC) if words[0] == "add" else None
            subprocess.run(["git", "-C", str(new), *words], check=True, capture_output=True)
        done = breaking(changed, "--against=HEAD", "--format=markdown")
        if done.returncode != 1 or "| B1101 |" not in done.stdout or "### OUTPUT" not in done.stdout:
            failures.append(f"against HEAD: exit {done.returncode}: {done.stdout}{done.stderr}")
        for against in ("no-such-revision", "--output=/tmp/x"):
            if breaking(changed, f"--against={against}").returncode != 2:
                failures.append(f"against {against}: not refused")
        if list(Path(tempfile.gettempdir()).glob("migc-breaking-??????/shop.mig")):
            failures.append("old files are left behind")
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(CASES)} edits, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
