#!/usr/bin/env python3
"""Every finding has a golden case, and the cases of `migc plan` (tests/golden/plan) hold in both directions.

finding_cases.py --migc PATH
"""
import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = re.compile(r"//~(\^*)\s+([A-Z]+\d+)")
FOUND = re.compile(r"(?:error|warning|note)\[([A-Z]\d+)\].*?\n\s*--> [^:\n]+:(\d+):", re.S)
# Findings in companion files, which golden cases cannot mark: dumps, mig.lock, files that drifted.
NOT_BUILT = {"W0805", "W0951"}  # declared by the language and not reported yet: issue 6
IMPORTED = "tests/unit/sema_imported_schemas_test.cpp"
ELSEWHERE = {code: IMPORTED for code in ("E0131", "E0132", "E0133", "E0135", "E0405")}


def expectations(path):
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        for marks, code in EXPECTED.findall(line):
            yield number - len(marks), code


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    a = parser.parse_args()
    failures, migc = [], str(Path(a.migc).resolve())
    cases = Counter(code for path in (ROOT / "tests/golden").rglob("*.mig") for _, code in expectations(path))
    declared = re.findall(r"^MIG_FINDING\((\w+),", (ROOT / "compiler/base/diagnostics.def").read_text(encoding="utf-8"), re.M)
    for code in declared:
        if code in ELSEWHERE and code not in (ROOT / ELSEWHERE[code]).read_text(encoding="utf-8"):
            failures.append(f"{code} does not occur in {ELSEWHERE[code]}")
        if cases[code] == 0 and code not in ELSEWHERE and code not in NOT_BUILT:
            failures.append(f"{code} has no golden case")
        if not (ROOT / f"specs/language/findings/{code}.md").exists():
            failures.append(f"{code} has no page")
    for path in sorted((ROOT / "tests/golden/plan").glob("*.mig")):
        with tempfile.TemporaryDirectory(prefix="migc-plan-") as folder:
            spec = Path(folder) / path.name
            spec.write_bytes(path.read_bytes())
            (Path(folder) / "rows.ndjson").write_text('{"id":"1"}\n')
            done = subprocess.run([migc, "plan", path.name], cwd=folder, capture_output=True, text=True, timeout=60)
        found = Counter((int(line), code) for code, line in FOUND.findall(done.stderr))
        wanted = Counter(expectations(path))
        if found != wanted:
            failures.append(f"{path.name}: missing {dict(wanted - found)}, unexpected {dict(found - wanted)}\n{done.stderr}")
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(declared)} findings, {sum(cases[code] for code in declared)} golden cases, fewest: {sorted((cases[c], c) for c in declared if c not in ELSEWHERE and c not in NOT_BUILT)[:5]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
