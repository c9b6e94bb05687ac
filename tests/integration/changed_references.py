#!/usr/bin/env python3
"""A run that stopped is not continued when its references lead elsewhere now, which the maps' own programs do not show.

changed_references.py --migc PATH
"""
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "harness"))
from program_in_folder import expect, program_in_folder, verdict  # noqa: E402

SPEC = '''migration "changed" version "1.0.0" { edition = 2026 }
issue CH101 "no such parent" fix "look"
schema Row { id: int @key  parent: int }
schema Out { id: string @key }
schema Child { id: string @key  parent: string  other?: string?  known: bool }
source left_rows: Row from ndjson("left.ndjson")
source right_rows: Row from ndjson("right.ndjson")
source child_rows: Row from ndjson("children.ndjson")
target lefts: Out into sqlite("out.db", table: "lefts") { write = upsert(by: [id])  create = true }
target rights: Out into sqlite("out.db", table: "rights") { write = upsert(by: [id])  create = true }
target children: Child into ndjson("children_out.ndjson") { write = replace }
map left_map: left_rows as r -> lefts as o { id = f"l{r.id}"  ignore r.parent because "none" }
map right_map: right_rows as r -> rights as o { id = f"r{r.id}"  ignore r.parent because "none" }
map child_map: child_rows as r -> children as o {
  id     = f"c{r.id}"
  parent = ref(FIRST, r.parent) catch reject CH101
  other  = target_of(SECOND, r.parent)?.id
  known  = exists_in(EXISTS, "l1")
}
stage load {
  run left_map { max_rejected = 0 }
  run right_map
  run child_map
}
'''


def main():
    with program_in_folder("migc-changed-references-") as (_, folder, run):
        for name in ("left", "right"):
            (folder / f"{name}.ndjson").write_text("".join(json.dumps({"id": i, "parent": 0}) + "\n" for i in range(3)))
        (folder / "children.ndjson").write_text("".join(json.dumps({"id": i, "parent": i}) + "\n" for i in range(5)))
        same = ("left_map", "right_map", "lefts")
        changes = {"other maps": ("right_map", "left_map", "lefts"), "another target": ("left_map", "right_map", "rights")}

        def go(first, second, exists, *more):
            (folder / "spec.mig").write_text(SPEC.replace("FIRST", first).replace("SECOND", second).replace("EXISTS", exists))
            return run("run", "spec.mig", "--state", "state", "--rejects", "rejects.ndjson", "--engine", "interp", *more)

        stopped = go(*same)
        expect(stopped.returncode == 3, f"the budget stops the run: {stopped.returncode}\n{stopped.stderr}")
        for what, change in changes.items():
            done = go(*change)
            expect(done.returncode == 2, f"{what}: exit {done.returncode}\n{done.stdout}{done.stderr}")
            expect("another version of the spec" in done.stderr, f"{what}: {done.stderr}")
        again = go(*same)
        expect(again.returncode == 3, f"the same spec goes on, to the same budget: {again.returncode}\n{again.stderr}")
        accepted = go(*changes["another target"], "--accept-changed-spec")
        expect(accepted.returncode == 3, f"accepted, so it goes on to the same budget: {accepted.returncode}\n{accepted.stderr}")
    return verdict()


if __name__ == "__main__":
    raise SystemExit(main())
