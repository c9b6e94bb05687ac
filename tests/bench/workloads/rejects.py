"""rejects: the unhappy path, about a third of the records refused or warned, beside the same rows clean."""
import shlex

from findings import Headline, Section
from inputs import compare_contacts
from measure import Contest, Program, per_round


def rejects(bench):
    section = Section("rejects", "NDJSON to NDJSON, every kind of dirt at its full rate, beside the same rows clean", baseline="migc clean")
    rows = bench.rows("rejects")
    programs = []
    hand = bench.inputs.hand("ndjson")
    for state, dirty in (("clean", "0"), ("dirty", "1.0")):
        source = bench.inputs.rows("contacts", "ndjson", rows, dirty=dirty)
        check = compare_contacts(bench.perf, bench.inputs.contacts_reference(source))
        programs.append(Program(f"hand {state}", f"{shlex.quote(str(hand))} {{in}} {{out}} {{rejects}}", source, rows, "out.ndjson", check,
                                version="g++"))
        if bench.migc.path:
            programs.append(Program(f"migc {state}", bench.migc.run(bench.migc.spec("contacts/contacts_ndjson.mig"), "--workers", "1"),
                                    source, rows, "out.ndjson", check, version=bench.migc.version))
    contest = Contest(bench, "rejects", programs, "migc clean" if bench.migc.path else "hand clean")
    section.take(contest, contest.measure())
    section.headlines.append(Headline("rejects", "dirty / clean", per_round(section.rows, "migc dirty", "migc clean"), goal=1.2,
                                      milestone=1.4, why=section.missing("migc dirty")))
    section.headlines.append(Headline("rejects", "dirty / hand dirty", per_round(section.rows, "migc dirty", "hand dirty"),
                                      why=section.missing("migc dirty")))
    return section
