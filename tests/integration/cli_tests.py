#!/usr/bin/env python3
"""`migc test --coverage`, `--determinism` and `--from-sample`: what they say, in every format, and what they never write.

cli_tests.py --migc PATH --faults PATH
"""
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "tests" version "1.0.0" { edition = 2026 }
param input: string = "in.ndjson"
param limit: int(0..100) = 10
privacy {
  class contact.email "an address"
  class person.name "a name"
  class person.birth "a day of birth"
  allow contact.email, person.name, person.birth to people_out because "it is the point"
}
enum Plan { free = "F", paid = "P" }
issue PE101 "no address" fix "find it"
issue PE201 "an unknown plan; taken as free" fix "add it"
issue PE202 "a number that cannot be read is left out" fix "correct it"
issue PE102 "too many points" fix "look at them"
table plan_of: string -> Plan via trim, upper { "F" => free, "P" => paid, else => warn PE201 use free }
schema Row {
  id: string @key
  mail?: string? @pii(contact.email)
  name?: string? @pii(person.name)
  born?: date? @pii(person.birth)
  plan: string
  points?: int?
  price?: string?
  tags?: list<string>
  note?: string?
}
schema Person {
  id: string @key
  mail: string @pii(contact.email)
  name?: string? @pii(person.name)
  born?: date? @pii(person.birth)
  plan: Plan
  points: int
  price?: decimal(8, 2)?
  tags?: list<string>
}
source people: Row from ndjson(param.input)
target people_out: Person into ndjson("out.ndjson") { write = replace }
map person: people as r -> people_out as o {
  id     = r.id
  mail   = (r.mail |?> trim |?> lower) ?? reject PE101
  name   = r.name
  born   = r.born
  plan   = plan_of(r.plan)
  points = match r.points {
    null  => 0,
    0..9  => 1,
    _     => 2,
  }
  price  = r.price |?> parse_decimal(8, 2) catch warn PE202 use null
  tags   = r.tags ?? keep
  reject PE102 when (r.points ?? 0) > param.limit
  ignore r.note because "free text"
}
test "a paying one" for person {
  given { id: "1", mail: "a@b.example", plan: "p", points: 5, price: "1.50" }
  expect out.plan == paid
}
'''
ROWS = [
    {"id": "1", "mail": " Ann.Smith@Example.COM", "name": "Ann Smith", "born": "1984-05-06", "plan": "F", "points": 5, "price": "12.50", "tags": ["x", "y"]},
    {"id": "2", "mail": "bob@example.com", "name": "Bob", "plan": "P"},
    {"id": "3", "name": "No Address", "plan": "P", "points": 3},
    {"id": "4", "mail": "eve@example.org", "plan": "Q", "points": 10, "price": "cheap"},
    {"id": "5", "mail": "max@example.org", "plan": "F", "points": 99},
    {"id": "6", "mail": "amy@example.org", "plan": "F", "points": None, "born": "1990-01-01"},
    {"id": "7", "mail": "zoe@example.org", "plan": "F", "points": "many"},
] + [{"id": str(i), "mail": f"p{i}@example.org", "plan": "FP"[i % 2], "points": i % 9, "price": f"{i}.25"} for i in range(8, 400)]
PERSONAL = ("Ann", "Smith", "smith", "Bob", "bob@", "1984-05-06", "eve@", "example.org", "Example.COM", "example.com")


MEASURED = '''migration "measured" version "1.0.0" { edition = 2026 }
issue ME101 "bad amount" fix "correct it"
issue ME102 "unknown country" fix "add it"
issue ME901 "sum" fix "look"
issue ME902 "sums by country" fix "look"
issue ME903 "countries" fix "look"
issue ME904 "refused" fix "look"
issue ME905 "bounds" fix "look"
issue ME906 "repeated" fix "look"
lookup iso: string -> string(2..2) from csv("countries.csv") { key = name  value = iso2  compare = casefold }
fn code_of(name: string) -> string(2..2)! = iso(name)
schema A { id: int @key  country: string  amount: string  note?: string? }
schema B { id: int @key  country: string(2..2)  amount: decimal(9, 2)  note?: string }
source rows: A from csv("a.csv")
target outs: B into ndjson("b.ndjson") { write = replace }
map m: rows as r -> outs as out {
  id = r.id
  country = code_of(r.country) catch reject ME102
  amount = parse_decimal(r.amount, 9, 2) catch reject ME101
  note = r.note ?? keep
}
reconcile sums {
  expect sum(written(m), x -> x.amount) == 100.00 tolerance 0.01 else fail ME901
  expect max_of(written(m), x -> x.amount) <= 60.00 else fail ME905
}
reconcile groups {
  expect distinct(written(m), x -> x.country) >= 2 else fail ME903
  expect sum_by(pairs(m), p -> p.src.country, p -> p.out.amount) == sum_by(pairs(m), p -> p.src.country, p -> 10.00) else fail ME902
  expect count(rejected(m) |> filter(x -> x.issue == "ME102")) <= 1 else fail ME904
  expect duplicate_rate(read(m), x -> x.country) <= 50% else fail ME906
}
test "the file of the lookup" for m { given { id: 1, country: "GERMANY", amount: "1.50" } expect out.country == "DE" }
test "assumed rows" for m {
  assume iso = [{ key: "Spain", value: "ES" }]
  given { id: 1, country: "spain", amount: "1.50" }
  expect out.country == "ES"
  expect (out.note |?> length) == null
}
test "assumed rows stand for the file" for m {
  assume iso = [{ key: "Spain", value: "ES" }]
  given { id: 1, country: "Germany", amount: "1.50" }
  expect issue ME102
}
test "and only for that test" for code_of { given "france" expect out == "FR" }
test "sum within" for sums {
  given { id: 1, country: "Germany", amount: "40.00" }, { id: 2, country: "France", amount: "59.99" }, { id: 3, country: "France", amount: "x" }
  expect not issue ME901
  expect not issue ME905
}
test "sum beyond, bound beyond" for sums {
  given { id: 1, country: "Germany", amount: "39.97" }, { id: 2, country: "France", amount: "60.01" }
  expect issue ME901
  expect issue ME905
}
test "one country, one sum too small, too many refused" for groups {
  given { id: 1, country: "Germany", amount: "9.99" }, { id: 2, country: "Mars", amount: "1" }, { id: 3, country: "Venus", amount: "1" }
  expect issue ME903
  expect issue ME902
  expect issue ME904
  expect not issue ME906
}
test "good groups" for groups {
  given { id: 1, country: "Germany", amount: "10" }, { id: 2, country: "France", amount: "4" }, { id: 3, country: "France", amount: "16" },
        { id: 4, country: "Mars", amount: "1" }
  expect not issue ME903
  expect not issue ME902
  expect not issue ME904
}
test "repeated" for groups {
  given { id: 1, country: "Germany", amount: "10" }, { id: 2, country: "Germany", amount: "10" }, { id: 3, country: "Germany", amount: "10" }
  expect issue ME906
}
'''


def main():
    with program_in_folder("migc-tests-", needs_faults=True) as (_, folder, run, faults):
        (folder / "a.mig").write_text(SPEC)
        (folder / "in.ndjson").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
        before = sorted(path.name for path in folder.iterdir())

        done = run("test", "--coverage", "--format=json", "a.mig")
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        coverage, points = lines[-1]["coverage"], lines[-1]["points"]
        expect(done.returncode == 0 and lines[0]["outcome"] == "passed", f"what no test reaches is no failure: {done.stderr}")
        expect(coverage == {"arm": {"reached": 1, "of": 3}, "row": {"reached": 1, "of": 3}, "success": {"reached": 1, "of": 1},
                            "failure": {"reached": 0, "of": 1}, "issue": {"reached": 0, "of": 4}}, f"counts of coverage: {coverage}")
        arms = {p["name"]: p["reached"] for p in points if p["kind"] == "arm"}
        expect(arms == {"null": False, "0..9": True, "_": False}, f"arms: {arms}")
        expect(all(re.fullmatch(r"a\.mig:\d+:\d+", p["at"]) for p in points), "every point has its place")
        expect(run("test", "--coverage", "--deny", "warnings", "a.mig").returncode == 1, "--deny warnings: not reached is exit 1")
        human = run("test", "--coverage", "a.mig")
        expect(human.returncode == 0 and "match arms" in human.stdout and "1 of 3" in human.stdout and "warning[W0951]" in human.stderr, "counts and findings for people")
        root = ElementTree.fromstring(run("test", "--coverage", "--format=junit", "a.mig").stdout)
        suites = {suite.get("name"): suite for suite in root}
        expect(suites["a.mig"].get("tests") == "1" and suites["a.mig coverage"].get("skipped") == "9" and suites["a.mig coverage"].get("tests") == "12", "coverage as JUnit")
        root = ElementTree.fromstring(run("test", "--coverage", "--deny=warnings", "--format=junit", "a.mig").stdout)
        expect(root.get("failures") == "9", "denied coverage as JUnit")

        sample = run("test", "--from-sample", "8", "a.mig")
        expect(sample.returncode == 0 and sample.stdout.count("\ntest ") + sample.stdout.startswith("test ") == 8, f"eight tests: {sample.stdout}{sample.stderr}")
        leaks = [word for word in PERSONAL if word in sample.stdout]
        expect(leaks == [], f"personal values are masked: {leaks}")
        expect(all(f"expect issue {code}" in sample.stdout for code in ("PE101", "PE102", "PE201", "PE202")), "records that reach most are taken first")
        expect("many" not in sample.stdout, "a record that does not decode is no test")
        (folder / "more.mig").write_text(SPEC + sample.stdout)
        done = run("test", "--coverage", "--deny=warnings", "more.mig")
        expect(done.returncode == 0 and "9 passed" in done.stdout, f"the tests hold and reach everything: {done.stdout}{done.stderr}")
        expect(run("fmt", "--check", "-", input=sample.stdout).returncode == 0, "they are laid out")
        again = run("test", "--from-sample", "8", "--data", "in.ndjson", "a.mig")
        expect(again.stdout == sample.stdout, "the same sample gives the same tests")
        further = run("test", "--from-sample", "2", "more.mig")
        expect("sample 9 of person" in further.stdout, f"titles are not taken twice: {further.stdout}")
        broken = SPEC.replace("(r.points ?? 0) > param.limit", "(r.points ?? 0) > 4")
        (folder / "more.mig").write_text(broken + sample.stdout)
        expect(run("test", "more.mig").returncode == 1, "they fail when the map does something else")

        # Reconcile blocks with all that they compute, lookups with assumed rows; sums and rates were worked out by hand.
        (folder / "countries.csv").write_text("name,iso2\nGermany,DE\nFrance,FR\n")
        (folder / "measured.mig").write_text(MEASURED)
        for engine in ("interp", "jit"):
            done = run("test", f"--engine={engine}", "measured.mig")
            expect(done.returncode == 0 and "9 passed, 0 failed" in done.stdout, f"measures of tests, {engine}: {done.stdout}{done.stderr}")
        done = run("test", "--coverage", "--deny=warnings", "measured.mig")
        expect(done.returncode == 0, f"they reach everything: {done.stdout}{done.stderr}")
        (folder / "stored.mig").write_text(MEASURED.replace("reconcile sums {", "reconcile sums {\n  expect count(outs) >= 0 else fail ME901"))
        done = run("test", "stored.mig")
        expect("SKIP sum within" in done.stdout and "a target as it stands" in done.stdout, f"rows of before are not given: {done.stdout}{done.stderr}")

        for name in ("measured.mig", "stored.mig", "countries.csv", "more.mig"):
            (folder / name).unlink()
        done = run("test", "--determinism", "a.mig")
        expect(done.returncode == 0 and "the same in 4 runs" in done.stdout, f"determinism of tests: {done.stdout}{done.stderr}")
        done = run("test", "--determinism", "--data", "in.ndjson", "--format=json", "a.mig")
        cases = [json.loads(line)["test"] for line in done.stdout.splitlines()]
        expect(done.returncode == 0 and any(case.startswith("target people_out is the same in 19 runs") for case in cases), f"determinism of a sample: {cases}{done.stderr}")
        expect(sum("reject log" in case or "warnings" in case or "counts" in case for case in cases) == 4, f"logs and counts, too: {cases}")
        root = ElementTree.fromstring(run("test", "--determinism", "--format=junit", "a.mig").stdout)
        expect(root.get("tests") == "1" and root.get("failures") == "0", "determinism as JUnit")

        # Programs with a defect: one whose result depends on what it did before, one that loses the last record of each batch.
        def defective(defect, *words):
            return subprocess.run([faults, "test", "--determinism", "--format=json", *words, "a.mig"], capture_output=True, text=True, timeout=120,
                                  cwd=folder, env={**os.environ, "MIGC_MUTANT": defect})

        def problems(done):
            return [(case["test"], case["problems"][0]["message"]) for case in map(json.loads, done.stdout.splitlines()) if case["outcome"] == "failed"]

        expect(defective("").returncode == 0 and defective("", "--data", "in.ndjson").returncode == 0, "the program with faults is sound without one")
        done = defective("EVERY_THIRD_FORGOTTEN")
        expect(done.returncode == 1 and any("not the same" in message and "in interp" in message for _, message in problems(done)),
               f"a test that depends on the runs before it is found: {done.stdout}{done.stderr}")
        done = defective("BATCH_EDGE_FORGOTTEN")
        expect(done.returncode == 0, f"tests alone have no batches: {done.stdout}")
        done = defective("BATCH_EDGE_FORGOTTEN", "--data", "in.ndjson")
        found = problems(done)
        expect(done.returncode == 1 and any(title.startswith("target people_out") and "batches of 1" in message and "from line" in message for title, message in found),
               f"a record lost at the end of a batch is found, with the line and the batch: {found}{done.stderr}")
        expect(any(title.startswith("the counts of the run") for title, _ in found), f"and in the counts: {found}")

        for words in (["--coverage", "--determinism"], ["--coverage", "--engine=jit"], ["--from-sample", "0"], ["--from-sample", "x"], ["--data", "in.ndjson"],
                      ["--from-sample", "3", "--data", "none.ndjson"], ["--from-sample", "3", "--data", "people=in.ndjson", "--data", "nobody=in.ndjson"]):
            expect(run("test", *words, "a.mig").returncode == 2, f"a usage error: {words}")
        expect(sorted(path.name for path in folder.iterdir()) == before, f"nothing is written: {sorted(path.name for path in folder.iterdir())}")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
