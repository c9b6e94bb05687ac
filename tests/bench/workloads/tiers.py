"""Two workers beside one, and the JIT beside migc's own interpreter."""
from findings import Headline, Section
from inputs import compare_contacts
from measure import Contest, Program, per_round, spread
from program import stage_seconds


def workers(bench):
    section = Section("workers", f"two workers on cores {bench.two_cores} beside one on core {bench.cores}", baseline="stream, one")
    rows = bench.rows("contacts")
    programs = []
    for name, spec, duplicates in (("stream", "contacts_stream.mig", 0), ("dedupe", "contacts_ndjson.mig", 0.02)):
        source = bench.inputs.rows("contacts", "ndjson", rows, duplicates=duplicates)
        check = compare_contacts(bench.perf, bench.inputs.contacts_reference(source))
        for count, number, cores in (("one", 1, bench.cores), ("two", 2, bench.two_cores)):
            if bench.migc.path:
                programs.append(Program(f"{name}, {count}", bench.migc.run(bench.migc.spec(f"contacts/{spec}"), "--workers", str(number)),
                                        source, rows, check=check, cores=cores, version=bench.migc.version))
    contest = Contest(bench, "workers", programs, "stream, one")
    section.take(contest, contest.measure())
    for name in ("stream", "dedupe"):
        section.headlines.append(Headline("workers", f"{name}: two / one", per_round(section.rows, f"{name}, two", f"{name}, one"),
                                          goal=0.54, milestone=0.60, why=section.missing(f"{name}, two")))
    return section


def engines(bench):
    section = Section("engines", "the map step alone: interpreter beside JIT, contacts without dedupe", baseline="jit")
    rows = bench.rows("engines")
    source = bench.inputs.rows("contacts", "ndjson", rows, duplicates=0)
    check = compare_contacts(bench.perf, bench.inputs.contacts_reference(source))

    def collect(ran):
        seconds = stage_seconds(ran, "map")
        return {} if seconds is None else {"map_s": seconds}

    programs = []
    for engine in ("interp", "jit") if bench.migc.path else ():
        words = bench.migc.run(bench.migc.spec("contacts/contacts_stream.mig"), "--workers", "1", "--engine", engine, "--timings",
                               cache="{keep}")
        programs.append(Program(engine, words, source, rows, check=check, collect=collect, version=bench.migc.version))
    contest = Contest(bench, "engines", programs, "jit")
    section.take(contest, contest.measure())
    steps = {r["name"]: [c.get("map_s") for c in r["collected"]] for r in section.rows}
    both = [(a, b) for a, b in zip(steps.get("interp", []), steps.get("jit", [])) if a and b]
    why = section.missing("interp") if len(steps) < 2 else "neither the report nor --timings names the stage `map`"
    section.headlines.append(Headline("engines", "map step: interp / jit", spread([a / b for a, b in both]), goal=15, milestone=8,
                                      more_is_better=True, why=why))
    if both:
        section.tables.append(("Seconds in the map step, round by round", ["interp", "jit"], [[f"{a:.4f}", f"{b:.4f}"] for a, b in both]))
    return section
