#!/usr/bin/env python3
"""`when` and `emit` inside `emit`, over random nested records against Python: which rows there are, in which order, and what rejects a record.

emitted_rows.py --migc PATH
"""
import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, verdict  # noqa: E402

SPEC = '''migration "emitted-rows" version "1.0.0" { edition = 2026 }
issue ER101 "no article" fix "look"
issue ER102 "a part without weight" fix "look"
issue ER103 "too many" fix "look"
issue ER201 "free" fix "look"
schema Order { id: int @key  lines?: list<{ article?: string, count: int, gift: bool, parts?: list<{ name: string, weight?: int }>? }>? }
schema Head { id: int @key }
schema Line { key: string  kind: string  count: int  note?: string }
schema Part { key: string  name: string  heavy: bool }
schema Log { text: string }
source orders: Order from ndjson("orders.ndjson")
target heads: Head into ndjson("heads.ndjson") { write = replace }
target lines: Line into ndjson("lines.ndjson") { write = replace }
target parts: Part into csv("parts.csv") { write = replace }
target log: Log into csv("log.csv") { write = replace }
map order_map: orders as o -> heads as h {
  id = o.id
  emit lines for l in o.lines ?? [] {
    let article = l.article ?? reject ER101
    key = f"{o.id}-{article}"
    when l.gift {
      kind = "gift"
      note = "for you"
      warn ER201 when l.count > 1
    } else {
      kind = "sale"
      note = keep
    }
    when l.count > 5 {
      require l.count < 9 else reject ER103
    }
    when l.count == 0 {
      count = 1
      emit log { text = f"{article} had none" }
    } else {
      count = l.count
      when l.count == 3 {
        emit lines { key = f"{o.id}-extra"  kind = "extra"  count = 0 }
        emit log { text = "three" }
      }
    }
    emit parts for p in l.parts ?? [] {
      let weight = p.weight ?? reject ER102
      key = f"{article}/{p.name}"
      name = p.name
      heavy = weight > 10
      emit log { text = f"part {p.name}" }
    }
    emit log { text = f"end of {article}" }
  }
  emit log { text = f"order {o.id}" }
}
'''

def expected(orders):
    heads, lines, parts, log, rejected = [], [], [], [], 0
    for order in orders:
        own_lines, own_parts, own_log, bad = [], [], [], False
        for line in order.get("lines") or []:
            article = line.get("article")
            if article is None:
                bad = True
                continue
            row = {"key": f"{order['id']}-{article}", "kind": "gift" if line["gift"] else "sale"}
            bad |= line["count"] > 5 and not line["count"] < 9
            row["count"] = line["count"] or 1
            if line["gift"]:
                row["note"] = "for you"
            own_lines.append(row)
            if line["count"] == 0:
                own_log.append(f"{article} had none")
            elif line["count"] == 3:
                own_lines.append({"key": f"{order['id']}-extra", "kind": "extra", "count": 0})
                own_log.append("three")
            for part in line.get("parts") or []:
                if part.get("weight") is None:
                    bad = True
                    continue
                own_parts.append((f"{article}/{part['name']}", part["name"], "true" if part["weight"] > 10 else "false"))
                own_log.append(f"part {part['name']}")
            own_log.append(f"end of {article}")
        own_log.append(f"order {order['id']}")
        if bad:
            rejected += 1
            continue
        heads.append({"id": order["id"]})
        lines += own_lines
        parts += own_parts
        log += own_log
    return heads, lines, parts, log, rejected


def make(rng, count):
    def part():
        return {"name": f"p{rng.randrange(50)}", **({"weight": rng.randrange(20)} if rng.random() < 0.98 else {})}

    def line():
        row = {"count": rng.choice([0, 1, 2, 3, 4, 6, 7, 8] if rng.random() < 0.98 else [9]), "gift": rng.random() < 0.3}
        if rng.random() < 0.98:
            row["article"] = f"a{rng.randrange(100)}"
        if rng.random() < 0.6:
            row["parts"] = [part() for _ in range(rng.randrange(4))]
        return row

    return [{"id": i, **({"lines": [line() for _ in range(rng.randrange(5))]} if rng.random() < 0.9 else {})} for i in range(count)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = str(Path(parser.parse_args().migc).resolve())
    orders = make(random.Random(4), 3000)
    wanted = expected(orders)
    expect(wanted[4] > 100 and len(wanted[2]) > 100, "the data reject some and keep some")
    for engine, batch, workers in (("interp", None, "1"), ("interp", "1", "2"), ("jit0", "7", "2"), ("jit", "1", "1"), ("jit", None, "2")):
        with tempfile.TemporaryDirectory(prefix="migc-emitted-") as name:
            folder = Path(name)
            (folder / "spec.mig").write_text(SPEC)
            (folder / "orders.ndjson").write_text("".join(json.dumps(order) + "\n" for order in orders))
            done = subprocess.run([migc, "run", "spec.mig", "--engine", engine, "--workers", workers, "--report", "report.json", "--quiet",
                                   *(["--batch", batch] if batch else [])], cwd=folder, capture_output=True, text=True, timeout=300,
                                  env=dict(os.environ, XDG_CACHE_HOME=str(folder / "cache")))
            what = f"{engine}, batch {batch}, {workers} workers"
            expect(done.returncode == 0, f"{what}: exit {done.returncode}\n{done.stderr}")
            if done.returncode != 0:
                continue
            heads = [json.loads(line) for line in (folder / "heads.ndjson").read_text().splitlines()]
            lines = [json.loads(line) for line in (folder / "lines.ndjson").read_text().splitlines()]
            with open(folder / "parts.csv", newline="") as file:
                parts = [tuple(row) for row in list(csv.reader(file))[1:]]
            with open(folder / "log.csv", newline="") as file:
                log = [row[0] for row in list(csv.reader(file))[1:]]
            for title, found, want in zip(("heads", "lines", "parts", "log"), (heads, lines, parts, log), wanted):
                wrong = [pair for pair in zip(found, want) if pair[0] != pair[1]][:2]
                expect(found == want, f"{what}: {title}: {len(found)} rows, {len(want)} expected: {wrong}")
            report = json.loads((folder / "report.json").read_text())
            targets = {target["name"]: target for target in report["targets"]}
            expect(targets["heads"]["rejected"] == wanted[4], f"{what}: {targets['heads']}")
    with tempfile.TemporaryDirectory(prefix="migc-emitted-") as name:
        many = "".join(f"when l.count == {i} {{ note = \"{i}\" }} else {{ note = keep }}\n" if i == 0 else f"when l.count == {i} {{ emit log {{ text = \"{i}\" }} }}\n"
                       for i in range(7))
        text = SPEC[:SPEC.index("    when l.gift {")] + "kind = \"k\"  count = 1\n" + many + "  }\n}\n"
        Path(name, "spec.mig").write_text(text)
        done = subprocess.run([migc, "plan", "spec.mig"], cwd=name, capture_output=True, text=True, timeout=60)
        expect(done.returncode == 2 and "more than six `when` in one `emit`" in done.stderr, f"a limit: {done.returncode}\n{done.stderr}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
