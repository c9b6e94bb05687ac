#!/usr/bin/env python3
"""Every example in stdlib/*.mig is executed through a spec: parsed, checked, run by both engines.

usage: stdlib_examples.py MIGC CHECKOUT

`CALL == VALUE` must come out true, `CALL fails` must take its catch. A call that the checker proves to fail always (E0304) must be
one of the latter; it is not run. Where the checker asks for a catch (E0301), the catch says false.
"""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = """migration "examples" version "1.0.0" {{ edition = 2026 }}
issue EX201 "an example that fails"
  fix "none needed"
schema Row {{ id: int @key }}
schema Out {{
  id: int @key
{fields}
}}
source rows: Row from ndjson("rows.ndjson")
target outs: Out into ndjson("outs.ndjson") {{ write = replace }}
map go: rows as r -> outs as out {{
  id = r.id
"""


def spec(examples, fallible=()):
    """The text of a spec with one target field for each example, and the line of each; the `fallible` get a catch."""
    text = HEAD.format(fields="\n".join(f"  {name}: bool" for name in examples))
    lines = {}
    for name, example in examples.items():
        lines[text.count("\n") + 1] = name
        if example.endswith(" fails"):
            text += f"  {name} = (({example.removesuffix(' fails')}) catch warn EX201 use null) == null\n"
        else:
            text += f"  {name} = ({example}){' catch warn EX201 use false' if name in fallible else ''}\n"
    return text + "}\n", lines


def main():
    migc, checkout = Path(sys.argv[1]).resolve(), Path(sys.argv[2])
    sys.path.insert(0, str(checkout / "tools" / "dev"))
    from stdlib_reference import declared_examples

    examples = {f"e{i}": example for i, example in enumerate(declared_examples(checkout))}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "examples.mig"
        (Path(folder) / "rows.ndjson").write_text('{"id": 1}\n')

        proved, fallible, total = 0, set(), len(examples)
        errors = True
        while errors:  # a check stops after so many errors
            text, lines = spec(examples, fallible)
            file.write_text(text, encoding="utf-8")
            checked = subprocess.run([migc, "check", "--format=json", file], capture_output=True, text=True)
            findings = [json.loads(line) for line in checked.stdout.splitlines()]
            errors = [finding for finding in findings if finding.get("severity") == "error"]
            for finding in errors:
                name = lines.get(finding["primary"]["line"])
                if finding["code"] == "E0301" and name:
                    fallible.add(name)
                else:
                    assert finding["code"] == "E0304" and name and examples[name].endswith(" fails"), finding
                    del examples[name]
                    proved += 1
        assert proved + len(examples) == total > 300

        for engine in ("interp", "jit"):
            ran = subprocess.run([migc, "run", file, "--engine", engine, "--state", f"{folder}/state-{engine}", "--rejects",
                                  f"{folder}/rejects-{engine}"], capture_output=True, text=True)
            assert ran.returncode == 0, ran.stderr
            row = json.loads((Path(folder) / "outs.ndjson").read_text())
            wrong = [examples[name] for name in examples if row[name] is not True]
            assert not wrong, f"{engine}: {wrong}"
    print(f"{proved + len(examples)} examples hold: {len(examples)} by both engines, {proved} proved to fail by the checker")


main()
