#!/usr/bin/env python3
"""`limit` and `sample` of a `run`: which records are taken, and that nothing else counts; and rejects without a key that are run again.

partial_runs.py --migc PATH
"""
import json
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "partial" version "1.0.0" { edition = 2026 }
issue PA101 "no name" fix "look"
issue PA102 "twice" fix "look"
issue PA901 "differs" fix "look"
schema Row { id: int @key  name?: string?  group: int }
schema Out { id: int @key  name: string  group: int }
schema Child { id: int @key  parent?: int? }
source rows: Row from SOURCE
source again: Row from SOURCE
target outs: Out into TARGET
target children: Child into ndjson("children.ndjson") { write = replace }
map copies: rows as r -> outs as o { id = r.id  name = r.name ?? reject PA101  group = r.group }
map refers: again as r -> children as o {
  id     = r.id
  parent = target_of(copies, r.group)?.id ?? keep
  ignore r.name because "not needed"
}
DEDUPE
reconcile counts {
  expect count(read(copies)) == count(written(copies)) + count(merged(copies)) + count(rejected(copies)) else fail PA901
  expect sum(read(copies), r -> r.id) == sum(written(copies), o -> o.id) + sum(rejected(copies), x -> x.src?.id ?? 0) + MERGED else fail PA901
}
stage load {
  run copies, refers { SETTINGS }
  RECONCILE
}
'''
PLACES = '''migration "places" version "1.0.0" { edition = 2026 }
issue PA101 "no name" fix "look"
schema Row { id: int  name?: string?  group: int }
schema Out { id: int @key  name: string }
source rows: Row from ndjson("whole.ndjson")
target outs: Out into sqlite("places.db", table: "outs") { write = upsert(by: [id])  create = true }
map copies: rows as r -> outs as o { id = r.id  name = NAME  ignore r.group because "not needed" }
'''
SQLITE = 'sqlite("out.db", table: "outs") { write = upsert(by: [id])  create = true }'
NDJSON = 'ndjson("out.ndjson") { write = replace }'


def main():
    with program_in_folder("migc-partial-") as (_, folder, run):
        count = 6000
        rows = [{"id": i, "group": i % 700} | ({} if i % 50 == 7 else {"name": f"name {i} " + "x" * 60}) for i in range(count)]
        lines = [json.dumps(row) for row in rows]
        for broken in (11, 5900):
            lines[broken] = '{"id": 5, "group": "no number"'  # no record, so without a key
        (folder / "in.ndjson").write_text("\n".join(lines) + "\n")
        (folder / "whole.ndjson").write_text("".join(json.dumps(row) + "\n" for row in rows))
        with sqlite3.connect(folder / "in.db") as db:
            db.execute("create table t (id integer primary key, name text, \"group\" integer)")
            db.executemany("insert into t values (?, ?, ?)", [(row["id"], row.get("name"), row["group"]) for row in rows])

        def go(source, target, dedupe, settings, *words):
            text = SPEC.replace("SOURCE", source).replace("TARGET", target).replace("SETTINGS", settings)
            text = text.replace("DEDUPE", "dedupe outs by group { prefer id asc  warn PA102 }" if dedupe else "").replace(" + MERGED", "")
            text = text.replace("RECONCILE", "" if dedupe else "reconcile counts")
            (folder / "spec.mig").write_text(text)
            for name in ("out.ndjson", "out.db", "children.ndjson", "report.json"):
                (folder / name).unlink(missing_ok=True)
            done = run("run", "spec.mig", "--state", "state", "--new", "--report", "report.json", "--rejects", "rejects.ndjson", *words)
            expect(done.returncode == 0, f"{source} {target} {dedupe} {settings} {words}: exit {done.returncode}\n{done.stdout}{done.stderr}")
            report = json.loads((folder / "report.json").read_text()) if done.returncode == 0 else {}
            if "sqlite" in target:
                with sqlite3.connect(folder / "out.db") as db:
                    out = {row[0] for row in db.execute("select id from outs")}
            else:
                out = {json.loads(line)["id"] for line in (folder / "out.ndjson").read_text().splitlines()} if done.returncode == 0 else set()
            children = [json.loads(line) for line in (folder / "children.ndjson").read_text().splitlines()] if done.returncode == 0 else []
            return out, {row["id"]: row.get("parent") for row in children}, report

        def wanted(taken, dedupe, decodes):
            """What comes of the records in these places."""
            good = [rows[i] for i in taken if "name" in rows[i] and decodes(i)]
            if not dedupe:
                winners = {row["id"] for row in good}
                return winners, winners
            first = {}
            for row in good:
                first[row["group"]] = min(first.get(row["group"], row["id"]), row["id"])
            return set(first.values()), {row["id"] for row in good}

        combinations = [("interp", "1", "1"), ("jit", "2", "7"), ("jit", "2", "1000")]
        for source in ('ndjson("in.ndjson")', 'sqlite("in.db", table: "t")'):
            decodes = (lambda i: i not in (11, 5900)) if "ndjson" in source else (lambda i: True)
            for target in (NDJSON, SQLITE):
                for dedupe in (False, True):
                    for limit in (1, 40, 2500, 9000):
                        engine, workers, batch = combinations[limit % 3]
                        what = f"{source} {target} dedupe {dedupe} limit {limit}"
                        out, children, report = go(source, target, dedupe, f"limit = {limit}", "--engine", engine, "--workers", workers, "--batch", batch)
                        taken = range(min(limit, count))
                        written, known = wanted(taken, dedupe, decodes)
                        expect(out == written, f"{what}: {sorted(out ^ written)[:5]}")
                        expect(set(children) == {rows[i]["id"] for i in taken if decodes(i)}, f"{what}: children")
                        expect(all((parent is not None) == (rows[i]["group"] in known) for i, parent in children.items()), f"{what}: references see the same part")
                        if report:
                            expect(report["targets"][0]["read"] == min(limit, count), f"{what}: read {report['targets'][0]['read']}")
                    samples = []
                    for engine, workers, batch in combinations:
                        out, children, report = go(source, target, dedupe, "sample = 10%", "--engine", engine, "--workers", workers, "--batch", batch)
                        samples.append((out, children))
                        if report:
                            expect(450 < report["targets"][0]["read"] < 750, f"{source}: {report['targets'][0]['read']} of {count} are about a tenth")
                    expect(all(one == samples[0] for one in samples), f"{source} {target} {dedupe}: the same sample in every engine")
                    both, _, _ = go(source, target, False, "sample = 10%  limit = 3000", "--engine", "interp")
                    single, _, _ = go(source, target, False, "sample = 10%", "--engine", "interp")
                    expect(both == {i for i in single if i < 3000}, "both: a tenth of the first ones")
        for wrong in ("limit = 0", "limit = 10%", "sample = 0%", "sample = 101%", "sample = 5"):
            text = SPEC.replace("SOURCE", 'ndjson("in.ndjson")').replace("TARGET", NDJSON).replace("SETTINGS", wrong).replace("DEDUPE", "")
            (folder / "spec.mig").write_text(text.replace("RECONCILE", "").replace(" + MERGED", ""))
            done = run("plan", "spec.mig")
            expect(done.returncode == 2 and "E1006" in done.stdout + done.stderr, f"{wrong}: {done.stdout}{done.stderr}")

        # What a log names by place alone is found again by any number of workers: a source without a key, and a spec that was corrected.
        for workers in ("1", "2"):
            def go_again(name, *words):
                (folder / "spec.mig").write_text(PLACES.replace("NAME", name))
                return run("run", "spec.mig", "--state", "places", "--workers", workers, "--memory", "64MiB", "--engine", "interp", *words)
            (folder / "places.db").unlink(missing_ok=True)
            done = go_again("r.name ?? reject PA101", "--new", "--rejects", "rejects.ndjson")
            expect(done.returncode == 0, f"{workers} workers: exit {done.returncode}\n{done.stdout}{done.stderr}")
            done = go_again('r.name ?? f"nobody {r.id}"', "--only-rejected", "rejects.ndjson")
            expect(done.returncode == 0, f"{workers} workers, again: exit {done.returncode}\n{done.stdout}{done.stderr}")
            with sqlite3.connect(folder / "places.db") as db:
                found = dict(db.execute("select id, name from outs"))
            expect(found == {row["id"]: row.get("name", f"nobody {row['id']}") for row in rows}, f"{workers} workers: {len(found)} of {count}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
