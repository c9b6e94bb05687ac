#!/usr/bin/env python3
"""The pre-commit hook in a repository of its own: what is staged decides.

git_hook.py --migc PATH
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

HOOK = Path(__file__).resolve().parent.parent.parent / "tools/editors/git/pre-commit"
GOOD = 'migration "m" version "1.0.0" { edition = 2026 }\n\nparam a: int = 1\n'


def main():
    with program_in_folder("migc-hook-") as (migc, folder, _):
        environment = {**os.environ, "MIGC": migc, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@b.example",
                       "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@b.example"}
        for variable in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
            environment.pop(variable, None)

        def git(*words):
            return subprocess.run(["git", *words], cwd=folder, env=environment, capture_output=True, text=True, timeout=60)

        git("init", "-q")
        shutil.copy(HOOK, folder / ".git/hooks/pre-commit")
        spec = folder / "specs, a" / "a.mig"
        spec.parent.mkdir()

        def commit(text):
            spec.write_text(text)
            git("add", "-A")
            return git("commit", "-qm", "change")

        done = commit(GOOD)
        expect(done.returncode == 0, "a good spec is committed: " + done.stderr)
        done = commit(GOOD.replace("param a: int", "param   a:int"))
        expect(done.returncode != 0 and "not formatted" in done.stdout + done.stderr, "an unformatted spec is refused")
        done = commit(GOOD.replace("int = 1", "intt = 1"))
        expect(done.returncode != 0 and "E0101" in done.stdout + done.stderr, "a spec that does not check is refused")
        spec.write_text(GOOD + "\nparam b: int = 2\n")
        git("add", "-A")
        spec.write_text("broken in the work tree only")
        expect(git("commit", "-qm", "staged").returncode == 0, "what is staged decides")
        (folder / "other.txt").write_text("x")
        git("add", "other.txt")
        expect(git("commit", "-qm", "no spec").returncode == 0, "a commit without specs is none of its business")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
