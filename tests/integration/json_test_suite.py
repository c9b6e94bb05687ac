#!/usr/bin/env python3
"""Runs the files of a JSONTestSuite checkout through the NDJSON decoder, each as the value of a field of type json.

usage: json_test_suite.py DECODE_LINES CHECKOUT

Every y_ file must be accepted and every n_ file refused; i_ files are listed with what happened. Line feeds of the files become carriage
returns, which are the same to JSON: a blank between values and forbidden inside texts.
"""
import pathlib
import subprocess
import sys


def main():
    tool, checkout = sys.argv[1], pathlib.Path(sys.argv[2])
    folder = checkout / "test_parsing"
    files = sorted((folder if folder.is_dir() else checkout).glob("*.json"))
    if not files:
        sys.exit(f"no *.json files in {checkout}")
    lines = [b'{"v":' + file.read_bytes().replace(b"\n", b"\r") + b"}\n" for file in files]
    result = subprocess.run([tool, "json"], input=b"".join(lines), capture_output=True, check=True)
    answers = result.stdout.split(b"\n")[:-1]
    if len(answers) != len(files):
        sys.exit(f"{len(files)} lines went in, {len(answers)} came out")
    wrong, either = [], []
    counts = {"y": 0, "n": 0, "i": 0}
    for file, answer in zip(files, answers):
        kind, accepted = file.name[0], answer.startswith(b"ok")
        counts[kind] = counts.get(kind, 0) + 1
        if kind == "i":
            either.append(f"{'accepted' if accepted else 'refused '} {file.name}")
        elif accepted != (kind == "y"):
            wrong.append(f"{file.name}: {answer[:100]!r}")
    print("\n".join(either))
    print(f"{counts['y']} y_, {counts['n']} n_, {counts['i']} i_: {len(wrong)} wrong")
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


main()
