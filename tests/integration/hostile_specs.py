#!/usr/bin/env python3
"""Specs that a stranger could send: deep and endless shapes, imports in circles, links and special files that lead out of the project.

hostile_specs.py --migc PATH [--report FILE]

Every spec must be answered with an exit code of migc's own (0, 1 or 2), never with a crash, and nothing outside the project folder may
be read. Time and memory are reported, not judged.
"""
import argparse
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HEAD = 'migration "hostile" version "1.0.0" { edition = 2026 }\n'
SECRET = "TOP-SECRET-CONTENT"


def fn(body, result="int"):
    return f"{HEAD}fn f(a: int) -> {result} = {body}\n"


SHAPES = {
    "parentheses": lambda n: fn("(" * n + "1" + ")" * n),
    "parentheses, open": lambda n: fn("(" * n),
    "lists": lambda n: fn("[" * n + "]" * n),
    "records": lambda n: fn("{ a: " * n + "1" + " }" * n),
    "calls": lambda n: fn("abs(" * n + "1" + ")" * n),
    "calls, open": lambda n: fn("abs(" * n),
    "indices": lambda n: fn("a[" * n + "0" + "]" * n),
    "minus signs": lambda n: fn("- " * n + "1"),
    "not": lambda n: fn("not " * n + "true", "bool"),
    "if in if": lambda n: fn("if true then " * n + "1" + " else 2" * n),
    "else chain": lambda n: fn("if a == 1 then 1 else " * n + "2"),
    "match in match": lambda n: fn("match a { _ => " * n + "1" + " }" * n),
    "lambdas": lambda n: fn("x -> " * n + "1"),
    "pipes": lambda n: fn("a" + " |> abs" * n),
    "sums": lambda n: fn("1" + " + 1" * n),
    "types": lambda n: f"{HEAD}type T = " + "list<" * n + "int" + ">" * n + "\n",
    "comments, open": lambda n: HEAD + "/* " * n,
}


# A process's peak memory counts what its parent held when it was forked, so a small one does the starting.
STARTER = """
import json, os, subprocess, sys, time
for line in sys.stdin:
    job = json.loads(line)
    with open(job["out"], "wb") as out:
        start = time.monotonic()
        child = subprocess.Popen(job["words"], cwd=job["cwd"], stdout=out, stderr=out, env=job["env"])
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        print(json.dumps([child.returncode, time.monotonic() - start, usage.ru_maxrss / 1024]), flush=True)
"""
starter = None


