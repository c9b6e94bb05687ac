#!/usr/bin/env python3
"""Compiles every `mig` block of the manual.

manual_blocks.py MIGC FOLDER   (the pages of findings have a test of their own)
A block marked `file=NAME` is a file beside the chapter's specs. The `mig` blocks of one chapter form one spec, in order; `mig alone` is a spec by itself; `mig error=CODE` must give that error and no
other. `migc check` must answer with no finding of level error for the first two kinds.
"""
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.M | re.S)
BLOCK = re.compile(r"^```mig([^\n]*)\n(.*?)^```$", re.M | re.S)


def errors_of(migc, text, folder, files):
    """Codes and messages of the errors that `migc check` finds in a spec, beside the chapter's files."""
    for name, content in files:
        (Path(folder) / name).write_text(content, encoding="utf-8")
    spec = Path(folder) / "chapter.mig"
    spec.write_text(text, encoding="utf-8")
    done = subprocess.run([migc, "check", "--format=json", str(spec)], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        return [("exit", f"{done.returncode}: {done.stderr.strip()}")]
    findings = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [(f["code"], f"line {f.get('line', '?')}: {f['message']}") for f in findings if f["severity"] == "error"]


def main():
    migc, root = sys.argv[1], Path(sys.argv[2])
    passed = failed = 0
    for chapter in sorted(root.glob("*.md")):
        specs = []  # (name, text, expected error code or None)
        together = []
        files = FILE.findall(chapter.read_text(encoding="utf-8"))
        for number, match in enumerate(BLOCK.finditer(chapter.read_text(encoding="utf-8")), 1):
            mark, text = match.group(1).strip(), match.group(2)
            if mark == "":
                together.append(text)
            elif mark == "alone":
                specs.append((f"block {number}", text, None))
            elif mark.startswith("error="):
                specs.append((f"block {number}", text, mark.removeprefix("error=")))
            else:
                specs.append((f"block {number} has an unknown mark `{mark}`", "", "known mark"))
        if together:
            specs.append(("the chapter's spec", "\n".join(together), None))
        for name, text, expected in specs:
            with tempfile.TemporaryDirectory() as folder:
                found = errors_of(migc, text, folder, files)
            good = {code for code, _ in found} == {expected} if expected else not found
            passed, failed = passed + good, failed + (not good)
            if not good:
                print(f"{chapter.relative_to(root)}: {name}: expected {expected or 'no error'}, found:")
                for code, message in found or [("", "nothing")]:
                    print(f"  {code} {message}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
