#!/usr/bin/env python3
"""Items and approvals in gates: what opens a gate, what does not, what is recorded, and that a run goes on behind an open one.

approvals.py --migc PATH [--faults PATH]
"""
import argparse
import hashlib
import json
import os
import pwd
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "approvals" version "1.0.0" { edition = 2026 }
issue AP101 "no name" fix "look"
issue AP901 "counts differ" fix "look"
item T12 "Train the marketing team" { kind = training owner = "ops" evidence = "minutes of the meeting" }
item T13 "Tell the customers" { kind = communication }
environment rehearsal { target outs { path = "rehearsal.ndjson" } }
schema Row { id: int @key  name?: string? }
schema Out { id: int @key  name: string }
source rows: Row from ndjson("rows.ndjson")
target outs: Out into TARGET
map copies: rows as r -> outs as o { id = r.id  name = r.name ?? reject AP101 }
reconcile counts { expect count(read(copies)) == count(written(copies)) + count(rejected(copies)) else fail AP901
  expect sum(rows, r -> r.id) == 190 else fail AP901 }
stage load {
  gate may_start {
    require done(T12)
    approve "owner" within 4h
  }
  run copies
  reconcile counts
  gate sign_off {
    require rate(rejected(copies)) <= 50%
    require done(T13) or count(failed_checks()) > 100
    approve "finance" within 30min
    approve "crm owner"
  }
}
stage plain { run copies }
stage decide after load { gate go { approve "board" } }
'''
SQLITE = 'sqlite("out.db", table: "outs") { write = upsert(by: [id])  create = true }'
NDJSON = 'ndjson("out.ndjson") { write = replace }'

class Project:
    def __init__(self, program, faults, target=NDJSON, rejected=1):
        self.temporary = tempfile.TemporaryDirectory(prefix="migc-approvals-")
        self.folder, self.program, self.faults = Path(self.temporary.name), program, faults
        self.spec = self.folder / "spec.mig"
        self.spec.write_text(SPEC.replace("TARGET", target))
        rows = [{"id": i} if i < rejected else {"id": i, "name": f"n{i}"} for i in range(20)]
        (self.folder / "rows.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (self.folder / "minutes.txt").write_text("all were there\n")

    def __enter__(self):
        return self

    def __exit__(self, *ignored):
        self.temporary.cleanup()

    def call(self, *arguments, code=0, says=(), failpoint=None, program=None):
        environment = dict(os.environ, XDG_CACHE_HOME=str(self.folder / "cache"))
        if failpoint:
            environment["MIGC_FAILPOINT"] = failpoint
        done = subprocess.run([program or self.program, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True, timeout=300)
        text = done.stdout + done.stderr
        missing = [part for part in says if part not in text]
        expect(done.returncode == code and not missing, f"{arguments}: exit {done.returncode}, expected {code}; not said: {missing}\n{text}")
        return done

    def run(self, *arguments, code=0, says=(), stage="load"):
        return self.call("run", "spec.mig", "--stage", stage, "--report", "report.json", "--quiet", "--engine", "interp", *arguments, code=code, says=says)

    def approve(self, *arguments, code=0, says=()):
        return self.call("approve", "spec.mig", *arguments, code=code, says=says)

    def report(self):
        return json.loads((self.folder / "report.json").read_text())

    def ledger(self, sql, *values):
        with sqlite3.connect(self.folder / ".migc" / "ledger.db") as db:
            return db.execute(sql, values).fetchall()

    def open_front(self):
        self.approve("T12", "--evidence", "minutes.txt", "--by", "Ann Lee")
        self.approve("may_start")

    def written(self):
        if (self.folder / "out.ndjson").exists():
            return sorted(json.loads(line)["id"] for line in (self.folder / "out.ndjson").read_text().splitlines())
        if (self.folder / "out.db").exists():
            with sqlite3.connect(self.folder / "out.db") as db:
                if db.execute("select count(*) from sqlite_master where name = 'outs'").fetchone()[0]:
                    return [row[0] for row in db.execute("select id from outs order by id")]
        return []


def check_way_through(program, target):
    with Project(program, None, target) as project:
        closed = project.run(code=3, says=["gate may_start of stage load is closed", 'item T12 "Train the marketing team" is not done, owner ops',
                                           '"owner" has not approved it', "migc approve spec.mig T12 --evidence 'minutes of the meeting'",
                                           "migc approve spec.mig may_start --stage load --role 'owner'"])
        expect(project.written() == [], "nothing is written in front of a closed gate")
        report = project.report()
        expect(report["status"] == "stopped" and report["exit_code"] == 3, f"report: {report['status']} {report['exit_code']}")
        run = report["run"]
        project.approve("sign_off", "--role", "finance", code=2, says=["no run of stage load waits at gate sign_off"])
        project.approve("T12", "--evidence", "minutes.txt", "--by", "Ann Lee", says=["item T12 is done: Ann Lee (account"])
        done = project.run(code=3, says=['"owner" has not approved it'])
        expect("holds" not in done.stdout + done.stderr, "a gate that lacks something does not hold: " + done.stdout + done.stderr)
        expect(project.report()["reconcile"][0]["holds"], "the item is done")
        project.approve("may_start", "--evidence", "ticket CR-1841")
        project.run(code=3, says=["gate sign_off of stage load is closed", 'item T13 "Tell the customers" is not done', '"finance" has not approved it',
                                  '"crm owner" has not approved it'])
        expect(project.written() == list(range(1, 20)), "everything is written behind the open gate")
        report = project.report()
        expect([part.get("missing") is not None for part in report["reconcile"] if part["gate"]] == [False, False, False, True, True, True], str(report["reconcile"]))
        project.approve("sign_off", code=2, says=["gate sign_off asks several: say --role, one of finance, crm owner"])
        for role in ("finance", "crm owner"):
            project.approve("sign_off", "--role", role)
        project.run(code=3, says=["is not done"])
        project.approve("T13")
        done = project.run(says=["gate sign_off holds", "finished"])
        expect((done.stdout + done.stderr).count("gate sign_off holds") == 1, "said once")
        expect(project.report()["run"] == run, "it is one run")
        expect(project.written() == list(range(1, 20)), "written once")
        runs = project.ledger("select status, attempts from runs")
        expect(runs == [("finished", 5)], f"one run, continued: {runs}")
        opened = sorted({row[0] for row in project.ledger("select approval from gates where approval > 0")})
        expect(opened == [1, 2, 3, 4, 5], f"which approvals opened the gates is kept: {opened}")
        # The next run needs approvals of its own, but the items stay done.
        project.run(code=3, says=['"owner" has not approved it (', "that was another run"])
        expect("is not done" not in project.run(code=3).stderr, "items stay done")


def check_record(program):
    """What stands in the ledger, against Python's own hashes and accounts."""
    with Project(program, None) as project:
        project.approve("T12", "--evidence", "minutes.txt", "--by", "Ann Lee")
        project.approve("T13", "--evidence", "told them all in June")
        project.approve("may_start")
        rows = project.ledger("select subject, stage, role, by, account, evidence, evidence_is_file, evidence_hash, run_id, at from approvals order by number")
        account = pwd.getpwuid(os.geteuid()).pw_name
        digest = lambda data: hashlib.sha256(data).hexdigest()
        expect(rows[0][:9] == ("T12", "", "", "Ann Lee", account, str(project.folder.resolve() / "minutes.txt"), 1, digest(b"all were there\n"), ""), str(rows[0]))
        expect(rows[1][:9] == ("T13", "", "", account, account, "told them all in June", 0, digest(b"told them all in June"), ""), str(rows[1]))
        expect(rows[2][:6] == ("may_start", "load", "owner", account, account, ""), str(rows[2]))
        project.call("status", "spec.mig", says=["no run yet", "item T12 is done: Ann Lee", "gate may_start of stage load is approved as owner"])
        status = json.loads(project.call("status", "spec.mig", "--format", "json").stdout)
        expect([one["subject"] for one in status["approvals"]] == ["may_start", "T13", "T12"], str(status))
        expect(status["approvals"][2]["evidence_sha256"] == digest(b"all were there\n"), str(status))
        project.run(code=3, says=["gate sign_off"])
        status = json.loads(project.call("status", "spec.mig", "--format", "json").stdout)
        expect(status["status"] == "stopped" and len(status["approvals"]) == 3, str(status))
        project.call("status", "spec.mig", says=["gate sign_off of stage load is closed", "\napproved\n"])


def check_stale(program):
    with Project(program, None) as project:
        project.open_front()
        # Older than `within`.
        project.ledger("update approvals set at = at - ?", int(4.1 * 3600e6))
        project.run(code=3, says=['"owner" has not approved it', "that is 4 h ago, and holds for 4 h"])
        project.approve("may_start")
        # Evidence that is another file, or gone.
        (project.folder / "minutes.txt").write_text("nobody was there\n")
        project.run(code=3, says=["item T12", "Ann Lee said so at", "minutes.txt is another file now"])
        (project.folder / "minutes.txt").unlink()
        project.run(code=3, says=["minutes.txt is gone"])
        (project.folder / "minutes.txt").write_text("all were there\n")
        # Another declaration of the item, but not another layout of it.
        text = project.spec.read_text()
        project.spec.write_text(text.replace('{ kind = training owner = "ops"', '{\n  kind = training\n  owner = "ops"'))
        project.run(code=3, says=["the spec changed since"])
        expect("item T12" not in project.run(code=3).stderr, "layout does not matter to an item")
        project.spec.write_text(text.replace("Train the marketing team", "Train everybody"))
        project.run(code=3, says=["what it asks for changed since"])
        project.spec.write_text(text)
        project.run(code=3, says=["gate sign_off"])
        # Within, behind what is run; the gate in front is not asked again.
        project.ledger("update approvals set at = at - ?", int(40 * 3600e6))
        project.approve("T13")
        for role in ("finance", "crm owner"):
            project.approve("sign_off", "--role", role)
        project.ledger("update approvals set at = at - ? where role in ('finance', 'crm owner')", int(31 * 60e6))
        closed = project.run(code=3, says=['"finance" has not approved it', "that is 31 min ago, and holds for 30 min"])
        expect("crm owner" not in closed.stderr and "may_start" not in closed.stderr, closed.stderr)
        project.approve("sign_off", "--role", "finance")
        project.run(says=["finished"])
        # Approved for a run that was given up.
        project.approve("may_start")
        project.run(code=3)
        for role in ("finance", "crm owner"):
            project.approve("sign_off", "--role", role)
        project.approve("may_start", says=["for run"])
        project.run("--new", code=3, says=['"owner" has not approved it', "that was another run"])
        project.approve("may_start")
        project.run(code=3, says=['"finance" has not approved it', "that was another run"])


def check_environment(program):
    with Project(program, None) as project:
        project.open_front()
        project.run("--environment", "rehearsal", code=3, says=['"owner" has not approved it (nobody has)', "--stage load --environment rehearsal --role 'owner'"])
        project.run(code=2, says=["was begun in environment rehearsal"])
        project.approve("may_start", "--environment", "rehearsal")
        project.run("--environment", "rehearsal", code=3, says=["gate sign_off"])
        expect((project.folder / "rehearsal.ndjson").exists() and not project.written(), "the rehearsal was run")


def check_failures(program):
    """What numbers decide is not for people to open: nobody is asked, and the run is over."""
    with Project(program, None, rejected=15) as project:
        project.open_front()
        done = project.run(code=3, says=["gate sign_off is closed"])
        report = project.report()
        expect(report["status"] == "finished" and report["exit_code"] == 3, f"failed for good: {report['status']}")
        expect("then run the same command" not in done.stderr, done.stderr)
        project.approve("sign_off", "--role", "finance", code=2, says=["no run of stage load waits"])
    with Project(program, None) as project:
        expect(project.run(stage="plain").returncode == 0, "a stage without gates needs nobody")
        project.run(stage="decide", code=3, says=['"board" has not approved it'])
        project.approve("go")
        project.run(stage="decide", says=["gate go holds"])


def check_command_line(program):
    with Project(program, None) as project:
        project.approve("T12", code=2, says=["item T12 asks for --evidence: minutes of the meeting"])
        project.approve("T12", "--evidence", "minuts.txt", code=2, says=["there is no file minuts.txt"])
        project.approve("T21", code=2, says=["no item, gate or manual step T21", "did you mean T12?"])
        project.approve("may_start", "--role", "nobody", code=2, says=["gate may_start asks owner"])
        project.approve("T13", "--role", "owner", code=2, says=["--role is for gates"])
        project.approve("may_start", "--stage", "plain", code=2, says=["no item, gate or manual step may_start"])
        project.call("approve", "spec.mig", code=2, says=["takes the spec and the name"])
        expect(not (project.folder / ".migc").exists(), "nothing is recorded by mistakes")
        project.call("approve", "--help", says=["--evidence FILE|TEXT", "migc approve crm.mig T12"])
        text = project.spec.read_text()
        project.spec.write_text(text.replace("require done(T12)", "require done(T99)"))
        project.call("check", "spec.mig", code=1, says=["T99"])
        project.spec.write_text(text.replace("  run copies\n  reconcile counts", "  run copies\n  gate middle { approve \"owner\" }\n  run copies\n  reconcile counts"))
        project.run(code=2, says=["E1002", "a gate between two `run`s of one stage"])
        project.spec.write_text(text.replace("require done(T12)", "require done(T12) and rate(rejected(copies)) < 1%"))
        project.run(code=2, says=["E1002", "before anything has run"])


def check_kills(program, faults):
    """Killed at the gate behind what is run, it asks again; nothing is written twice."""
    for target in (NDJSON, SQLITE):
        for point in ("after_publish", "before_measures", "before_finished"):
            with Project(program, faults, target) as project:
                project.open_front()
                project.call("run", "spec.mig", "--stage", "load", "--quiet", "--engine", "interp", code=-signal.SIGKILL, failpoint=point + ":1:abort",
                                      program=faults)
                project.run(code=3, says=["gate sign_off"])
                project.approve("T13")
                for role in ("finance", "crm owner"):
                    project.approve("sign_off", "--role", role)
                project.call("run", "spec.mig", "--stage", "load", "--quiet", "--engine", "interp", code=-signal.SIGKILL,
                                      failpoint="before_finished:1:abort", program=faults)
                project.run(says=["finished"])
                expect(project.written() == list(range(1, 20)), f"{point}: {project.written()}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--faults")
    a = parser.parse_args()
    program = str(Path(a.migc).resolve())
    for target in (NDJSON, SQLITE):
        check_way_through(program, target)
    check_record(program)
    check_stale(program)
    check_environment(program)
    check_failures(program)
    check_command_line(program)
    if a.faults:
        check_kills(program, str(Path(a.faults).resolve()))
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
