#!/usr/bin/env python3
"""Writes the manual's page on the standard library from its declarations.

stdlib_reference.py ROOT           writes specs/language/stdlib.md
stdlib_reference.py ROOT --check   exits 1 when that page is not what the declarations say
"""
import re
import sys
from pathlib import Path

GROUPS = [("text", "Text"), ("parse", "Parse and format"), ("number", "Numbers"), ("money", "Money"), ("time", "Time"), ("choice", "Choice"), ("list", "Lists and maps"),
          ("hash", "Hashes and ids"), ("encode", "Encoding"), ("privacy", "Privacy")]
DROPS = " Drops privacy labels."


def examples(text):
    """The contents of @example(...) in attribute lines, with balanced parentheses outside of strings."""
    at = 0
    while (at := text.find("@example(", at)) >= 0:
        at += len("@example(")
        depth, begin, quoted = 1, at, False
        while depth:
            c = text[at]
            if quoted:
                at += c == "\\"
                quoted = c != '"'
            elif c == '"':
                quoted = True
            else:
                depth += (c == "(") - (c == ")")
            at += 1
        yield text[begin:at - 1]


def signature(line):
    """The declaration without what only the compiler needs."""
    line = re.sub(r"\s*=\s*intrinsic\(.*$", "", line.removeprefix("fn "))
    return re.sub(r'\s*rule\("(\w+)"\)', "", line).replace("const ", "")


def declared_examples(root):
    """All examples of the functions that specs may call."""
    for name, _ in GROUPS:
        attributes = ""
        for line in (root / "stdlib" / f"{name}.mig").read_text(encoding="utf-8").splitlines():
            if line.startswith("fn "):
                if "@operator" not in attributes:
                    yield from examples(attributes)
                attributes = ""
            elif line.startswith("@") or attributes:
                attributes += line + " "


def page(root):
    out = ["# Standard library", "", "Made from the declarations in `stdlib/*.mig` by `tools/dev/stdlib_reference.py`. `!` after the result: the call can fail and needs a",
           "`catch`. Functions that are listed twice take several kinds of arguments. Where only a broad type is given, the checker computes bounds, digits and",
           "lengths from the arguments.", ""]
    count = set()
    for name, title in GROUPS:
        out += [f"## {title}", ""]
        doc, attributes = [], ""
        for line in (root / "stdlib" / f"{name}.mig").read_text(encoding="utf-8").splitlines():
            if line.startswith("///"):
                doc.append(line[3:].strip())
            elif line.startswith("fn "):
                if "@operator" not in attributes:
                    count.add(re.match(r"fn (\w+)", line)[1])
                    out += [f"**`{signature(line)}`**", "", " ".join(doc) + (DROPS if "@drops" in attributes else ""), ""]
                    shown = [e.replace(" fails", "   // fails") for e in examples(attributes)]
                    out += ["```text", *shown, "```", ""] if shown else []
                doc, attributes = [], ""
            elif line.startswith("@") or attributes:
                attributes += line + " "
    out[2] = f"{len(count)} functions. " + out[2]
    return "\n".join(out).rstrip() + "\n"


def main():
    root = Path(sys.argv[1])
    target = root / "specs" / "language" / "stdlib.md"
    text = page(root)
    if "--check" in sys.argv:
        if target.read_text(encoding="utf-8") != text:
            print(f"{target} is not what the declarations say; run tools/dev/stdlib_reference.py {root}")
            return 1
        return 0
    target.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
