#!/usr/bin/env python3
"""Findings that come with a fix: the codes that the language promises one for have it, and what `migc fix` applies mends what it is about.

fix_its.py --migc PATH

Over every golden case: a finding with an `auto` fix is gone after `migc fix`, and the fix brings no error that was not there before.
"""
import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

GOLDEN = Path(__file__).resolve().parents[1] / "golden"
# The rows of the language's table of findings that are marked with a fix. W0401 and its like are sketches: somebody has to decide.
PROMISED = ["W0121", "E0218", "E0221", "W0231", "E0232", "E0241", "W0303", "W0312", "E0331", "W0332", "E0401", "W0411", "E0513", "W0514", "E0601", "E0801"]


def findings(migc, spec):
    done = subprocess.run([migc, "check", "--all", "--format=json", spec.name], cwd=spec.parent, capture_output=True, text=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    failures, helps, applied = [], defaultdict(Counter), Counter()
    cases = [p for kind in ("check", "rules", "syntax/errors") for p in sorted((GOLDEN / kind).glob("*.mig"))]
    cases += sorted(GOLDEN.glob("check/*/main.mig")) + sorted(GOLDEN.glob("rules/*/main.mig"))
    for case in cases:
        with tempfile.TemporaryDirectory(prefix="migc-fixes-") as folder:
            project = Path(folder) / "project"
            if case.name == "main.mig":
                shutil.copytree(case.parent, project)
            else:
                project.mkdir()
                shutil.copy(case, project)
            (project / "mig.lock").touch()
            spec = project / case.name
            before = findings(migc, spec)
            for finding in before:
                for help_ in finding["helps"]:
                    helps[finding["code"]][help_["applicability"]] += 1
            automatic = [f for f in before if any(h["applicability"] == "auto" and h["edits"] for h in f["helps"])]
            if not automatic:
                continue
            done = subprocess.run([migc, "fix", spec.name], cwd=project, capture_output=True, text=True, timeout=60)
            after = findings(migc, spec)
            left = [f for f in after if any(h["applicability"] == "auto" and h["edits"] for h in f["helps"])]
            if left:
                failures.append(f"{case.relative_to(GOLDEN)}: {[(f['code'], f['primary']['line']) for f in left]} are left: {done.stderr}")
            # Behind a mistake of spelling others come to light; a fix of what parses brings no new kind of error.
            syntax = any(f["code"] < "E0101" and f["severity"] == "error" for f in before)
            fresh = {f["code"] for f in after if f["severity"] == "error"} - {f["code"] for f in before}
            if fresh and not syntax:
                failures.append(f"{case.relative_to(GOLDEN)}: the fix brings {sorted(fresh)}")
            applied.update(f["code"] for f in automatic)
    for code in PROMISED:
        if not helps[code]:
            failures.append(f"{code} comes without a fix in every golden case")
    for failure in failures:
        print("FAIL", failure)
    print("applied by migc fix: " + ", ".join(f"{code} {count}" for code, count in sorted(applied.items())))
    print("promised: " + ", ".join(f"{code} {'/'.join(sorted(helps[code]))}" for code in PROMISED))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
