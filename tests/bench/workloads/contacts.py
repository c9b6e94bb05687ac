"""The contacts workloads with files on both sides: migc, the hand-written program and the peers, timed by the perf folder's `bench`."""
import json
import shlex
import subprocess
import sys

from findings import Headline, Section
from inputs import compare_contacts
from measure import Contest, Program, per_round, spread

# How many times as fast as each peer, from the goal of 1.25 times the hand-written program's time: (first milestone, goal).
PEER_GOALS = {"duckdb": (17, 27), "node": (9, 14), "seed_python": (12, 19), "miller": (200, 350), "jq": (300, 500)}
SLOW = {"jq", "miller", "gawk"}


AGAIN = "migc-again"  # which finds the code of its earlier rounds, where `migc` has an empty code cache


def command(bench, spec, *options, cache="{counts}.cache"):
    """For the perf folder's bench, which fills in {in} {out} {rejects} {counts} and empties the folder of the latter three each round."""
    words = bench.migc.run(bench.migc.spec(spec), "--workers", "1", *options)
    for name, to in (("report", "{counts}"), ("state", "{counts}.state"), ("cache", cache)):
        words = words.replace("{" + name + "}", to)
    return words


def drive(bench, section, fmt, spec, rows, only, *options, again=False):
    """One call of the perf folder's bench. Returns its rows; a program whose result differs, or was not compared, has none.
    `again`: migc runs once more in each round, with code that is kept."""
    figures = bench.data / "runs" / f"{section.name}-{rows}.json"
    figures.parent.mkdir(parents=True, exist_ok=True)
    figures.unlink(missing_ok=True)
    words = [sys.executable, str(bench.perf / "bench"), "--format", fmt, "--rows", str(rows), "--rounds", str(bench.rounds), "--cores",
             bench.cores, "--check", "--data", str(bench.data / "perf"), "--json", str(figures), *options]
    if bench.prepare:  # input, builds and reference; the peers' results are compared when they are timed
        words[words.index("--rounds") + 1] = "1"
        only = []
    if only is not None:
        words += ["--only", ",".join(["hand", *only])]
    own = {"migc": command(bench, spec)}
    if again:
        own[AGAIN] = command(bench, spec, cache=shlex.quote(str(bench.data / "runs" / f"{section.name}-code")))
    if bench.migc.path and not bench.prepare:
        for name, line in own.items():
            words += ["--command", f"{name}={line}"]
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    section.raw.setdefault("bench", []).append({"command": shlex.join(words), "output": done.stdout})
    if not figures.exists():
        section.notes.append(f"bench failed at {rows} rows: " + done.stdout.strip()[-600:])
        return []
    found = json.loads(figures.read_text())
    section.failed |= found["failed"]
    for line in done.stdout.splitlines():
        if line.startswith("skipped"):
            section.notes.append(f"{rows} rows: {line}")
    good = []
    base = next((r for r in found["programs"] if r["name"] == "hand"), None)
    for r in found["programs"]:
        if r["equal"] != "yes":
            section.failed[r["name"]] = " ".join(r["note"].split())[:600] or "its result was not compared"
            continue
        r["max_s"] = max(r["seconds"])
        r["ratio"] = spread([a / b for a, b in zip(r["seconds"], base["seconds"])]) if base else None
        r["cpu_ratio"] = (r["cpu_s"] / base["cpu_s"],) * 3 if base else None  # of medians: bench gives no CPU time per round
        r["rows"] = rows
        if r["name"] in own:
            r["version"], r["command"] = bench.migc.version, own[r["name"]]
        good.append(r)
    return good


def against_hand(bench, name, title, fmt, spec, *options):
    section = Section(name, title, baseline="hand")
    rows = bench.rows("contacts")
    section.rows = drive(bench, section, fmt, spec, rows, [], *options, again=True)
    add_ratios_to_hand(section)
    for what, value in (("again: time / hand", per_round(section.rows, AGAIN, "hand")), ("again: CPU / hand", cpu_of(section.rows, AGAIN))):
        section.headlines.append(Headline(section.name, what, value, goal=None, milestone=None, why=section.missing(AGAIN)))
    section.notes.append("`migc` finds an empty code cache in every round, `migc-again` that of its earlier rounds.")
    return section


