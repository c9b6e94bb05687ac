#!/usr/bin/env python3
"""Compiles the examples of the pages that `migc explain` prints: the wrong one has the finding, the right one has neither it nor an error.

cli_explain.py --migc PATH [CODE...]
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PAGES = Path(__file__).resolve().parents[2] / "specs" / "language" / "findings"
BLOCK = re.compile(r"## (Wrong|Right)\n\n```mig (\w+)\n(.*?)\n```", re.S)


def prelude():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    return re.search(r"```mig whole\n(.*?)\n```", text, re.S).group(1)


def whole(kind, body, standard):
    if kind == "whole":
        return body + "\n"
    if kind == "decl":
        return standard + "\n" + body + "\n"
    inner = "".join(f"  {line}\n" for line in body.splitlines())
    return standard.rstrip().removesuffix("}") + inner + "}\n"


def check(migc, text):
    with tempfile.TemporaryDirectory(prefix="migc-page-") as folder:
        spec = Path(folder) / "example.mig"
        spec.write_text(text, encoding="utf-8")
        done = subprocess.run([migc, "check", "--format=json", str(spec)], capture_output=True, text=True, timeout=60)
    return [json.loads(line) for line in done.stdout.splitlines()]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("codes", nargs="*")
    a = parser.parse_args()
    standard, failures, examples = prelude(), 0, 0
    listed = subprocess.run([a.migc, "explain", "--list"], capture_output=True, text=True, check=True).stdout
    for code in re.findall(r"^([A-Z]+\d+)", listed, re.M):
        if not (PAGES / f"{code}.md").exists():
            print(f"FAIL {code}: has no page")
            failures += 1
    for page in sorted(PAGES.glob("*.md")):
        code = page.stem
        if code == "README" or (a.codes and code not in a.codes):
            continue
        for side, kind, body in BLOCK.findall(page.read_text(encoding="utf-8")):
            examples += 1
            findings = check(a.migc, whole(kind, body, standard))
            found = [f["code"] for f in findings]
            if side == "Wrong" and code not in found:
                print(f"FAIL {code}: the wrong example gives {found}")
                failures += 1
            if side == "Right":
                bad = [f"{f['code']} line {f.get('line')}: {f['message']}" for f in findings if f["severity"] == "error" or f["code"] == code]
                if bad:
                    print(f"FAIL {code}: the right example gives {bad}")
                    failures += 1
    print(f"{examples} examples, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