def run(migc, arguments, cwd, env=None):
    """(exit code, seconds, peak MiB, output) of one process."""
    global starter
    starter = starter or subprocess.Popen([sys.executable, "-S", "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with tempfile.NamedTemporaryFile() as out:
        job = {"words": [migc, *arguments], "cwd": str(cwd), "out": out.name, "env": env or dict(os.environ)}
        starter.stdin.write(json.dumps(job) + "\n")
        starter.stdin.flush()
        code, seconds, mib = json.loads(starter.stdout.readline())
        return code, seconds, mib, Path(out.name).read_text(encoding="utf-8", errors="replace")


# What the report calls files of the test's folder.
OUTSIDE = {"link.mig": "a link to a file outside the project", "folder/secret.mig": "a file behind a link to a folder outside", "etc/passwd": "/etc/passwd through a link",
           "pipe.mig": "a pipe", "dir.mig": "a folder", "../outside/secret.mig": "a path that leads outside", "nothing.mig": "a file that is not there"}


class Study:
    def __init__(self, migc, folder):
        self.migc, self.folder, self.failures, self.rows, self.others = migc, Path(folder), [], [], []

    def answer(self, what, arguments, project):
        """(exit code, output), noted for the report."""
        code, seconds, mib, out = run(self.migc, arguments, project)
        found = re.findall(r"(?:error|warning)\[(\w+)\]: (.*)", out)
        said = f"{found[0][0]} {found[0][1]}" if found else (out.strip().splitlines() or [""])[0].removeprefix("migc: ")
        self.others.append((what, code, said.replace(str(self.folder), "").replace("|", "\\|"), seconds * 1000, mib))
        return code, out

    def expect(self, good, text):
        if not good:
            self.failures.append(text)
            print("FAIL", text)

    def shapes(self):
        project = self.folder / "shapes"
        project.mkdir()
        for name, make in SHAPES.items():
            for exponent in range(2, 7):
                text = make(10**exponent)
                spec = project / "spec.mig"
                spec.write_text(text, encoding="utf-8")
                code, seconds, mib, out = run(self.migc, ["check", "spec.mig"], project)
                self.expect(code in (0, 1, 2), f"{name} 10^{exponent}: exit {code}: {out[-200:]}")
                first = re.search(r"(?:error|warning)\[(\w+)\]", out)
                what = first.group(1) if first else ("too large" if code == 2 else "clean" if code == 0 else "?")
                self.rows.append((name, exponent, len(text), what, seconds * 1000, mib))

    def imports(self):
        project = self.folder / "imports"
        project.mkdir()
        outside = self.folder / "outside"
        outside.mkdir()
        (outside / "secret.mig").write_text(f'{HEAD}fn leak() -> string = "{SECRET}" + 1\n', encoding="utf-8")
        (project / "a.mig").write_text(HEAD + 'import "b.mig"\n')
        (project / "b.mig").write_text('import "a.mig"\n')
        code, out = self.answer("two files that import each other", ["check", "a.mig"], project)
        self.expect(code == 1 and "circle" in out, f"import loop: exit {code}: {out}")
        many = self.folder / "many"
        many.mkdir()
        for i in range(1200):
            (many / f"m{i}.mig").write_text(f'import "m{i + 1}.mig"\n')
        code, out = self.answer("a chain of 1200 imports", ["check", "m0.mig"], many)
        self.expect(code == 1 and "E0016" in out, f"1200 imports: exit {code}: {out[-300:]}")

        os.symlink(outside / "secret.mig", project / "link.mig")
        os.symlink(outside, project / "folder")
        os.symlink("/etc", project / "etc")
        os.mkfifo(project / "pipe.mig")
        (project / "dir.mig").mkdir()
        OUTSIDE[str(outside / "secret.mig")] = "an absolute path"
        for path in ["link.mig", "folder/secret.mig", "../outside/secret.mig", str(outside / "secret.mig"), "/proc/self/environ", "/etc/passwd", "etc/passwd", "pipe.mig",
                     "dir.mig", "/dev/zero", "../../../../etc/passwd", "nothing.mig"]:
            (project / "spec.mig").write_text(f'{HEAD}import "{path}" as other\n')
            code, out = self.answer(f"import of {OUTSIDE.get(path, path)}", ["check", "spec.mig"], project)
            self.expect(code == 1 and "E0101" in out, f"import of {path}: exit {code}: {out}")
            self.expect(SECRET not in out and "root:" not in out, f"import of {path}: what stands outside is shown")
            lookup = f'{HEAD}lookup l: string -> string from csv("{path}") {{ key = a value = b }}\nfn f(a: string) -> string! = l(a)\n'
            (project / "spec.mig").write_text(lookup)
            code, out = self.answer(f"lookup in {OUTSIDE.get(path, path)}", ["check", "spec.mig"], project)
            self.expect(code == 1 and SECRET not in out and "root:" not in out, f"lookup of {path}: exit {code}: {out}")
        for spec in ["link.mig", "folder/secret.mig"]:
            code, out = self.answer(f"the spec is {OUTSIDE.get(spec, spec)}", ["check", spec], project)
            if spec == "link.mig":
                self.expect(code == 2 and "leads out" in out, f"spec {spec}: exit {code}: {out}")
        for spec in ["pipe.mig", "dir.mig", "/dev/zero"]:
            code, out = self.answer(f"the spec is {OUTSIDE.get(spec, spec)}", ["check", spec], project)
            self.expect(code == 2, f"spec {spec}: exit {code}: {out}")

    def confinement(self):
        project = self.folder / "confined"
        project.mkdir()
        (project / "spec.mig").write_text(HEAD)
        code, *_, out = run(self.migc, ["check", "spec.mig"], project)
        if "lacks" in out:
            print("SKIP confinement: the kernel lacks a part of it:", out.strip().splitlines()[0])
            return
        for what, wanted in [("connect", -signal.SIGSYS), ("exec", -signal.SIGSYS), ("open", 0), ("write", 0)]:
            code, *_, out = run(self.migc, ["check", "spec.mig"], project, env=dict(os.environ, MIGC_CONFINEMENT_PROBE=what))
            self.expect(code == wanted and "probe:" not in out, f"probe {what}: exit {code}, expected {wanted}: {out}")
        self.expect(not (project / "probe.txt").exists(), "a file was written")
        if shutil.which("strace") is None:
            print("SKIP trace: strace is missing")
            return
        trace = self.folder / "trace.txt"
        done = subprocess.run(["strace", "-f", "-o", str(trace), self.migc, "check", "spec.mig"], cwd=project, capture_output=True, check=False)
        text = trace.read_text(errors="replace") if trace.exists() else ""
        if done.returncode != 0 or "landlock_restrict_self" not in text:
            print("SKIP trace: strace cannot trace here")
            return
        after = text.split("landlock_restrict_self", 1)[1]
        for call in re.findall(r"\b(socket|connect|execve|clone3?|fork)\(", after):
            self.expect(False, f"after the confinement: {call}")
        for path in re.findall(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]*)"', after):
            full = os.path.normpath(os.path.join(project, path))
            self.expect(full.startswith(str(project)) or full.startswith("/usr/share/zoneinfo"), f"after the confinement {full} is opened")

    def formatting(self):
        project = self.folder / "formatting"
        project.mkdir()
        (project / "spec.mig").write_text(HEAD + "fn f( a: int )->int=a\n")
        code, *_, out = run(self.migc, ["fmt", "spec.mig"], project)
        self.expect(code == 0 and "fn f(a: int) -> int" in (project / "spec.mig").read_text(), f"fmt in place: exit {code}: {out}")
        os.symlink(self.folder / "outside" / "secret.mig", project / "link.mig")
        before = (self.folder / "outside" / "secret.mig").read_text()
        code, *_, out = run(self.migc, ["fmt", "link.mig"], project)
        self.expect(code == 2 and (self.folder / "outside" / "secret.mig").read_text() == before, f"fmt of a link: exit {code}: {out}")
        code, *_, out = run(self.migc, ["fmt", "--check", "spec.mig"], project)
        self.expect(code == 0, f"fmt --check: exit {code}: {out}")

    def document(self):
        lines = ["# Specs that a stranger could send", "",
                 "`tests/integration/hostile_specs.py --migc build/release/migc --report specs/studies/hostile_specs.md` makes this page: `migc check` of each spec as a",
                 "process of its own, with what it answers first, its time and its peak memory. Sizes are limited before the parser runs (bytes, nesting, tokens), so the",
                 "largest shapes cost least. Exit codes are 0, 1 or 2; nothing is read outside the project folder. Times are wall times and hold for the machine and",
                 "the load that they were taken on.", "",
                 "| shape, n times nested or repeated | " + " | ".join(f"n = 10^{e}" for e in range(2, 7)) + " |", "|---|" + "---|" * 5]
        by_shape = {}
        for name, _, _, what, ms, mib in self.rows:
            by_shape.setdefault(name, []).append(f"{what}, {ms:.0f} ms, {mib:.0f} MiB")
        lines += [f"| {name} | " + " | ".join(cells) + " |" for name, cells in by_shape.items()]
        lines += ["", "## Files", "", "| spec | exit | answer | ms | MiB |", "|---|---|---|---|---|"]
        lines += [f"| {what} | {code} | {said} | {ms:.0f} | {mib:.0f} |" for what, code, said, ms, mib in self.others]
        return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--report")
    a = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(prefix="migc-hostile-") as folder:
        study = Study(os.path.abspath(a.migc), os.path.realpath(folder))
        study.imports()
        study.confinement()
        study.formatting()
        study.shapes()
    starter.stdin.close()
    starter.wait()
    if a.report:
        Path(a.report).write_text(study.document(), encoding="utf-8")
    slowest = max(study.rows, key=lambda row: row[4])
    largest = max(study.rows, key=lambda row: row[5])
    print(f"{len(study.rows)} shapes: slowest {slowest[0]} 10^{slowest[1]} {slowest[4]:.0f} ms, largest {largest[0]} 10^{largest[1]} {largest[5]:.0f} MiB")
    print(f"{len(study.failures)} failures")
    return 1 if study.failures else 0


if __name__ == "__main__":
    sys.exit(main())
