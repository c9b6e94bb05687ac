"""The frame of tests that run migc in a folder of their own and say what is not as expected.

    def main():
        with program_in_folder("migc-fix-") as (migc, folder, run):
            expect(run("check", "a.mig").returncode == 0, "a good spec checks")
        return verdict()
"""
import argparse
import contextlib
import subprocess
import tempfile
from pathlib import Path

failures = []


def expect(condition, what):
    if not condition:
        failures.append(what)
        print("FAIL " + what)


def verdict():
    """The exit code of the test."""
    print(f"{len(failures)} failures")
    return 1 if failures else 0


@contextlib.contextmanager
def program_in_folder(prefix, needs_faults=False):
    """Reads --migc (and --faults, the program with deliberate defects, which then comes fourth); gives the program's path, an empty folder, and a function that runs the program there with its output kept as text."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    if needs_faults:
        parser.add_argument("--faults", required=True)
    arguments = parser.parse_args()
    migc = str(Path(arguments.migc).resolve())
    with tempfile.TemporaryDirectory(prefix=prefix) as folder:

        def run(*words, **more):
            return subprocess.run([migc, *words], capture_output=True, text=True, timeout=120, cwd=folder, **more)

        given = (migc, Path(folder), run)
        yield (*given, str(Path(arguments.faults).resolve())) if needs_faults else given
