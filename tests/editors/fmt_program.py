#!/usr/bin/env python3
"""migc fmt as a program: files in place, --check, standard input, syntax errors, permissions, links.

fmt_program.py --migc PATH
"""
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

UGLY = 'migration "m" version "1.0.0" { edition = 2026 }   \n\n\n\nparam   a:int=1 // why\n'
NEAT = 'migration "m" version "1.0.0" { edition = 2026 }\n\nparam a: int = 1  // why\n'
BROKEN = 'migration "m" version "1.0.0" { edition = 2026 }\nparam a: int = = 1\n'


def main():
    with program_in_folder("migc-fmt-") as (migc, folder, run):

        def fmt(*words, text=None):
            return run("fmt", *words, input=text)

        ugly, broken, neat, link = folder / "ugly.mig", folder / "broken.mig", folder / "neat.mig", folder / "link.mig"
        ugly.write_text(UGLY)
        os.chmod(ugly, 0o640)
        broken.write_text(BROKEN)
        neat.write_text(NEAT)
        link.symlink_to(ugly)
        done = fmt("--check", "ugly.mig", "neat.mig")
        expect(done.returncode == 1 and "ugly.mig" in done.stdout and "neat.mig" not in done.stdout, "--check names what differs")
        expect(ugly.read_text() == UGLY, "--check writes nothing")
        done = fmt("neat.mig", "link.mig", "broken.mig")
        expect(done.returncode == 1 and "E0001" in done.stderr or "E0002" in done.stderr, "a syntax error is a finding")
        expect(broken.read_text() == BROKEN, "a file with a syntax error stays as it is")
        expect(ugly.read_text() == NEAT, "the file is formatted through its link")
        expect(link.is_symlink() and ugly.stat().st_mode & 0o777 == 0o640, "link and permissions stay")
        inode = ugly.stat().st_ino
        expect(fmt("ugly.mig").returncode == 0 and fmt("--check", "ugly.mig").returncode == 0, "once is enough")
        expect(ugly.stat().st_ino == inode, "a formatted file is not written again")
        expect(sorted(p.name for p in folder.iterdir()) == ["broken.mig", "link.mig", "neat.mig", "ugly.mig"], "nothing is left beside the files")
        done = fmt("-", text=UGLY)
        expect(done.returncode == 0 and done.stdout == NEAT, "standard input")
        expect(fmt("--check", "-", text=UGLY).returncode == 1 and fmt("--check", "-", text=NEAT).returncode == 0, "--check of standard input")
        done = fmt("-", text=BROKEN)
        expect(done.returncode == 1 and done.stdout == "" and "<stdin>:2" in done.stderr, "a syntax error of standard input")
        expect(fmt("none.mig").returncode == 2 and fmt().returncode == 2, "usage errors are 2")
    return verdict()


if __name__ == "__main__":
    sys.exit(main())
