#!/usr/bin/env python3
"""Checks every #include against the house's one-way doors; prints each one that goes the wrong way and exits 1.

include_directions.py ROOT
An include goes to a lower floor, or stays in its room. From the compiler's column to the runtime's only into plan, records, types, base
and stdlib (the planner also into connectors' traits); never from the runtime's column to the compiler's; no connector includes another.
"""
import re
import sys
from pathlib import Path

FLOORS = {
    "compiler/base": 0, "runtime/base": 0, "runtime/types": 0,
    "compiler/syntax": 1, "compiler/schemas": 1, "runtime/records": 1, "runtime/live_schema": 1,
    "compiler/sema": 2, "compiler/rules": 2, "compiler/format": 2, "runtime/formats": 2, "runtime/plan": 2, "stdlib": 2,
    "compiler/ir": 3, "compiler/review": 3, "runtime/connectors": 3, "runtime/state": 3, "runtime/rejects": 3, "runtime/audit": 3,
    "compiler/planner": 4, "compiler/interp": 4, "compiler/codegen": 4, "runtime/reconcile": 4, "runtime/profile": 4,
    "compiler/driver": 5, "runtime/engine": 5, "runtime/workflow": 5, "runtime/service": 5,
    "compiler/language_server": 6,
    "tools": 7,
}
# Rooms of one floor that may be seen by others of it: contracts that both columns stand on.
SAME_FLOOR = {("runtime/types", "runtime/base"), ("compiler/rules", "compiler/sema"), ("compiler/planner", "compiler/interp"),
              ("runtime/formats", "runtime/plan"), ("runtime/rejects", "runtime/state"), ("runtime/rejects", "runtime/connectors"),
              ("runtime/connectors", "runtime/state"), ("compiler/sema", "stdlib"), ("compiler/rules", "stdlib"),
              ("stdlib", "runtime/formats"), ("compiler/sema", "runtime/plan"), ("compiler/rules", "runtime/plan")}
OPEN_TO_COMPILER = {"runtime/plan", "runtime/records", "runtime/types", "runtime/base", "stdlib"}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def room_of(path):
    parts = path.split("/")
    if parts[0] in ("stdlib", "tools"):
        return parts[0]
    room = "/".join(parts[:2])
    return room if room in FLOORS else None


def connector_of(path):
    parts = path.split("/")
    return parts[2] if parts[:2] == ["runtime", "connectors"] and len(parts) > 3 else None


def wrong(source, target):
    a, b = room_of(source), room_of(target)
    if a is None or b is None or a == b:
        one, other = connector_of(source), connector_of(target)
        return f"connector {one} includes connector {other}" if one and other and one != other else None
    if a.startswith("runtime") and b.startswith("compiler"):
        return "the runtime knows nothing of the compiler"
    if a.startswith("compiler") and b.startswith("runtime") and b not in OPEN_TO_COMPILER:
        if not (a == "compiler/planner" and b == "runtime/connectors") and a != "compiler/driver":
            return f"the compiler sees only {', '.join(sorted(OPEN_TO_COMPILER))} of the runtime"
    if FLOORS[b] > FLOORS[a] or (FLOORS[b] == FLOORS[a] and (a, b) not in SAME_FLOOR):
        return f"floor {FLOORS[a]} includes floor {FLOORS[b]}"
    return None


def main():
    root = Path(sys.argv[1])
    bad = 0
    for path in sorted(p for top in ("compiler", "runtime", "stdlib", "tools") for p in (root / top).rglob("*") if p.suffix in (".h", ".cpp")):
        source = path.relative_to(root).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            why = match and wrong(source, match.group(1))
            if why:
                print(f"{source}:{number}: {match.group(1)}: {why}")
                bad += 1
        if source.startswith(("compiler", "runtime", "stdlib")) and path.suffix in (".h", ".cpp"):
            text = path.read_text(encoding="utf-8")
            if "MigParser.h" in text or "MigLexer.h" in text:
                if not source.startswith("compiler/syntax/"):
                    print(f"{source}: only compiler/syntax sees the generated parser")
                    bad += 1
            if re.search(r'#\s*include\s+[<"]llvm/', text) and not source.startswith("compiler/codegen/"):
                print(f"{source}: only compiler/codegen sees LLVM")
                bad += 1
    print(f"{bad} includes go the wrong way")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
