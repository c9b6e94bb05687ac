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
COMPANION = re.compile(r"```\w+ file=(\S+)\n(.*?)\n```", re.S)  # lies beside the spec; behind `## Right` only for the right example
PROFILE = re.compile(r"```json profile\n(.*?)\n```", re.S)
# Reported by other verbs than check: pages without examples, or with examples that those verbs run.
OTHER_VERBS = {"E1001", "E1002", "W1003", "E1006", "N1007", "MIG001", "MIG002", "MIG003", "MIG004", "MIG900",
               "E0131", "E0132", "E0133", "W0134", "E0135", "E0405"}
BLOCK = re.compile(r"## (Wrong|Right)\n\n```mig (\w+)\n(.*?)\n```", re.S)


def prelude():
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    return re.search(r"```mig whole\n(.*?)\n```", text, re.S).group(1)


def whole(kind, body, standard):
    # A character that must not stand in a page is written as ⟨U+202E⟩.
    body = re.sub(r"⟨U\+([0-9A-F]{4})⟩", lambda match: chr(int(match.group(1), 16)), body)
    if kind == "whole":
        return body + "\n"
    if kind == "decl":
        return standard + "\n" + body + "\n"
    inner = "".join(f"  {line}\n" for line in body.splitlines())
    return standard.rstrip().removesuffix("}") + inner + "}\n"


def untested(migc, text):
    """W0951 comes from the tests, not from the check."""
    with tempfile.TemporaryDirectory(prefix="migc-page-") as folder:
        (Path(folder) / "example.mig").write_text(text, encoding="utf-8")
        done = subprocess.run([str(Path(migc).resolve()), "test", "--coverage", "example.mig"], capture_output=True, text=True, timeout=60, cwd=folder)
    return [{"code": code, "severity": level, "message": done.stdout} for level, code in re.findall(r"^(error|warning)\[(\w+)\]", done.stderr, re.M)]


def check(migc, text, page, side):
    profile, files = PROFILE.search(page), COMPANION.findall(page if side == "Right" else page.partition("## Right")[0])
    with tempfile.TemporaryDirectory(prefix="migc-page-") as folder:
        spec = Path(folder) / "example.mig"
        spec.write_text(text, encoding="utf-8")
        for name, content in files:
            (Path(folder) / name).write_text(content + "\n", encoding="utf-8")
        arguments = ["--format=json", str(spec)]
        if profile:
            (Path(folder) / "profile.json").write_text(profile.group(1), encoding="utf-8")
            arguments.append(f"--profile={folder}/profile.json")
        done = subprocess.run([migc, "check", *arguments], capture_output=True, text=True, timeout=60)
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
        text = page.read_text(encoding="utf-8")
        blocks = BLOCK.findall(text)
        if {side for side, _, _ in blocks} != {"Wrong", "Right"} and code not in OTHER_VERBS and not code.startswith("B"):
            print(f"FAIL {code}: its page lacks a failing or a fixed example")
            failures += 1
        for side, kind, body in blocks:
            examples += 1
            example = whole(kind, body, standard)
            findings = untested(a.migc, example) if code == "W0951" else check(a.migc, example, text, side)
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
