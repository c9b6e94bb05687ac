"""migc as a program to time: where it is, how it is called, what its report says."""
import json
import re
import shlex
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = ["build/release/migc", "build/release/bin/migc", "build/release/tools/migc/migc"]
STAGES = ("stage_seconds",)


def find(given):
    """The path of migc, or None."""
    if given:
        return Path(given).resolve()
    return next((ROOT / p for p in PLACES if (ROOT / p).exists()), None)


class Migc:
    def __init__(self, path):
        self.path = path
        self.version = "-"
        if path:
            done = subprocess.run([path, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.version = (done.stdout.strip().splitlines() or ["-"])[0][:60]

    def run(self, spec, *options, cache="{cache}"):
        """A command template: a new run with nothing left over from an earlier one. Its code cache is empty unless `cache` names {keep}.
        Everything that users have on is on."""
        words = [f"XDG_CACHE_HOME={cache}", shlex.quote(str(self.path)), "run", shlex.quote(str(spec)), "--set", "input={in}", "--set",
                 "output={out}", "--state", "{state}", "--rejects", "{rejects}", "--report", "{report}", *options]
        return " ".join(words)

    def check(self, spec):
        return f"{shlex.quote(str(self.path))} check {shlex.quote(str(spec))}"

    @staticmethod
    def spec(name):
        return ROOT / "specs" / "programs" / name


def report(ran):
    """The run's report, or {}."""
    try:
        return json.loads((ran.folder / "report.json").read_text())
    except (OSError, ValueError):
        return {}


def stage_seconds(ran, stage):
    """Seconds of one stage: from the report, else from the lines that --timings prints; None when neither has it."""
    whole = report(ran)
    for name in STAGES:
        value = whole.get(name, {}).get(stage) if isinstance(whole.get(name), dict) else None
        if isinstance(value, dict):
            value = next((value[k] for k in ("cpu_seconds", "cpu", "seconds") if k in value), None)
        if isinstance(value, (int, float)):
            return float(value)
    m = re.search(rf"^\s*{re.escape(stage)}\s+([\d.]+)\s*(s|ms|us|µs)?\b", ran.log(), re.M)
    return float(m[1]) * {"ms": 1e-3, "us": 1e-6, "µs": 1e-6}.get(m[2], 1.0) if m else None
