#!/usr/bin/env python3
"""migc fix: applies `auto` fixes and no others, once; --dry-run prints a diff that `patch` would take.

fix_program.py --migc PATH
"""
import json
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SHARED = 'enum Status { active, closed }\nfn twice(a: int(0..9)) -> int! = a * 2\n'
SPEC = '''migration "fix" version "1.0.0" { edition = 2026 }
import "shared.mig" as shared
schema Row { id: string @key  birth?: string? }
schema Out { id: string @key  birth?: date?  n: int }
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map first: rows as r -> out as o {
  id = r.id ?? "none"
  birth = r.birth |?> parse_date(["%Y-%m-%d"])
  n = shared.twice(3) catch 0
  let a = r.id
}
'''
SYNTAX = 'migration "fix" version "1.0.0" { edition = 2026 };\nparam a: string = \'x\';\nparam b: bool = true && false\n'


def main():
    with program_in_folder("migc-fix-") as (migc, folder, run):

        def findings(spec):
            return [json.loads(line) for line in run("check", "--all", "--format=json", spec).stdout.splitlines()]

        def automatic(spec):
            return [f["code"] for f in findings(spec) for h in f["helps"] if h["applicability"] == "auto" and h["edits"]]

        spec, shared, syntax = folder / "spec.mig", folder / "shared.mig", folder / "syntax.mig"
        (folder / "mig.lock").write_text("")
        spec.write_text(SPEC)
        shared.write_text(SHARED)
        syntax.write_text(SYNTAX)
        before = findings("spec.mig")
        expect("W0312" in automatic("spec.mig") and any(f["code"] == "E0301" for f in before), "there are fixes to apply and decisions to make")

        done = run("fix", "--dry-run", "spec.mig")
        expect(done.returncode == 0 and spec.read_text() == SPEC and shared.read_text() == SHARED, "--dry-run writes nothing")
        expect('-  id = r.id ?? "none"' in done.stdout and "+  id = r.id\n" in done.stdout, "--dry-run prints the change")
        patch = done.stdout
        done = run("fix", "spec.mig")
        expect(done.returncode == 0, "fix: " + done.stderr)
        fixed = {path.name: path.read_text() for path in (spec, shared)}
        expect('"none"' not in fixed["spec.mig"], "a needless default is removed")
        expect("let a" not in fixed["spec.mig"] or "W0121" not in automatic("spec.mig"), "an unused let is removed")
        expect("parse_date" in fixed["spec.mig"] and any(f["code"] == "E0301" for f in findings("spec.mig")), "what an author must decide stays")
        expect(automatic("spec.mig") == [], f"nothing is left to apply: {automatic('spec.mig')}")
        expect(sorted(p.name for p in folder.iterdir()) == ["mig.lock", "shared.mig", "spec.mig", "syntax.mig"], "nothing is left beside the files")
        again = run("fix", "spec.mig")
        expect("0 fixes" in again.stderr and {p.name: p.read_text() for p in (spec, shared)} == fixed, "a second time changes nothing")
        if shutil.which("patch"):
            spec.write_text(SPEC)
            shared.write_text(SHARED)
            done = subprocess.run(["patch", "-p0"], cwd="/", input=patch, text=True, capture_output=True)
            expect(done.returncode == 0 and {p.name: p.read_text() for p in (spec, shared)} == fixed, "the diff gives the same as the fix: " + done.stdout)

        run("fix", "syntax.mig")
        expect(syntax.read_text() == 'migration "fix" version "1.0.0" { edition = 2026 }\nparam a: string = "x"\nparam b: bool = true and false\n',
               "syntax is fixed: " + syntax.read_text())
        expect(run("fix", "none.mig").returncode == 2 and run("fix").returncode == 2, "usage errors are 2")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
