#!/usr/bin/env python3
"""Inputs that mean harm or are broken: each record of them is refused, or the run stops with a clear error, and memory stays bounded.

hostile_inputs.py --migc PATH [--only NAME] [--gigabytes 1]
Peak memory is what the system says of the process (ru_maxrss).
"""
import argparse
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = '''migration "hostile" version "1.0.0" { edition = 2026 }
param input: string = "in.FORMAT"
schema Row { id: string @key  TEXT }
schema Out { id: string @key  text?: string }
source rows: Row from FORMAT(param.input)
target out: Out into ndjson("out.ndjson") { write = replace }
map rows_out: rows as r -> out as o {
  id = r.id
  text = r.text ?? keep
}
'''
GROWTH = '''migration "growth" version "1.0.0" { edition = 2026 }
schema Row { id: string @key  parts: list<string> }
schema Out { id: string @key  text: string }
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map rows_out: rows as r -> out as o {
  id = r.id
  text = r.parts |> map(p -> pad_start(p, 10000, "-")) |> join(",") |> truncate(20)
}
'''
LISTS = '''migration "lists" version "1.0.0" { edition = 2026 }
schema Row { id: string @key  numbers: list<int> }
schema Out { id: string @key  count: int }
source rows: Row from ndjson("in.ndjson")
target out: Out into ndjson("out.ndjson") { write = replace }
map rows_out: rows as r -> out as o { id = r.id  count = count(r.numbers) }
'''
MEMORY = 256 << 20   # what --memory promises, by default
ALLOWANCE = 96 << 20  # the program itself, LLVM, SQLite


class Folder:
    def __init__(self, migc, keep=False):
        self.migc = migc
        self.path = Path(tempfile.mkdtemp(prefix="migc-hostile-"))

    def spec(self, text):
        (self.path / "a.mig").write_text(text)

    def run(self, *more, expect=0):
        """The report. `peak`: bytes."""
        command = [self.migc, "run", "a.mig", "--quiet", "--rejects", "rejects.ndjson", "--report", "report.json", *more]
        errors = self.path / "stderr"
        with errors.open("wb") as err:
            process = subprocess.Popen(command, cwd=self.path, stdout=subprocess.DEVNULL, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.stderr = errors.read_text(errors="replace")
        self.peak = usage.ru_maxrss * 1024
        if process.returncode != expect:
            raise AssertionError(f"{' '.join(more)}: exit {process.returncode} instead of {expect}: {self.stderr.strip()[-600:]}")
        report = self.path / "report.json"
        return json.loads(report.read_text()) if report.exists() else {}

    def bounded(self):
        if self.peak > MEMORY + ALLOWANCE:
            raise AssertionError(f"took {self.peak >> 20} MiB")

    def rejects(self):
        return [json.loads(line) for line in (self.path / "rejects.ndjson").read_text().splitlines()]

    def output(self):
        return [json.loads(line) for line in (self.path / "out.ndjson").read_text().splitlines()]

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)


def equal(have, want, what):
    if have != want:
        raise AssertionError(f"{what}: {str(have)[:300]} instead of {str(want)[:300]}")


