#!/usr/bin/env python3
"""What the command line promises: help, exit codes, suggestions, no colours outside a terminal, and no LLVM where no code runs.

cli_frame.py --migc PATH
"""
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "cli" version "1.0.0" { edition = 2026 }
param input: string = "in.ndjson"
param least: int(0..10) = 0
schema Row { id: string @key }
schema Out { id: string @key }
source rows: Row from ndjson(param.input)
target out: Out into ndjson("out.ndjson") { write = replace }
map rows_out: rows as r -> out as o { id = if param.least > 5 then upper(r.id) else r.id }
test "ids stay" for rows_out {
  given { id: "a" }
  expect out.id == "a"
}
'''
FAILING = SPEC.replace('expect out.id == "a"', 'expect out.id == "b"')
QUIET_SETTINGS = SPEC + "stage load { run rows_out { retry = 3  concurrency = 2  backoff = 1s } }\n"
DEDUPED = SPEC.replace('ndjson("out.ndjson") { write = replace }', 'sqlite("out.db", table: "t") { write = upsert(by: [id])  create = true }') + "dedupe out by id { prefer id asc }\n"
VERBS = ["check", "fix", "fmt", "init", "schema", "run", "test", "plan", "breaking", "diff", "manifest", "approve", "status", "history", "cache", "explain", "lsp",
         "completion"]


def main():
    with program_in_folder("migc-cli-") as (migc, folder, here):
        (folder / "a.mig").write_text(SPEC)
        (folder / "failing.mig").write_text(FAILING)
        (folder / "broken.mig").write_text(SPEC.replace("r.id }", "r.idd }"))
        (folder / "in.ndjson").write_text('{"id":"x"}\n')

        expect(here("--help").returncode == 0 and all(v in here("--help").stdout for v in VERBS), "the help lists every verb")
        expect(here().returncode == 2, "no verb is a usage error")
        for verb in VERBS:
            text = here(verb, "--help")
            expect(text.returncode == 0 and "Usage" in text.stdout and "Examples" in text.stdout, f"{verb} --help has usage and examples")
            expect("\x1b" not in text.stdout, f"{verb} --help has no colours in a pipe")
        expect("did you mean `check`" in here("chekc", "a.mig").stderr, "a misspelled verb is suggested")
        expect("did you mean --report" in here("run", "--reprot", "x", "a.mig").stderr, "a misspelled option is suggested")
        expect(here("check", "a.mig").returncode == 0, "check of a good spec is 0")
        expect(here("check", "broken.mig").returncode == 1, "check of a broken spec is 1")
        expect(here("check", "none.mig").returncode == 2, "a missing file is 2")
        expect(json.loads(here("check", "--format=json", "broken.mig").stdout.splitlines()[0])["code"] == "E0101", "findings as JSON")
        expect(here("test", "a.mig").returncode == 0, "tests that pass are 0")
        failed = here("test", "failing.mig")
        expect(failed.returncode == 1 and '"b"' in failed.stdout and '"a"' in failed.stdout, "a failing test is 1 and shows both sides")
        expect(here("test", "--engine=jit", "a.mig").returncode == 0, "tests through the JIT")
        expect("whole number from 0 to 10" in here("run", "a.mig", "--set", "least=11").stderr, "a parameter out of range is explained")
        expect(here("run", "a.mig", "--set", "nope=1").returncode == 2, "an unknown parameter is 2")
        expect(here("plan", "a.mig").returncode == 0 and "EO" in here("plan", "a.mig").stdout, "plan names the guarantee")
        expect(json.loads(here("plan", "--format=json", "a.mig").stdout)["order"][0]["guarantee"] == "EO", "plan as JSON")
        done = here("run", "a.mig", "--set", "least=6")
        expect(done.returncode == 0 and (folder / "out.ndjson").read_text() == '{"id":"X"}\n', "a run with a parameter")
        expect("1 written" in done.stderr, "the summary counts")
        expect(here("status", "a.mig").returncode == 0 and "finished" in here("status", "a.mig").stdout, "status of a finished run")
        (folder / "other.mig").write_text(SPEC.replace('"cli"', '"other"').replace("out.ndjson", "other.ndjson"))
        expect(here("run", "other.mig").returncode == 0, "a second migration of the folder")
        both = here("status", "a.mig").stdout
        expect("of cli:" in both and "of other:" in both, "status shows each migration of the project")
        expect("cli" in here("history", "a.mig").stdout, "history lists the run")
        again = here("run", "a.mig", "--set", "least=6", "--resume", "--format=json")
        expect(again.returncode == 0 and json.loads(again.stdout)["written"] == 1, "--resume of a finished run tells what it did")
        (folder / "quiet.mig").write_text(QUIET_SETTINGS)
        (folder / "deduped.mig").write_text(DEDUPED)
        (folder / "bad.ndjson").write_text('{"id":"x"}\n{\n')
        for verb in ("plan", "run"):
            noted = here(verb, "quiet.mig")
            expect(noted.returncode == 0 and all(s in noted.stdout + noted.stderr for s in ("retry", "backoff", "concurrency", "no effect on files and SQLite")),
                   f"{verb} says which settings have no effect")
        expect(here("run", "deduped.mig", "--set", "input=bad.ndjson", "--rejects", "bad.rejects.ndjson").returncode == 0, "a run with a reject")
        replay = here("run", "deduped.mig", "--set", "input=bad.ndjson", "--only-rejected", "bad.rejects.ndjson")
        expect(replay.returncode == 2 and "dedupe" in replay.stderr and "--new" in replay.stderr, "rejects again behind a dedupe are refused with cause and remedy")
        expect(here("run", "--resume", "--state", "other", "a.mig").returncode == 2, "--resume without any run is 2")
        expect(here("explain", "e0301").returncode == 0 and here("explain", "E9999").returncode == 2, "explain")
        for shell in ["bash", "zsh", "fish"]:
            expect("explain" in here("completion", shell).stdout, f"completion of {shell}")
        expect(subprocess.run(["bash", "-n"], input=here("completion", "bash").stdout, text=True).returncode == 0, "the bash script parses")
        traced = subprocess.run(["ldd", migc], capture_output=True, text=True).stdout
        expect("LLVM" not in traced, "the program is not linked to LLVM")
        debug = here("check", "a.mig", env={**os.environ, "LD_DEBUG": "files"})
        expect("migc_jit" not in debug.stderr, "check does not open the code generator")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
