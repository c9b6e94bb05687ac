#!/usr/bin/env python3
"""The formats of findings for programs: SARIF against its schema, GitHub, GitLab, JUnit; fingerprints that survive edits.

finding_formats.py --migc PATH
"""
import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from node_packages import FOLDER, require_packages

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "formats" version "1.0.0" { edition = 2026 }
schema Row { id: string @key  birth?: string?  note?: string? }
schema Out { id: string @key  birth: date  code: string(1..3) }
source rows: Row from ndjson("in é,1%.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map first: rows as r -> out as o {
  id = r.id
  birth = r.birth
  code = r.idd
  let text = r.id ?? "none"
}
map second: rows as r -> out as o {
  id = r.id
  birth = r.birth
  code = r.id
}
'''

ACCEPTED = '''migration "accepted" version "1.0.0" { edition = 2026 }
issue AC101 "not a number" fix "correct it"
privacy { class contact.email "an address" }
enum Told { unsubscribed, unknown }
enum Status { subscribed, unsubscribed, pending }
schema Row { id: string @key  zip: string  ratio: float  mail: string @pii(contact.email)  told: Told }
schema Out { id: string @key  zip: int  even: bool  nick: string  status: Status }
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
@allow(E0532, "legal: everybody is asked once more", until: @2035-12-31, from: [unknown])
fn status_of(told: Told) -> Status = match told { unsubscribed => unsubscribed, unknown => pending }
map first: rows as r -> out as o {
  id = r.id
  @allow(W0263, "codes of this country have no leading zeros")
  zip = parse_int(r.zip) catch reject AC101
  @allow(W0243, "the sensor sends exact halves")
  even = r.ratio == 0.5e0
  let address = r.mail |> trim
  nick = address |> before("@")
  status = status_of(r.told)
}
'''


def main():
    node = require_packages("finding_formats")

    with program_in_folder("migc-formats-") as (migc, folder, _):
        (folder / "mig.lock").write_text("")
        odd = "specs, 50% é.mig"
        (folder / odd).write_text(SPEC)
        (folder / "syntax.mig").write_text('migration "x" version "1.0.0" { edition = 2026 }\nparam a: int = = 1;\n')
        (folder / "clean.mig").write_text('migration "clean" version "1.0.0" { edition = 2026 }\n')
        (folder / "shared.mig").write_text('schema Row { id: strin @key }\n')
        for one in ("one", "two"):
            (folder / f"{one}.mig").write_text(f'migration "{one}" version "1.0.0" {{ edition = 2026 }}\nimport "shared.mig" as s\n')

        def check(fmt, *specs, code=1, more=()):
            done = subprocess.run([migc, "check", f"--format={fmt}", *more, *specs], cwd=folder, capture_output=True, timeout=120)
            expect(done.returncode == code, f"{fmt} {specs}: exit {done.returncode}, not {code}")
            return done.stdout.decode("utf-8")

        lines = [json.loads(line) for line in check("json", odd).splitlines()]
        codes = sorted(one["code"] for one in lines)
        expect(len(lines) > 4 and "E0101" in codes and "E0221" in codes, "the spec has several findings")

        # SARIF: valid, the same findings, positions as in the JSON lines, fixes only without a decision.
        documents = {"odd": check("sarif", odd), "clean": check("sarif", "clean.mig", code=0), "all": check("sarif", odd, "syntax.mig", "clean.mig"),
                     "shared": check("sarif", "one.mig", "two.mig")}
        for key, text in documents.items():
            (folder / f"{key}.sarif").write_text(text)
        checked = subprocess.run([node, str(FOLDER / "validate_sarif.cjs"), *(str(folder / f"{key}.sarif") for key in documents)], capture_output=True, text=True)
        print(checked.stdout.strip())
        expect(checked.returncode == 0, "SARIF is valid: " + checked.stdout + checked.stderr)
        run = json.loads(documents["odd"])["runs"][0]
        results = run["results"]
        expect(sorted(one["ruleId"] for one in results) == codes, "SARIF has the findings of the JSON lines")
        for one in results:
            expect(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"], "ruleIndex names the rule")
            place = one["locations"][0]["physicalLocation"]
            expect(place["artifactLocation"]["uri"] == "specs%2C%2050%25%20%C3%A9.mig", "the URI is encoded")
            twin = [line for line in lines if line["code"] == one["ruleId"] and line["primary"]["line"] == place["region"]["startLine"]
                    and line["primary"]["column"] == place["region"]["startColumn"] and line["primary"]["end_column"] == place["region"]["endColumn"]]
            expect(len(twin) >= 1, f"{one['ruleId']} has the same place in both")
            automatic = twin and [h for h in twin[0]["helps"] if h["applicability"] == "auto" and h["edits"]]
            expect(len(one.get("fixes", [])) == len(automatic or []), f"{one['ruleId']}: fixes are the automatic helps")
        expect(any(one.get("fixes") for one in json.loads(documents["all"])["runs"][0]["results"]), "some finding has a fix")
        shared = [one for one in json.loads(documents["shared"])["runs"][0]["results"]
                  if one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "shared.mig" and one["ruleId"] == "E0101"]
        expect(len(shared) == 1, "a file that two specs import is reported once")

        # What is accepted in the spec is a suppressed result with its reason; labelled data has its way as a code flow.
        (folder / "accepted.mig").write_text(ACCEPTED)
        (folder / "accepted.sarif").write_text(check("sarif", "accepted.mig"))
        checked = subprocess.run([node, str(FOLDER / "validate_sarif.cjs"), str(folder / "accepted.sarif")], capture_output=True, text=True)
        expect(checked.returncode == 0, "SARIF with suppressions and flows is valid: " + checked.stdout + checked.stderr)
        results = json.loads((folder / "accepted.sarif").read_text())["runs"][0]["results"]
        accepted = {one["ruleId"]: one["suppressions"] for one in results if "suppressions" in one}
        reasons = {code: [each["justification"] for each in all_of] for code, all_of in accepted.items()}
        expect(reasons == {"W0263": ["codes of this country have no leading zeros"], "W0243": ["the sensor sends exact halves"],
                           "E0532": ["legal: everybody is asked once more"]}, f"accepted findings and reasons: {reasons}")
        expect(all(each["kind"] == "inSource" and each["status"] == "accepted" and "region" in each["location"]["physicalLocation"]
                   for all_of in accepted.values() for each in all_of), "suppressions say where")
        flows = [one for one in results if one["ruleId"] == "E0702"]
        expect(len(flows) == 1 and len(flows[0]["codeFlows"]) == 1, "one label flow")
        steps = [step["location"] for step in flows[0]["codeFlows"][0]["threadFlows"][0]["locations"]]
        lines_of = [step["physicalLocation"]["region"]["startLine"] for step in steps]
        expected = [number for word in ("mail: string @pii", "let address", "let address", "nick = address", "nick: string")
                    for number, line in enumerate(ACCEPTED.splitlines(), 1) if word in line]
        expect(lines_of == expected, f"the way of the address: {lines_of}, expected {expected}")
        told = [json.loads(line) for line in check("json", "accepted.mig").splitlines()]
        expect([one["code"] for one in told] == ["E0702"], f"what is accepted is no finding elsewhere: {[one['code'] for one in told]}")
        expect([step["line"] for step in told[0]["flow"]] == expected, "the JSON lines have the flow, too")

        # GitHub: one command a finding, escaped.
        commands = check("github", odd).splitlines()
        expect(len(commands) == len(lines), "a command for each finding")
        expect(all(c.startswith(("::error ", "::warning ", "::notice ")) for c in commands), "commands begin as commands")
        expect(all("file=specs%2C 50%25 é.mig," in c for c in commands), "properties are escaped")
        denied = check("github", odd, more=["--deny=warnings"]).splitlines()
        expect(not any(c.startswith("::warning ") for c in denied), "denied warnings are errors")

        # GitLab: an array with unique fingerprints.
        quality = json.loads(check("gitlab", odd, "syntax.mig"))
        expect(len({one["fingerprint"] for one in quality}) == len(quality) > len(lines), "GitLab fingerprints are unique")
        expect(all(one["severity"] in ("info", "minor", "major", "critical", "blocker") and one["location"]["lines"]["begin"] >= 1
                   and one["description"] and one["check_name"] for one in quality), "GitLab entries are complete")
        expect(check("gitlab", "clean.mig", code=0) == "[]\n", "no findings, no entries")

        # JUnit: counts agree with what stands in it.
        for more in ([], ["--deny=warnings"]):
            root = ElementTree.fromstring(check("junit", odd, "clean.mig", more=more))
            expect(root.tag == "testsuites" and int(root.get("tests")) == len(root.findall(".//testcase")), "JUnit counts its cases")
            expect(int(root.get("failures")) == len(root.findall(".//failure")), "JUnit counts its failures")
            failing = [one for one in lines if one["severity"] == "error" or (more and one["severity"] == "warning")]
            expect(len(root.findall(".//failure")) == len(failing), "errors fail")
            expect(len(root.findall("testsuite")) == 2, "a suite for each spec")

        # Fingerprints: unrelated text above, other indentation, and another line number change nothing.
        before = sorted((one["code"], one["fingerprint"]) for one in lines)
        edited = SPEC.replace("schema Row {", '// a note\n\nissue XX100 "added"\n  fix "nothing"\nschema Row {').replace("  birth = r.birth", "\n      birth = r.birth")
        (folder / odd).write_text(edited)
        after = [json.loads(line) for line in check("json", odd).splitlines()]
        kept = sorted((one["code"], one["fingerprint"]) for one in after)
        expect(set(before) <= set(kept), "fingerprints survive edits above")
        expect(len({one["fingerprint"] for one in lines}) == len(lines), "fingerprints of one file differ: also of equal text in two maps")

        # Test results as JUnit.
        (folder / "tests.mig").write_text('migration "t" version "1.0.0" { edition = 2026 }\nfn twice(a: int(0..9)) -> int = a * 2\n'
                                          'test "good <&>" for twice { given 2 expect out == 4 }\ntest "bad" for twice { given 2 expect out == 5 }\n')
        done = subprocess.run([migc, "test", "--format=junit", "tests.mig"], cwd=folder, capture_output=True, text=True, timeout=120)
        root = ElementTree.fromstring(done.stdout)
        expect(done.returncode == 1 and root.get("tests") == "2" and root.get("failures") == "1", "tests as JUnit")
        expect([c.get("name") for c in root.iter("testcase")] == ["good <&>", "bad"], "titles of tests as JUnit")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
