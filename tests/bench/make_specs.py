#!/usr/bin/env python3
"""Writes specs of a given size, and rows for them, to standard output: the inputs of the workloads `check` and `compile`.

make_specs.py lines N     a spec of about N lines, built like one that people write: departments, each with enum, table, function,
                          issues, schemas, source, target, map and test
make_specs.py fields N    one map of N target fields of five simple shapes; below 1 MB for N <= 10000
make_specs.py compile N   one map of N target fields, each text -> trimmed -> lowered -> parsed as a number, or looked up in a table
make_specs.py rows N M    M rows of CSV for `compile N`
make_specs.py expected N M    what `compile N` makes of them
"""
import sys

HEADER = """migration "{name}" version "1.0.0" {{
  edition = 2026
  owner   = "bench@example.com"
  change  = "BENCH-1"
  mode    = one_time
}}
"""

PARAMETERS = """
param input: string = "data/{name}.csv"
param output: string = "out/{name}.csv"
"""

DEPARTMENT = """
// ---- department {n} ----
issue DP{code}1 "department {n}: person has no address"
  fix "find the address in the CRM"
issue DP{code}2 "department {n}: date could not be read; field left empty"
  fix "check the locale of the export"
issue DP{code}3 "department {n}: the status is not in the table; person becomes pending"
  fix "add the status to table status_{n}"

enum Status{n} {{ active, inactive, pending }}

table status_{n}: string -> Status{n} via lower, trim {{
  "active" | "subscribed" | "confirmed" => active,
  "inactive" | "unsubscribed"           => inactive,
  "pending"                             => pending,
  else                                  => warn DP{code}3 use pending,
}}

/// Opens up to 2, clicks up to 3.
fn score_{n}(opens: int(0..), clicks: int(0..)) -> decimal(7, 5) =
  min(min(opens * 0.1, 2.0) + min(clicks * 0.2, 3.0), 10.0)

schema In{n} {{
  id: string                            @key
  email_address?: string?
  first_name?: string?
  status?: string?
  joined?: string?
  opens?: int(0..)?
  clicks?: int(0..)?
}}
schema Out{n} {{
  email_address: string                 @key
  first_name?: string(1..)
  status: Status{n}
  joined?: date
  score: decimal(7, 5)
}}

source in_{n}: In{n} from csv("data/people_{n}.csv") {{ header = true }}
target out_{n}: Out{n} into csv("out/people_{n}.csv") {{ write = replace }}

map people_{n}: in_{n} as m -> out_{n} as out {{
  let address = (m.email_address ?? reject DP{code}1) |> trim |> lower
  require address != "" else reject DP{code}1
  let joined = m.joined |?> non_empty |?> parse_date(["%Y-%m-%d", "%d.%m.%Y"]) catch warn DP{code}2 use null

  email_address = address
  first_name    = m.first_name |?> trim |?> non_empty ?? keep
  status        = status_{n}(m.status ?? "pending")
  joined        = joined ?? keep
  score         = score_{n}(m.opens ?? 0, m.clicks ?? 0)
}}

test "department {n}: an address is trimmed and lowered" for people_{n} {{
  given {{ id: "1", email_address: " Ann@Example.COM ", status: "Active", opens: 5 }}
  expect out.email_address == "ann@example.com"
  expect out.status == active
}}
"""

GRADES = ["bronze", "silver", "gold", "platinum", "none"]


def lines(count):
    out, n = HEADER.format(name="departments"), 0
    while out.count("\n") + DEPARTMENT.count("\n") // 2 < count:
        n += 1
        out += DEPARTMENT.format(n=n, code=f"{n:02}")
    return out


def fields(count):
    """Five shapes in turn: as it is, optional text, default, table, arithmetic."""
    source = ["int", "string?", "int?", "string", "decimal(9, 2)"]
    target = ["int", "string(1..)", "int", "Grade", "decimal(12, 3)"]
    value = ["m.{f}", "m.{f} |?> trim |?> non_empty ?? keep", "m.{f} ?? 0", "grade(m.{f})", "m.{f} * 1.5"]
    names = [f"f{i:05}" for i in range(count)]
    out = [(HEADER + PARAMETERS).format(name="fields"), "enum Grade { " + ", ".join(GRADES) + " }", "", "table grade: string -> Grade via lower, trim {"]
    out += [f'  "{g}" => {g},' for g in GRADES[:-1]] + ["  else => none,", "}", "", "schema In {"]
    out += [f"  {f}{'?' if i % 5 in (1, 2) else ''}: {source[i % 5]}" for i, f in enumerate(names)] + ["}", "schema Out {"]
    out += [f"  {f}{'?' if i % 5 == 1 else ''}: {target[i % 5]}" for i, f in enumerate(names)] + ["}"]
    out += ["source wide: In from csv(param.input) { header = true }", "target narrow: Out into csv(param.output) { write = replace }"]
    out += ["map all: wide as m -> narrow as out {"] + [f"  {f} = {value[i % 5].format(f=f)}" for i, f in enumerate(names)] + ["}"]
    return "\n".join(out) + "\n"


def compile_map(count):
    """Every even field is a number, every odd one a grade; one of eight tables each."""
    names = [f"f{i:05}" for i in range(count)]
    out = [(HEADER + PARAMETERS).format(name="compile"), 'issue CP101 "number could not be read; 0 was written"', '  fix "correct the number"', ""]
    out += ["enum Grade { " + ", ".join(GRADES) + " }"]
    for t in range(min(8, (count + 1) // 2)):
        out += ["", f"table grade_{t}: string -> Grade {{"] + [f'  "{g}" | "{g[0]}{t}" => {g},' for g in GRADES[:-1]]
        out += ["  else => none,", "}"]
    out += ["", "schema In {"] + [f"  {f}: string" for f in names] + ["}"]
    out += ["schema Out {"] + [f"  {f}: {'Grade' if i % 2 else 'int'}" for i, f in enumerate(names)] + ["}"]
    out += ["source texts: In from csv(param.input) { header = true }", "target values: Out into csv(param.output) { write = replace }"]
    out += ["map all: texts as m -> values as out {"]
    for i, f in enumerate(names):
        text = f"m.{f} |> trim |> lower"
        out.append(f"  {f} = {text} |> grade_{i // 2 % 8}" if i % 2 else f"  {f} = {text} |> parse_int catch warn CP101 use 0")
    return "\n".join(out + ["}"]) + "\n"


def rows(count, number):
    """Row r, field i: a padded number or a grade in some case, by (r, i) alone."""
    def cell(r, i):
        mix = (r * 2654435761 + i * 40503) % 1000003
        return f" {GRADES[mix % 5].upper()} " if i % 2 else f" {mix} "
    out = [",".join(f"f{i:05}" for i in range(count))]
    out += [",".join(cell(r, i) for i in range(count)) for r in range(number)]
    return "\n".join(out) + "\n"


def expected(count, number):
    """What `compile COUNT` makes of rows(COUNT, NUMBER), as CSV."""
    def value(text, i):
        return text.strip().lower() if i % 2 else str(int(text))
    given = rows(count, number).splitlines()
    return "\n".join([given[0]] + [",".join(value(t, i) for i, t in enumerate(line.split(","))) for line in given[1:]]) + "\n"


def main():
    kinds = {"lines": lines, "fields": fields, "compile": compile_map, "rows": rows, "expected": expected}
    sys.stdout.write(kinds[sys.argv[1]](*map(int, sys.argv[2:])))


if __name__ == "__main__":
    main()