def cpu_of(rows, name):
    return next((r.get("cpu_ratio") for r in rows if r["name"] == name), None)


def add_ratios_to_hand(section):
    for what, value in (("time / hand", per_round(section.rows, "migc", "hand")), ("CPU / hand", cpu_of(section.rows, "migc"))):
        section.headlines.append(Headline(section.name, what, value, goal=1.25, milestone=2.0, why=section.missing("migc")))


def against_peers(bench, section, fmt, spec):
    """The peers on fewer rows, in a contest of their own with migc and the baseline; the slowest on fewer still, where they are divided by
    rows."""
    wanted = bench.peers if bench.peers is not None else sorted({*PEER_GOALS, *SLOW})
    rows, slow_rows = bench.rows("peers"), bench.rows("slow peers")
    fast = [p for p in wanted if p not in SLOW or rows == slow_rows]
    slow = [p for p in wanted if p in SLOW and rows != slow_rows] if slow_rows else []
    found = drive(bench, section, fmt, spec, rows, fast) if fast else []
    own = next((r for r in found if r["name"] == "migc"), None)
    for r in found:
        if r["name"] not in ("migc", "hand"):
            peer_headline(section, fmt, r, per_round(found, r["name"], "migc"))
    late = drive(bench, section, fmt, spec, slow_rows, slow) if slow else []
    for r in late:
        if r["name"] not in ("migc", "hand"):
            peer_headline(section, fmt, r, speed_by_rows(r, own))
    if slow and not bench.prepare:
        section.notes.append(f"{', '.join(slow)} on {slow_rows} rows: their speed is that of rows a second beside migc's on {rows} rows, median by median "
                             "(least and most: the extremes of both).")
    for r in found + late:
        r["name"] += f" ({r['rows']} rows)"
    section.rows += found + late


def peer_headline(section, fmt, row, value):
    milestone, goal = PEER_GOALS.get(row["name"], (None, None)) if fmt == "ndjson" else (None, None)
    section.headlines.append(Headline(section.name, f"speed x {row['name']}", value, goal=goal, milestone=milestone, more_is_better=True,
                                      why=section.missing("migc")))


def speed_by_rows(slow, own):
    """How many rows migc does in the time of one of a program that ran on fewer rows: (median, least, most)."""
    if own is None:
        return None
    factor = own["rows"] / slow["rows"]
    return (slow["median_s"] / own["median_s"] * factor, min(slow["seconds"]) / max(own["seconds"]) * factor,
            max(slow["seconds"]) / min(own["seconds"]) * factor)


def ndjson(bench):
    section = against_hand(bench, "contacts-ndjson", "NDJSON to NDJSON with dedupe", "ndjson", "contacts/contacts_ndjson.mig")
    against_peers(bench, section, "ndjson", "contacts/contacts_ndjson.mig")
    return section


def csv(bench):
    section = against_hand(bench, "contacts-csv", "CSV to CSV with dedupe", "csv", "contacts/contacts_csv.mig")
    against_peers(bench, section, "csv", "contacts/contacts_csv.mig")
    return section


def stream(bench):
    """The baseline does not dedupe either; no address is twice in the input, so the reference, which dedupes, says the same."""
    section = Section("contacts-stream", "NDJSON to NDJSON without dedupe", baseline="hand")
    rows = bench.rows("contacts")
    source = bench.inputs.rows("contacts", "ndjson", rows, duplicates=0)
    check = compare_contacts(bench.perf, bench.inputs.contacts_reference(source))
    hand = shlex.quote(str(bench.inputs.hand("ndjson")))
    programs = [Program("hand", f"{hand} {{in}} {{out}} {{rejects}} --no-dedupe", source, rows, check=check, version="g++")]
    if bench.migc.path:
        words = bench.migc.run(bench.migc.spec("contacts/contacts_stream.mig"), "--workers", "1")
        programs.append(Program("migc", words, source, rows, check=check, version=bench.migc.version))
    contest = Contest(bench, "contacts-stream", programs, "hand")
    section.take(contest, contest.measure())
    add_ratios_to_hand(section)
    section.notes.append("The input has no two contacts of one address, and `hand` runs with --no-dedupe.")
    return section
