#!/usr/bin/env python3
"""Findings that come with a fix: the codes that the language promises one for have it, and what `migc fix` applies mends what it is about.

fix_its.py --migc PATH

Over every golden case: a finding with an `auto` fix is gone after `migc fix`, and the fix brings no error that was not there before. Fixes that
an author has to choose or to complete leave a spec that parses.
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

OPEN = "a decision is still to be made here"


def findings(migc, spec):
    done = subprocess.run([migc, "check", "--all", "--format=json", spec.name], cwd=spec.parent, capture_output=True, text=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def broken_by(migc, spec, help_):
    """Mistakes of syntax that one help's edits bring into a spec that had none."""
    paths = {edit["file"] for edit in help_["edits"]}
    originals = {name: (spec.parent / name).read_bytes() for name in paths}
    try:
        for name in paths:
            text = originals[name]
            for edit in sorted((e for e in help_["edits"] if e["file"] == name), key=lambda e: -e["begin"]):
                text = text[: edit["begin"]] + edit["replacement"].encode() + text[edit["end"] :]
            (spec.parent / name).write_bytes(text)
        # A sketch holds DECIDE where somebody has to say something, which is an error of its own.
        return [f["message"] for f in findings(migc, spec) if f["severity"] == "error" and f["code"] < "E0101" and f["message"] != OPEN]
    finally:
        for name, text in originals.items():
            (spec.parent / name).write_bytes(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    failures, helps, applied, tried = [], defaultdict(Counter), Counter(), Counter()
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
                    if help_["applicability"] == "auto" or not help_["edits"] or any(f["code"] < "E0101" for f in before):
                        continue
                    tried[help_["applicability"]] += 1
                    if broken := broken_by(migc, spec, help_):
                        failures.append(f"{case.relative_to(GOLDEN)}: `{help_['text']}` of {finding['code']} brings {broken}")
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
    print("parse when applied: " + ", ".join(f"{count} to {kind}" for kind, count in sorted(tried.items())))
    print("promised: " + ", ".join(f"{code} {'/'.join(sorted(helps[code]))}" for code in PROMISED))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
