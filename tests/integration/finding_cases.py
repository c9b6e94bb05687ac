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
# Cases of other kinds: reported by `migc test --coverage`; by `migc schema` and the pins of mig.lock.
ELSEWHERE = {"W0951": "tests/integration/test_coverage.py", "W0805": "the cases of mig.lock"}


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
        if cases[code] == 0 and code not in ELSEWHERE:
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
    print(f"{len(declared)} findings, {sum(cases[code] for code in declared)} golden cases, fewest: {sorted((cases[c], c) for c in declared if c not in ELSEWHERE)[:5]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
