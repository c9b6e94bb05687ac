#!/usr/bin/env python3
"""A libmigc_jit.so beside migc that does not belong to it: said with cause and remedy, exit 2 where code was asked for, and without it the
interpreter does the work.

jit_of_another_build.py --migc PATH --foreign PATH [--unmarked PATH]
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "foreign" version "1.0.0" { edition = 2026 }
schema Row { id: int @key  name: string }
source rows: Row from ndjson("in.ndjson")
target out: Row into ndjson("out.ndjson") { write = replace }
map pass_on: rows as r -> out as o { id = r.id  name = r.name |> trim }
test "a name" for pass_on { given { id: 1, name: " x " }  expect out.name == "x" }
'''


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--foreign", required=True, help="a library with another mark")
    parser.add_argument("--unmarked", required=True, help="a library without a mark")
    a = parser.parse_args()
    rows = [{"id": i, "name": "n" * 40} for i in range(8000)]  # more than is left to the interpreter anyway
    with tempfile.TemporaryDirectory(prefix="migc-foreign-") as name:
        folder = Path(name)
        migc = shutil.copy(a.migc, folder / "migc")
        (folder / "spec.mig").write_text(SPEC)
        (folder / "in.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
        library = folder / "libmigc_jit.so"
        environment = dict(os.environ, XDG_CACHE_HOME=str(folder / "cache"))

        def run(*words):
            return subprocess.run([migc, *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

        def written():
            return [json.loads(line) for line in (folder / "out.ndjson").read_text().splitlines()]

        cases = {
            "another build": (lambda: shutil.copy(a.foreign, library), "belongs to another build of migc (0.1.0+0000000000000000; this is "),
            "no mark": (lambda: shutil.copy(a.unmarked, library), "belongs to another build of migc (it does not say which; this is "),
            "no library": (lambda: library.write_text("not a library"), "libmigc_jit.so"),
            "nothing there": (lambda: library.unlink(), "libmigc_jit.so"),
        }
        for what, (put, cause) in cases.items():
            put()
            for words in (["run", "spec.mig", "--new", "--engine=jit"], ["run", "spec.mig", "--new", "--engine=jit0"], ["test", "spec.mig", "--engine=jit"]):
                done = run(*words)
                expect(done.returncode == 2, f"{what}: {words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
                said = done.stdout + done.stderr
                expect(cause in said, f"{what}: {words}: the cause\n{said}")
                expect("install the libmigc_jit.so that was built together with this migc beside it, or use --engine=interp" in said,
                       f"{what}: {words}: the remedy\n{said}")
            for words in (["--engine=interp"], []):
                done = run("run", "spec.mig", "--new", *words)
                expect(done.returncode == 0 and written() == rows, f"{what}: {words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
            expect("the JIT is not available, so the interpreter is used: " in done.stdout + done.stderr, f"{what}: a note\n{done.stdout}{done.stderr}")
        shutil.copy(Path(a.migc).parent / "libmigc_jit.so", library)
        done = run("run", "spec.mig", "--new", "--engine=jit")
        expect(done.returncode == 0 and written() == rows, f"its own: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
