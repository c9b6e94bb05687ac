#!/usr/bin/env python3
"""Checks the layout of the C++ files: clang-format 19 with .clang-format changes nothing, no file is longer than its limit.

usage: layout.py ROOT [--fix]      exit 0 clean, 1 findings, 2 no clang-format
"""
import pathlib
import shutil
import subprocess
import sys

SOURCE_LINES = 400
HEADER_LINES = 250
ROOMS = ("compiler", "runtime", "stdlib", "tests", "tools")


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    fix = "--fix" in sys.argv[2:]
    formatter = shutil.which("clang-format-19")
    if not formatter:
        print("layout: clang-format-19 is missing; tools/bootstrap installs it", file=sys.stderr)
        return 2
    files = sorted(path for room in ROOMS for path in (root / room).rglob("*")
                   if path.suffix in (".cpp", ".h") and "node_modules" not in path.parts)
    mode = ["-i"] if fix else ["--dry-run", "-Werror"]
    failed = subprocess.run([formatter, *mode, *files], cwd=root).returncode != 0
    if failed:
        print("layout: `tools/lint/layout.py . --fix` lays these files out", file=sys.stderr)
    for path in files:
        lines = path.read_bytes().count(b"\n")
        limit = HEADER_LINES if path.suffix == ".h" else SOURCE_LINES
        if lines > limit:
            failed = True
            print(f"{path.relative_to(root)}: {lines} lines, the limit is {limit}: split it by concept", file=sys.stderr)
    return 1 if failed else 0


sys.exit(main())
