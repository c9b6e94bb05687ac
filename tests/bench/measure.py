"""Runs programs in interleaved rounds and turns their times into figures.

The method: every program runs once unmeasured and its result is compared with the reference's; one that fails or differs gets no
figure. Then, in each round, each program runs once, pinned to its cores, after `sync`, in an order that is rotated each round.
"""
import dataclasses
import hashlib
import os
import re
import shutil
import statistics
import subprocess
from pathlib import Path


@dataclasses.dataclass
class Program:
    """One program to time. In the command, run by `sh -c`, {name} stands for a file in a folder that is emptied before every
    round ({out}, {rejects}, {report}, {state}, {cache}, {dir}), {in} for the input and {keep} for a folder that is not emptied."""
    name: str
    command: str
    source: Path | None = None       # the input; None: it has none
    rows: int = 0                    # records of the input
    out: str = "out.ndjson"          # file name behind {out}
    check: object = None             # called with a Ran after the unmeasured run; returns "" or what differs
    collect: object = None           # called with a Ran after every round; returns {name: number}
    prepare: object = None           # called with the Program's folder before every run
    cores: str = ""                  # as taskset takes them; "": those of the whole contest
    version: str = ""
    partial: str = ""                # what it leaves out; "": the whole work


@dataclasses.dataclass
class Ran:
    """One finished run: where its files are and what it used."""
    folder: Path
    out: Path
    seconds: float = 0.0
    cpu: float = 0.0                 # user and system seconds
    rss: int = 0                     # bytes; the largest peak of any one process
    status: int = 0

    def log(self):
        return (self.folder / "log").read_text(errors="replace")


def files(program, work):
    """The folder of a program and its command with all file names filled in."""
    folder = work / "rounds" / re.sub(r"[^\w.-]", "_", program.name)
    keep = work / "keep" / folder.name
    keep.mkdir(parents=True, exist_ok=True)
    names = {"in": program.source, "out": folder / program.out, "rejects": folder / "rejects.ndjson",
             "report": folder / "report.json", "state": folder / "state", "cache": folder / "cache", "dir": folder, "keep": keep}

    def name(m):
        return "'" + str(names[m[1]]).replace("'", "'\\''") + "'"

    return folder, re.sub(r"\{(" + "|".join(names) + r")\}", name, program.command)


def run_once(program, work, launch, cores):
    folder, command = files(program, work)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if program.prepare:
        program.prepare(folder)
    os.sync()  # what earlier programs wrote is not this one's burden
    result = folder / "usage"
    with open(folder / "log", "wb") as log:
        subprocess.run(["taskset", "-c", program.cores or cores, launch, result, "sh", "-c", command],
                       stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=True)
    wall, user, system, peak, status = map(int, result.read_text().split())
    return Ran(folder, folder / program.out, wall / 1e9, (user + system) / 1e6, peak * 1024, status)


def digest_of(path):
    if not path.is_file():
        return ""
    with open(path, "rb") as f:
        return hashlib.file_digest(f, "blake2b").hexdigest()


class Contest:
    """Programs that are measured against each other; `baseline` names the one that ratios are taken to."""

    def __init__(self, bench, name, programs, baseline, rounds=None, cores=None):
        self.bench, self.name, self.programs, self.baseline = bench, name, programs, baseline
        self.rounds, self.cores = rounds or bench.rounds, cores or bench.cores
        self.work = bench.data / "runs" / re.sub(r"[^\w.-]", "_", name)
        self.failed = {}             # name -> why it has no figure
        self.ran = {p.name: [] for p in programs}
        self.collected = {p.name: [] for p in programs}

    def drop(self, program, why):
        self.failed[program.name] = why = " ".join(why.split())[:600]
        self.bench.say(f"  {program.name}: no figure: {why[:200]}")

    def once(self, program):
        ran = run_once(program, self.work, self.bench.launch, self.cores)
        if ran.status:
            self.drop(program, f"exit {ran.status}: " + " | ".join(ran.log().strip().splitlines()[-3:]))
            return None
        return ran

    def differs(self, program, ran):
        why = program.check(ran) if program.check else ""
        if why:
            self.drop(program, f"differs: {why}")
        return bool(why)

    def measure(self):
        """All rounds; returns one row a program that has figures, in the order given."""
        shutil.rmtree(self.work / "keep", ignore_errors=True)
        digests, alive = {}, []
        for p in self.programs:
            ran = self.once(p)
            if ran and not self.differs(p, ran):
                digests[p.name] = digest_of(ran.out)
                alive.append(p)
        for n in range(0 if self.bench.prepare else self.rounds):
            turn = n % max(1, len(alive))
            for p in alive[turn:] + alive[:turn]:
                if p.name in self.failed or (ran := self.once(p)) is None:
                    continue
                self.ran[p.name].append(ran)
                self.collected[p.name].append(p.collect(ran) if p.collect else {})
                if n == self.rounds - 1 and digest_of(ran.out) != digests[p.name]:
                    self.differs(p, ran)
        rows = [self.row(p) for p in alive if p.name not in self.failed and self.ran[p.name]]
        if not self.bench.keep:
            shutil.rmtree(self.work, ignore_errors=True)
        return rows

    def row(self, p):
        ran = self.ran[p.name]
        seconds, cpu = [r.seconds for r in ran], [r.cpu for r in ran]
        size = p.source.stat().st_size if p.source else 0
        row = {"name": p.name, "version": p.version, "work": "partial" if p.partial else "full", "partial": p.partial,
               "median_s": statistics.median(seconds), "min_s": min(seconds), "max_s": max(seconds),
               "mb_s": size / 1e6 / statistics.median(seconds), "krows_s": p.rows / 1e3 / statistics.median(seconds),
               "rss_mb": max(r.rss for r in ran) / 1e6, "cpu_s": statistics.median(cpu), "seconds": seconds, "cpu": cpu,
               "equal": "yes" if p.check else "not checked", "command": p.command, "collected": self.collected[p.name]}
        if self.baseline in self.ran and self.baseline not in self.failed:
            base = self.ran[self.baseline]
            row["ratio"] = spread([a.seconds / b.seconds for a, b in zip(ran, base)])
            row["cpu_ratio"] = spread([a.cpu / b.cpu for a, b in zip(ran, base) if b.cpu])
        return row


def spread(values):
    """(median, least, most), or None when there is nothing."""
    return (statistics.median(values), min(values), max(values)) if values else None


def per_round(rows, above, below, field="seconds"):
    """Spread of field(above) / field(below), round by round; None when one of the two has no figure."""
    by_name = {r["name"]: r for r in rows}
    if above not in by_name or below not in by_name:
        return None
    return spread([a / b for a, b in zip(by_name[above][field], by_name[below][field]) if b])
