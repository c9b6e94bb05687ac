#!/usr/bin/env python3
"""Colours the example specs with vscode-textmate and the generated grammar.

textmate.py --migc PATH (unused)
"""
import subprocess
import sys
from pathlib import Path

from node_packages import FOLDER, require_packages


def main():
    node = require_packages("textmate")
    root = FOLDER.parent.parent
    specs = sorted(str(path) for path in (root / "specs/programs").rglob("*.mig"))
    return subprocess.run([node, str(FOLDER / "textmate.cjs"), str(root / "tools/editors/vscode/syntaxes/mig.tmLanguage.json"), str(root / "grammar/tokens.def"), *specs],
                          timeout=120).returncode


if __name__ == "__main__":
    sys.exit(main())
