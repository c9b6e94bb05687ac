"""Inputs, builds and reference results, made once and kept in the data folder; their names hold a digest of what made them."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FLAGS = {"launch": ["-O2"], "csv_scan": ["-O3", "-march=x86-64-v3"], "sqlite_insert": ["-O2"], "generate": ["-O2"]}
LIBRARIES = {"sqlite_insert": ["-lsqlite3"]}
HAND_FLAGS = ["-O3", "-march=x86-64-v3"]  # as the hand-written programs' own bench builds them


def digest(*parts):
    h = hashlib.sha256()
    for part in parts:
        h.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
    return h.hexdigest()[:10]


class Inputs:
    def __init__(self, data, perf, say):
        self.data, self.perf, self.say = data, perf, say

    def build(self, source):
        """The program of one C++ file."""
        flags = FLAGS.get(source.stem, HAND_FLAGS)
        headers = sorted(source.parent.glob("*.h*"))
        binary = self.data / "bin" / f"{source.stem}-{digest(source, *headers, flags)}"
        if not binary.exists():
            binary.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["g++", "-std=c++20", *flags, source, "-o", f"{binary}.new", "-pthread", *LIBRARIES.get(source.stem, [])],
                           check=True)
            os.rename(f"{binary}.new", binary)
        return binary

    def yardstick(self, name):
        return self.build(HERE / "yardsticks" / f"{name}.cpp")

    def hand(self, fmt):
        """The hand-written program of the contacts workload in one format; called with IN OUT REJECTS."""
        return self.build(self.perf / "hand" / f"contacts_{fmt}.cpp")

    def rows(self, workload, fmt, rows, **options):
        """A generated input file; options are those of generate.cpp."""
        source = self.perf / "generate.cpp"
        words = ["--workload", workload, "--format", fmt, "--rows", str(rows)]
        folder = self.data
        if workload == "contacts":  # under the names that the perf folder's bench gives, so that both use one file and one reference
            folder = self.data / "perf"
            options = {"seed": 20251025, "duplicates": 0.02, "dirty": 0.02} | {name: float(value) for name, value in options.items()}
        for name, value in options.items():
            words += [f"--{name}", str(value)]
        path = folder / "input" / f"{workload}-{rows}-{digest(source, words)}.{fmt}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(f"{path}.new", "wb") as f:
                subprocess.run([self.build(source), *words], stdout=f, check=True)
            os.rename(f"{path}.new", path)
        return path

    def head(self, path, lines):
        """The first lines of a file, as a file."""
        to = path.with_name(f"{path.stem}-first-{lines}{path.suffix}")
        with open(path, "rb") as f:
            to.write_bytes(b"".join(f.readline() for _ in range(lines)))
        return to

    def reference(self, script, source, *options):
        """Folder with out.*, rejects.ndjson and counts.json of a reference program for one input, in the folder of that input's data."""
        contacts = script.stem == "reference_contacts"
        suffix = ".ndjson" if contacts else ".csv"
        made_by = digest(script) if contacts else digest(script, options)  # contacts: as the perf folder's bench names it
        folder = source.parent.parent / "reference" / f"{source.stem}{source.suffix.replace('.', '-')}-{made_by}"
        if not folder.exists():
            self.say(f"  reference for {source.name}")
            new = Path(f"{folder}.new")
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir(parents=True)
            subprocess.run([sys.executable, script, *options, source, new / f"out{suffix}", new / "rejects.ndjson", new / "counts.json"],
                           check=True, stdout=subprocess.DEVNULL)
            os.rename(new, folder)
        return folder

    def contacts_reference(self, source):
        return self.reference(self.perf / "reference_contacts.py", source)

    def rows_reference(self, workload, source, *options):
        return self.reference(HERE / "reference" / f"reference_{workload}.py", source, *options)

    def spec(self, kind, *numbers):
        """A generated file of make_specs.py: a spec, its rows or its expected result."""
        script = HERE / "make_specs.py"
        suffix = ".csv" if kind in ("rows", "expected") else ".mig"
        path = self.data / "specs" / f"{kind}-{'-'.join(map(str, numbers))}-{digest(script)}{suffix}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(subprocess.run([sys.executable, script, kind, *map(str, numbers)], check=True, stdout=subprocess.PIPE).stdout)
        return path


def compare_contacts(perf, reference, table=None):
    """A check for Program.check: the perf folder's own comparison, records and rejects."""
    def check(ran):
        result = f"{ran.out}:{table}" if table else str(ran.out)
        return run_compare([perf / "compare.py", reference / "out.ndjson", result], reference, ran)
    return check


def compare_rows(reference, ordered=False, with_rejects=True):
    def check(ran):
        words = [HERE / "reference" / "compare_rows.py", reference / "out.csv", ran.out] + (["--ordered"] if ordered else [])
        return run_compare(words, reference, ran, with_rejects)
    return check


def told_rejects(path):
    """Digest of what the comparisons look at in a file of rejects: line and code of each."""
    h = hashlib.blake2b()
    with open(path, "rb") as f:
        for line in f:
            record = json.loads(line)
            h.update(f"{record.get('line')} {record.get('code')}\n".encode())
    return h.hexdigest()


def told_result(path):
    """Digest of a result: of the file's bytes, or of the tables of a SQLite file."""
    h = hashlib.blake2b()
    if path.suffix == ".sqlite":
        db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name"):
            for row in db.execute(f'SELECT * FROM "{name}"'):
                h.update(repr(row).encode())
        db.close()
    else:
        with open(path, "rb") as f:
            while part := f.read(1 << 20):
                h.update(part)
    return h.hexdigest()


def run_compare(words, reference, ran, with_rejects=True):
    """"" or what differs. The same result, compared before with the same reference by the same program, is not compared again."""
    if reference is None or not ran.out.exists():
        return compare(words, reference, ran, with_rejects)
    rejects = ran.folder / "rejects.ndjson"
    facts = [words[0], HERE / "inputs.py", reference.name, [str(w) for w in words[3:]], told_result(ran.out),
             told_rejects(rejects) if with_rejects and rejects.exists() else ""]
    seal = reference.parent / "compared" / digest(*facts)
    if seal.exists():
        return ""
    why = compare(words, reference, ran, with_rejects)
    if not why:
        seal.parent.mkdir(exist_ok=True)
        seal.touch()
    return why


def compare(words, reference, ran, with_rejects):
    rejects = ran.folder / "rejects.ndjson"
    if with_rejects:
        if not rejects.exists():  # a program without rejects need not make the file
            rejects.touch()
        words = [*words, "--rejects", reference / "rejects.ndjson", rejects]
    done = subprocess.run([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout or "comparison failed" if done.returncode else ""
