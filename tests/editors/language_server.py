#!/usr/bin/env python3
"""Runs a client of vscode-languageserver-protocol against `migc lsp`.

language_server.py --migc PATH [--measure]
"""
import argparse
import subprocess
import sys
from pathlib import Path

from node_packages import FOLDER, require_packages


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--measure", action="store_true", help="also time a keystroke in a spec of 1000 lines")
    given = parser.parse_args()
    node = require_packages("language_server")
    script = "measure_keystroke.cjs" if given.measure else "language_server.cjs"
    return subprocess.run([node, str(FOLDER / script), str(Path(given.migc).resolve())], timeout=280).returncode


if __name__ == "__main__":
    sys.exit(main())
