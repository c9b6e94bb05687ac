#!/usr/bin/env python3
"""`manual` steps of a stage: named by plan, the run waits for them, and goes on when somebody has said that they are done.

manual_steps.py --migc PATH
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

BEFORE, BEHIND = "close the shop's back office", "tell \"sales\" that it's done"
SPEC = '''migration "manual" version "1.0.0" { edition = 2026 }
issue MA901 "too few" fix "look"
schema Row { id: int @key }
source rows: Row from ndjson("rows.ndjson")
target outs: Row into ndjson("out.ndjson") { write = replace }
map copies: rows as r -> outs as o { id = r.id }
reconcile counts { expect count(written(copies)) == LEAST else fail MA901 }
profile rows { expect count() > 0 }
stage load {
  profile rows
  manual "close the shop's back office"
  run copies
  reconcile counts
  manual "tell \\"sales\\" that it's done"
}
stage cut_over after load { manual "switch the name server" }
stage between { run copies  manual "look"  run copies }
'''


def main():
    with program_in_folder("migc-manual-") as (_, folder, run):
        spec, out = folder / "spec.mig", folder / "out.ndjson"
        spec.write_text(SPEC.replace("LEAST", "3"))
        (folder / "rows.ndjson").write_text("".join(json.dumps({"id": i}) + "\n" for i in range(3)))

        def call(verb, *words, code=0, says=()):
            done = run(verb, "spec.mig", *words)
            text = done.stdout + done.stderr
            missing = [part for part in says if part not in text]
            expect(done.returncode == code and not missing, f"{verb} {words}: exit {done.returncode}, expected {code}; not said: {missing}\n{text}")
            return text

        def go(*words, code=0, says=(), stage="load"):
            return call("run", "--stage", stage, "--engine", "interp", "--report", "report.json", *words, code=code, says=says)

        call("plan", "--stage", "load", says=[f'before all maps: waits until somebody says that "{BEFORE}" is done',
                                              f'behind all maps: waits until somebody says that "{BEHIND}" is done'])
        planned = json.loads(call("plan", "--stage", "load", "--format", "json"))
        expect(planned["gates"] == [{"name": BEFORE, "manual": True, "before": True}, {"name": BEHIND, "manual": True, "before": False}], str(planned["gates"]))
        call("plan", "--stage", "between", code=2, says=["E1002", "a manual step between two `run`s of one stage"])

        command = "migc approve spec.mig 'close the shop'\\''s back office' --stage load"
        go(code=3, says=["stage load waits for people", f'"{BEFORE}" is not done (nobody has said so)', command, "then run the same command again"])
        expect(not out.exists(), "nothing is written in front of it")
        report = json.loads((folder / "report.json").read_text())
        expect(report["status"] == "stopped" and report["exit_code"] == 3, str(report["status"]))
        go(code=3, says=["nobody has said so"])
        call("approve", BEHIND, code=2, says=[f'no run of stage load waits for "{BEHIND}"'])
        call("approve", "close the shop", code=2, says=["the spec has no item, gate or manual step close the shop", f'"{BEFORE}"'])
        call("approve", BEFORE, "--role", "owner", code=2, says=["--role is for gates"])
        call("approve", BEFORE, "--by", "Ann Lee", says=[f'"{BEFORE}" of stage load is done for run {report["run"]}: Ann Lee'])
        go(code=3, says=[f'"{BEHIND}" is not done'])
        expect(len(out.read_text().splitlines()) == 3, "behind it everything is written")
        call("approve", BEHIND, "--by", "Ben Ray", "--evidence", "a mail to all", says=["is done for run"])
        go(says=[f'"{BEHIND}" is done'])
        expect([json.loads(line)["id"] for line in out.read_text().splitlines()] == [0, 1, 2], "written once")
        report = json.loads((folder / "report.json").read_text())
        expect(report["status"] == "finished" and report["read"] == 3, f"{report['status']} {report['read']}")
        expect("Ann Lee" in call("status") or "Ann Lee" in call("history"), "who said so is listed")

        go("--new", code=3, says=[f'"{BEFORE}" is not done (Ann Lee said so at', "but that was another run"])
        call("approve", BEFORE, "--by", "Ann Lee")
        spec.write_text(SPEC.replace("LEAST", "4"))  # now the counts differ, and the spec is another one
        go("--new", code=3, says=["but the spec changed since"])
        call("approve", BEFORE, "--by", "Ann Lee")
        text = go(code=3, says=["MA901"])
        expect("migc approve" not in text and json.loads((folder / "report.json").read_text())["status"] == "finished", "nobody is asked about a run that failed\n" + text)

        go(stage="cut_over", code=3, says=["stage cut_over waits for people"])
        call("approve", "switch the name server", says=["is done"])
        go(stage="cut_over", says=['"switch the name server" is done'])
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
