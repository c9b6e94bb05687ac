#!/usr/bin/env python3
"""Generated NDJSON and CSV through the decoders, compared with Python's json and csv modules.

usage: formats_oracle.py DECODE_LINES [SEED]
"""
import csv
import io
import json
import random
import subprocess
import sys

TEXTS = ["", "a", "é", "😀", 'quote "', "back\\slash", "comma, here", "line\nfeed", "cr\r", "tab\t", "\x7f", " blanks ", "x" * 70, "null", "{}", "\u2028", "a" * 31 + "é"]
NUMBERS = [0, -1, 1.5, 1e300, 12345678901234567890, -0.0, 1e-7]


def value(rng, depth=0):
    kind = rng.randrange(5 if depth > 3 else 7)
    if kind == 0:
        return rng.choice(NUMBERS)
    if kind == 1:
        return rng.choice([True, False, None])
    if kind < 5:
        return rng.choice(TEXTS)
    if kind == 5:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {rng.choice(TEXTS): value(rng, depth + 1) for _ in range(rng.randrange(4))}


def strict(text):
    """What RFC 8259 without lone surrogates allows; ValueError otherwise."""
    def refuse(constant):
        raise ValueError(constant)
    parsed = json.loads(text.decode("utf-8"), parse_constant=refuse)
    json.dumps(parsed, ensure_ascii=False).encode("utf-8")
    return parsed


def damaged(rng, text):
    at = rng.randrange(len(text))
    return text[:at] + rng.choice([b"", b'"', b"\\", b"{", b"]", b",", b":", b" ", b"\x01", b"\x80", b"\xed\xa0\x80", b"0"]) + text[at + 1:]


def check_json(tool, rng):
    lines = []
    for _ in range(3000):
        text = json.dumps(value(rng), ensure_ascii=rng.random() < 0.5, indent=rng.choice([None, 0]), separators=rng.choice([None, (",", ":")])).encode("utf-8")
        if rng.random() < 0.5:
            text = damaged(rng, text)
        lines.append(text.replace(b"\n", b" "))
    out = subprocess.run([tool, "json"], input=b"".join(b'{"v":' + line + b"}\n" for line in lines), capture_output=True, check=True).stdout
    answers = out.split(b"\n")[:-1]
    assert len(answers) == len(lines), (len(answers), len(lines))
    accepted = 0
    for line, answer in zip(lines, answers):
        try:
            expected = strict(b'{"v":' + line + b"}")["v"]
            valid = True
        except (ValueError, RecursionError, KeyError):
            valid = False
        if valid != answer.startswith(b"ok "):
            # `{"v":1,"v":2}` and the like: damage may leave an object that is valid but has no v.
            sys.exit(f"json: {line!r}: python says {valid}, migc says {answer!r}")
        if valid:
            accepted += 1
            assert strict(answer[3:])["v"] == expected, line
    print(f"json: {len(lines)} lines, {accepted} accepted by both")


def check_csv(tool, rng):
    rows = 0
    for _ in range(30):
        columns = rng.randrange(2, 6)
        quoting = rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
        texts = TEXTS if quoting == csv.QUOTE_ALL else [text for text in TEXTS if "\r" not in text]  # Python leaves a lone \r unquoted, and ends the row there
        table = [[rng.choice(texts) for _ in range(columns)] for _ in range(rng.randrange(1, 60))]
        text = io.StringIO(newline="")
        writer = csv.writer(text, quoting=quoting, lineterminator=rng.choice(["\n", "\r\n"]))
        writer.writerow([f"c{i}" for i in range(columns)])
        writer.writerows(table)
        out = subprocess.run([tool, "csv"], input=text.getvalue().encode("utf-8"), capture_output=True, check=True).stdout.decode("utf-8")
        got = [json.loads(line) for line in out.split("\n")[:-1]]
        expected = list(csv.reader(io.StringIO(text.getvalue(), newline="")))[1:]
        rows_read = [[row.get(f"c{i}", "") for i in range(columns)] for row in got]
        for mine, theirs in zip(rows_read, expected):
            assert mine == theirs, (mine, theirs)
        assert len(rows_read) == len(expected)
        rows += len(expected)
    print(f"csv: {rows} rows agree")


seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
check_json(sys.argv[1], random.Random(seed))
check_csv(sys.argv[1], random.Random(seed))
