#!/usr/bin/env python3
"""Every finding has a golden case, and the cases of `migc plan` and `migc test --coverage` (tests/golden/plan, coverage) hold in both directions.

finding_cases.py --migc PATH [--list]     --list: each code with the number of its cases
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
IMPORTED = "tests/unit/sema_imported_schemas_test.cpp"
ELSEWHERE = {code: IMPORTED for code in ("E0131", "E0132", "E0133", "E0135", "E0405")}


def expectations(path):
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        for marks, code in EXPECTED.findall(line):
            yield number - len(marks), code


def case(migc, words, path):
    with tempfile.TemporaryDirectory(prefix="migc-case-") as folder:
        (Path(folder) / path.name).write_bytes(path.read_bytes())
        (Path(folder) / "rows.ndjson").write_text('{"id":"1"}\n')
        done = subprocess.run([migc, *words, path.name], cwd=folder, capture_output=True, text=True, timeout=60)
    found, wanted = Counter((int(line), code) for code, line in FOUND.findall(done.stderr)), Counter(expectations(path))
    if found == wanted:
        return []
    return [f"{path.name}: missing {dict(wanted - found)}, unexpected {dict(found - wanted)}\n{done.stderr}"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--list", action="store_true")
    a = parser.parse_args()
    failures, migc = [], str(Path(a.migc).resolve())
    cases = Counter(code for path in (ROOT / "tests/golden").rglob("*.mig") for _, code in expectations(path))
    declared = re.findall(r"^MIG_FINDING\((\w+),", (ROOT / "compiler/base/diagnostics.def").read_text(encoding="utf-8"), re.M)
    for code in declared:
        if code in ELSEWHERE and code not in (ROOT / ELSEWHERE[code]).read_text(encoding="utf-8"):
            failures.append(f"{code} does not occur in {ELSEWHERE[code]}")
        if cases[code] == 0 and code not in ELSEWHERE:
            failures.append(f"{code} has no golden case")
        if not (ROOT / f"specs/language/findings/{code}.md").exists():
            failures.append(f"{code} has no page")
        if a.list:
            print(f"{code}  {cases[code]:3}{'  ' + ELSEWHERE[code] if code in ELSEWHERE else ''}")
    for kind, words in (("plan", ["plan"]), ("coverage", ["test", "--coverage", "--all"])):
        for path in sorted((ROOT / "tests/golden" / kind).glob("*.mig")):
            failures += case(migc, words, path)
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(declared)} findings, {sum(cases[code] for code in declared)} golden cases, fewest: {sorted((cases[c], c) for c in declared if c not in ELSEWHERE)[:5]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
