"""Milliseconds: small runs, checks and compilation, beside two yardsticks of the same rounds."""
import sys

from findings import Headline, Section, milliseconds, scaled
from inputs import HERE, compare_contacts, run_compare
from measure import Contest, Program, per_round, spread
from program import report

ROUNDS = 15  # short runs are noisier, and cheap


def yardsticks():
    return [Program("python3 -c pass", f"{sys.executable} -I -c pass", version=f"Python {sys.version.split()[0]}"),
            Program("clang-19 --version", "clang-19 --version", version="LLVM's start-up alone")]


def contest(bench, section, programs, baseline="python3 -c pass", rounds=ROUNDS):
    c = Contest(bench, section.name, programs + yardsticks(), baseline, rounds=max(rounds, bench.rounds))
    section.take(c, c.measure())


def timed(section, program, measure, goal, milestone):
    """A headline in milliseconds of one program's wall time."""
    row = next((r for r in section.rows if r["name"] == program), None)
    section.headlines.append(Headline(section.name, measure, milliseconds(row) if row else None, goal, milestone, "ms",
                                      yardstick=python_ms(section), why=section.missing(program)))


def python_ms(section):
    return next((r["median_s"] * 1e3 for r in section.rows if r["name"] == "python3 -c pass"), None)


def small(bench):
    section = Section("small", "10 records through the contacts spec, whole process", baseline="python3 -c pass")
    source = bench.inputs.rows("contacts", "ndjson", 10)
    check = compare_contacts(bench.perf, bench.inputs.contacts_reference(source))
    programs = []
    if bench.migc.path:
        spec = bench.migc.spec("contacts/contacts_ndjson.mig")
        programs = [Program("migc", bench.migc.run(spec), source, 10, check=check, version=bench.migc.version),
                    Program("migc again", bench.migc.run(spec, cache="{keep}"), source, 10, check=check, version=bench.migc.version)]
    contest(bench, section, programs)
    timed(section, "migc", "cold", 60, 100)
    timed(section, "migc again", "with what earlier runs cached", None, None)
    section.notes.append("`migc` finds an empty code cache in every round, `migc again` that of its earlier rounds.")
    return section


def check(bench):
    section = Section("check", "migc check, cold", baseline="python3 -c pass")
    specs = {"500 lines": bench.inputs.spec("lines", 500), "5000 fields": bench.inputs.spec("fields", 5000),
             "10000 fields": bench.inputs.spec("fields", 10000)}
    programs = []
    if bench.migc.path:
        programs = [Program(name, bench.migc.check(spec), spec, len(spec.read_text().splitlines()), version=bench.migc.version)
                    for name, spec in specs.items()]
    contest(bench, section, programs)
    timed(section, "500 lines", "500 lines", 40, 60)
    timed(section, "5000 fields", "5000 fields", 300, 600)
    section.headlines.append(Headline("check", "10000 fields / 5000 fields", per_round(section.rows, "10000 fields", "5000 fields"),
                                      goal=2.1, milestone=2.3, why=section.missing("10000 fields")))
    section.notes.append("Specs of make_specs.py. MB/s and krows/s count the spec's own bytes and lines.")
    return section


def first_record(ran):
    seconds = report(ran).get("first_record_seconds")
    return {} if seconds is None else {"first_record_s": seconds}


def compile_maps(bench):
    """How long until optimised code is ready: a run that compiles, less the same run by the interpreter; ten records each."""
    section = Section("compile", "maps of 20, 200 and 2000 fields: text trimmed, lowered, parsed or looked up", baseline="python3 -c pass")
    programs, sizes = [], {20: (45, 60), 200: (220, 300), 2000: (1400, 2000)}
    for n in sizes if bench.migc.path else ():
        spec, source, want = (bench.inputs.spec("compile", n), bench.inputs.spec("rows", n, 10), bench.inputs.spec("expected", n, 10))

        def same(ran, want=want):
            return run_compare([HERE / "reference" / "compare_rows.py", "--ordered", want, ran.out], None, ran, with_rejects=False)

        for name, words in ((f"{n} default", bench.migc.run(spec)), (f"{n} interp", bench.migc.run(spec, "--engine", "interp")),
                            (f"{n} jit", bench.migc.run(spec, "--engine", "jit")),
                            (f"{n} jit cached", bench.migc.run(spec, "--engine", "jit", cache="{keep}"))):
            programs.append(Program(name, words, source, 10, "out.csv", same, collect=first_record, version=bench.migc.version))
    contest(bench, section, programs, rounds=ROUNDS if bench.size == "whole" else bench.rounds)
    for n, (goal, milestone) in sizes.items():
        for name, what, limits in ((f"{n} jit", "optimised code ready", (goal, milestone)),
                                   (f"{n} jit cached", "code from the cache", (10, 20))):
            value, why = difference(section.rows, name, f"{n} interp"), section.missing(name)
            if value and value[0] <= 0:
                value, why = None, "less than the noise of this run"
            section.headlines.append(Headline("compile", f"{n} fields: {what}", value, *limits, unit="ms",
                                              yardstick=python_ms(section), why=why))
        timed(section, f"{n} default", f"{n} fields: whole first run of 10 records", None, None)
        row = next((r for r in section.rows if r["name"] == f"{n} default"), {})
        first = [c["first_record_s"] * 1e3 for c in row.get("collected", ()) if "first_record_s" in c]
        section.headlines.append(Headline("compile", f"{n} fields: first record", spread(first) if first else None, 50, 100, "ms",
                                          yardstick=python_ms(section), why=section.missing(f"{n} default")))
    section.notes.append("`optimised code ready` = wall time with --engine jit and an empty code cache, less that with --engine interp, "
                         "round by round; `code from the cache` the same with the cache of an earlier round. `default` is what users get; "
                         "`first record` is what its report says, to a hundredth of a second: from the start of the process until records were "
                         "mapped and handed to the target.")
    return section


def difference(rows, above, below):
    """Milliseconds by which one program took longer than another: (median, least, most) over the rounds."""
    by_name = {r["name"]: r for r in rows}
    if above not in by_name or below not in by_name:
        return None
    return scaled(spread([a - b for a, b in zip(by_name[above]["seconds"], by_name[below]["seconds"])]), 1e3)
