"""Does time grow with the rows and no faster, and does memory not grow at all?"""
import json
import shlex

from findings import Headline, Section
from inputs import compare_contacts
from measure import Contest, Program, per_round
from program import report
from watch import watch

MIB = 1 << 20


def growth(bench):
    section = Section("growth", "twice the rows, contacts with dedupe", baseline="rows x 1")
    programs = []
    for factor in (1, 2) if bench.migc.path else ():
        rows = factor * bench.rows("growth")
        source = bench.inputs.rows("contacts", "ndjson", rows, duplicates=0.02)
        programs.append(Program(f"rows x {factor}", bench.migc.run(bench.migc.spec("contacts/contacts_ndjson.mig"), "--workers", "1"), source,
                                rows, check=compare_contacts(bench.perf, bench.inputs.contacts_reference(source)), version=bench.migc.version))
    contest = Contest(bench, "growth", programs, "rows x 1")
    section.take(contest, contest.measure())
    section.headlines.append(Headline("growth", "rows x 2 / rows x 1", per_round(section.rows, "rows x 2", "rows x 1"), goal=2.1,
                                      why=section.missing("rows x 2")))
    return section


def same_counts(bench, source, rows):
    """A check against the hand-written program's counts: the reference would need all records in memory."""
    to = bench.data / "reference" / f"{source.stem}-counts.json"
    if not to.exists():
        bench.say(f"  counts for {source.name}")
        to.parent.mkdir(parents=True, exist_ok=True)
        done = watch(bench, Program("hand-counts", f"{shlex.quote(str(bench.inputs.hand('ndjson')))} {{in}} /dev/null {{rejects}}", source, rows))
        to.write_text(next(line for line in done.ran.log().splitlines() if line.startswith("{")))
    want = json.loads(to.read_text())

    def check(ran):
        have = report(ran)
        names = ("read", "written", "rejected", "merged")
        different = [f"{n} {have.get(n)}, expected {want[n]}" for n in names if have.get(n) != want[n]]
        return ", ".join(different)
    return check


def contacts_run(bench, rows, *options):
    """A program over contacts, a tenth of them repeated and a tenth dirty, and what to check it by."""
    source = bench.inputs.rows("contacts", "ndjson", rows, duplicates=0.1, dirty=0.3)
    words = bench.migc.run(bench.migc.spec("contacts/contacts_ndjson.mig"), "--workers", "1", *options)
    return Program(f"contacts-{rows}", words, source, rows), same_counts(bench, source, rows)


def keys_run(bench, rows, *options):
    source = bench.inputs.rows("keys", "csv", rows, duplicates=0.2)
    words = bench.migc.run(bench.migc.spec("keys/keys.mig"), "--workers", "1", *options)

    def check(ran):
        have = report(ran)
        return "" if have.get("read") == rows == have.get("written", 0) + have.get("merged", 0) else f"counts: {have.get('read')}"
    return Program(f"keys-{rows}", words, source, rows, "out.csv"), check


def memory(bench):
    """Peak and course of the resident set for n and 10 n rows, with the default budget and with a quarter of it."""
    section = Section("memory", "resident memory over a run, and with ten times the rows; dedupe, rejects and warnings included")
    lines = []
    for budget in (256, 64):
        for kind, make, most in (("contacts", contacts_run, bench.rows("memory") * 10), ("keys", keys_run, bench.rows("keys"))):
            name = kind if budget == 256 else f"{kind} in {budget} MiB"
            peaks, failed = {}, []
            for rows in (most // 10, most) if bench.migc.path else ():
                program, check = make(bench, rows, "--memory", f"{budget}MiB")
                if bench.prepare:
                    continue
                seen = watch(bench, program)
                why = f"exit {seen.ran.status}: {seen.ran.log()[-300:]}" if seen.ran.status else check(seen.ran)
                if why:
                    section.failed[f"{name}-{rows}"] = why
                    failed.append(why)
                    continue
                peaks[rows] = seen.ran.rss
                section.raw[f"{name}-{rows}"] = {"peak_bytes": seen.ran.rss, "seconds": seen.ran.seconds, "samples": seen.thinned(200)}
                lines.append([name, f"{rows}", f"{seen.ran.seconds:.1f}", f"{seen.ran.rss / MIB:.0f}"]
                             + [f"{seen.at(part) / MIB:.0f}" for part in (.1, .25, .5, .75, .9)])
                bench.clean(program)
            why = "; ".join(failed) or "migc was not run"
            for rows in (most // 10, most):
                peak = peaks.get(rows)
                section.headlines.append(Headline("memory", f"{name}: peak at {rows} rows", (peak / MIB,) * 3 if peak else None, goal=budget,
                                                  unit="MiB", why=why))
            grown = peaks[most] / peaks[most // 10] if len(peaks) == 2 else None
            section.headlines.append(Headline("memory", f"{name}: peak with 10 x the rows / peak", (grown,) * 3 if grown else None, goal=1.05,
                                              why=why))
    if lines:
        section.tables.append(("Resident memory, MiB", ["workload", "rows", "seconds", "peak", "at 10 %", "25 %", "50 %", "75 %", "90 % of the run"], lines))
    section.notes.append("One run each, so these have no spread. Counts equal those of `hand` (contacts) or add up (keys); the records themselves are "
                         "compared in the other workloads. The picture is memory.svg.")
    return section