def write_long(path, before, filler, size, after):
    with path.open("wb") as out:
        out.write(before)
        block = filler * ((1 << 20) // len(filler))
        for _ in range(size // len(block)):
            out.write(block)
        out.write(after)


def json_spec():
    return SPEC.replace("FORMAT", "ndjson").replace("TEXT", "text?: string")


def csv_spec():
    return SPEC.replace("FORMAT", "csv").replace("TEXT", "text: string?")


def one_long_line(f, size):
    f.spec(json_spec())
    write_long(f.path / "in.ndjson", b'{"id":"a","text":"x"}\n{"id":"b","text":"', b"y", size, b'"}\n{"id":"c","text":"z"}\n')
    report = f.run()
    equal([r["id"] for r in f.output()], ["a", "c"], "output")
    equal([(r["line"], r["code"]) for r in f.rejects()], [(2, "MIG002")], "rejects")
    equal(report["read"], 3, "read")
    f.bounded()


def one_line_without_end(f, size):
    f.spec(json_spec())
    write_long(f.path / "in.ndjson", b'{"id":"a"}\n{"id":"b","text":"', b"y", size, b"")
    f.run()
    equal([(r["line"], r["code"]) for r in f.rejects()], [(2, "MIG002")], "rejects")
    f.bounded()


def one_long_cell(f, size):
    f.spec(csv_spec())
    write_long(f.path / "in.csv", b"id,text\na,x\nb,", b"y", size, b"\nc,z\n")
    f.run()
    equal([r["id"] for r in f.output()], ["a", "c"], "output")
    equal([(r["line"], r["code"]) for r in f.rejects()], [(3, "MIG002")], "rejects")
    f.bounded()


def quote_never_closed(f, size):
    """The record with the open quote is its line; what follows it is read again as records."""
    f.spec(csv_spec())
    write_long(f.path / "in.csv", b'id,text\na,x\nb,"', b"y" * ((1 << 20) - 1) + b"\n", size, b"c,z\n")
    report = f.run()
    equal(f.output()[0]["id"], "a", "output")
    equal((f.rejects()[0]["line"], f.rejects()[0]["code"]), (3, "MIG002"), "first reject")
    equal(report["read"], report["written"] + report["rejected"], "conservation")
    f.bounded()


def zero_bytes(f, _):
    f.spec(json_spec())
    (f.path / "in.ndjson").write_bytes(b'{"id":"a","text":"x\0y"}\n\0\0\0\n{"id":"b","text":"x\\u0000y"}\n{"id":"c"}\n')
    f.run()
    equal(f.output(), [{"id": "b", "text": "x\0y"}, {"id": "c"}], "output")
    equal([(r["line"], r["code"]) for r in f.rejects()], [(1, "MIG002"), (2, "MIG002")], "rejects")
    f.spec(csv_spec())
    (f.path / "in.csv").write_bytes(b"id,text\na,x\0y\n\0\0\0\nc,z\n")
    f.run("--new")
    equal(f.output(), [{"id": "c", "text": "z"}], "output")
    equal([(r["line"], r["code"]) for r in f.rejects()], [(2, "MIG002"), (3, "MIG002")], "rejects")


def gigabyte_of_zeros(f, size):
    """A file that was made large and never written."""
    for spec, name, head in ((json_spec(), "in.ndjson", b'{"id":"a"}\n'), (csv_spec(), "in.csv", b"id,text\na,x\n")):
        f.spec(spec)
        (f.path / name).write_bytes(head)
        os.truncate(f.path / name, size)
        f.run("--new")
        equal([r["id"] for r in f.output()], ["a"], "output")
        equal(len(f.rejects()), 1, "rejects")
        f.bounded()


def cut_off(f, _):
    text = "".join(json.dumps({"id": f"r{i}", "text": random.Random(i).randbytes(40).hex()}) + "\n" for i in range(20000)).encode()
    zstd = shutil.which("zstd")
    whole = {"in.ndjson.gz": gzip.compress(text)}
    if zstd is not None:
        whole["in.ndjson.zst"] = subprocess.run([zstd, "-q", "-c"], input=text, stdout=subprocess.PIPE, check=True).stdout
    f.spec(json_spec())
    for name, packed in whole.items():
        for kept in (0, 5, len(packed) // 2, len(packed) - 1):
            (f.path / name).write_bytes(packed[:kept])
            f.run("--new", "--set", f"input={f.path / name}", expect=2)
            if name not in f.stderr or (kept > 5 and "byte" not in f.stderr):
                raise AssertionError(f"{kept} bytes of {name}: the error does not say where: {f.stderr}")
            if (f.path / "out.ndjson").exists():
                raise AssertionError("a cut-off input was published")
        (f.path / name).write_bytes(packed)
        report = f.run("--new", "--set", f"input={f.path / name}")
        equal(report["written"], 20000, "written")
        (f.path / "out.ndjson").unlink()


def stopped_run(f, source):
    """A run of `source` that its budget stops behind the first records."""
    f.spec(json_spec() + "stage load { run rows_out { max_rejected = 1 } }\n")
    lines = [json.dumps({"id": f"r{i}"}) for i in range(200000)]
    lines[150000] = lines[150001] = "{"
    source.write_text("\n".join(lines) + "\n")


def changed_directory(f, _):
    folder = f.path / "in"
    folder.mkdir()
    stopped_run(f, folder / "1.ndjson")
    f.run("--set", f"input={folder}/*.ndjson", expect=3)
    (folder / "2.ndjson").write_text('{"id":"new"}\n')
    f.run("--set", f"input={folder}/*.ndjson", expect=5)
    if "changed" not in f.stderr:
        raise AssertionError(f"no reason: {f.stderr}")
    (folder / "2.ndjson").unlink()
    f.run("--set", f"input={folder}/*.ndjson", expect=3)


def changed_file(f, _):
    source = f.path / "in.ndjson"
    stopped_run(f, source)
    text, times = source.read_bytes(), source.stat()
    f.run(expect=3)
    changes = {"shrank": text[:-1000], "grew": text + b'{"id":"late"}\n', "other bytes": text.replace(b'"r5"', b'"R5"')}
    for name, content in changes.items():
        source.write_bytes(content)
        f.run(expect=5)
        if "changed" not in f.stderr:
            raise AssertionError(f"{name}: no reason: {f.stderr}")
    # The same size and time, but other bytes in what was read already.
    source.write_bytes(changes["other bytes"])
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    f.run(expect=5)
    source.write_bytes(text)
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    f.run(expect=3)


def record_that_grows(f, _):
    """One record whose map would build half a gigabyte, among others that are well."""
    f.spec(GROWTH)
    with (f.path / "in.ndjson").open("w") as out:
        for i in range(3000):
            out.write(json.dumps({"id": f"r{i}", "parts": ["a"] * (50000 if i in (7, 8, 1500) else 3)}) + "\n")
    bad = [(8, "MIG002"), (9, "MIG002"), (1501, "MIG002")]
    outputs = []
    for engine in ("interp", "jit"):
        for batch in ("1", "100", "1000"):
            report = f.run("--new", "--engine", engine, "--batch", batch)
            equal([(r["line"], r["code"]) for r in f.rejects()], bad, f"rejects of {engine} in batches of {batch}")
            equal(["MiB" in (r.get("cause") or "") for r in f.rejects()], [True] * 3, "the cause names the limit")
            equal(report["written"], 2997, "written")
            f.bounded()
            outputs.append((f.path / "out.ndjson").read_bytes())
    equal(len(set(outputs)), 1, "outputs")


def record_of_many_values(f, _):
    f.spec(LISTS)
    long = 7_900_000
    with (f.path / "in.ndjson").open("w") as out:
        for i in range(300):
            numbers = "1," * (long if i in (3, 4, 200) else 1000)
            out.write(f'{{"id":"r{i}","numbers":[{numbers}1]}}\n')
    for engine in ("interp", "jit"):
        f.run("--new", "--engine", engine)
        equal([(r["line"], r["code"]) for r in f.rejects()], [(4, "MIG002"), (5, "MIG002"), (201, "MIG002")], "rejects")
        equal(len(f.output()), 297, "output")
        f.bounded()


CASES = [one_long_line, one_line_without_end, one_long_cell, quote_never_closed, zero_bytes, gigabyte_of_zeros, cut_off, changed_directory, changed_file,
         record_that_grows, record_of_many_values]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--migc", required=True)
    p.add_argument("--only", default="")
    p.add_argument("--gigabytes", type=float, default=1)
    a = p.parse_args()
    failed = 0
    for case in CASES:
        if a.only not in case.__name__:
            continue
        f = Folder(str(Path(a.migc).resolve()))
        try:
            case(f, int(a.gigabytes * (1 << 30)))
            print(f"ok   {case.__name__}: at most {f.peak >> 20} MiB in the last run", flush=True)
        except (AssertionError, OSError, ValueError, KeyError, IndexError, subprocess.SubprocessError) as why:
            print(f"FAIL {case.__name__}: {type(why).__name__} {why}", flush=True)
            failed += 1
        finally:
            f.close()
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
