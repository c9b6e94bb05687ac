"""orders, wide and keys: each beside the yardstick that its goal names."""
import shlex
import sys

from findings import NOT_INSTALLED, Headline, Section
from inputs import HERE, compare_rows
from measure import Contest, Program, per_round

YARDSTICKS = HERE / "yardsticks"


def duckdb(bench, section, workload, source, rows, reference, partial=""):
    """The DuckDB peer, or [] with its name in the notes when the package is not installed."""
    if not bench.duckdb_version:
        section.notes.append("skipped, not installed: duckdb (Python package)")
        section.failed["duckdb"] = NOT_INSTALLED
        return []
    words = [sys.executable, str(YARDSTICKS / "duckdb_script.py"), str(YARDSTICKS / f"duckdb_{workload}.sql")]
    return [Program("duckdb", shlex.join(words) + " {in} {out} {dir}/temp", source, rows, "out.csv", compare_rows(reference),
                    version=bench.duckdb_version, partial=partial)]


def migc(bench, spec, source, rows, reference, *options, name="migc"):
    if not bench.migc.path:
        return []
    return [Program(name, bench.migc.run(bench.migc.spec(spec), "--workers", "1", *options), source, rows, "out.csv",
                    compare_rows(reference, ordered=True), version=bench.migc.version)]


def orders(bench):
    section = Section("orders", "NDJSON orders with nested lines to one flat CSV row each, exact totals", baseline="duckdb")
    rows = bench.rows("orders")
    source = bench.inputs.rows("orders", "ndjson", rows)
    reference = bench.inputs.rows_reference("orders", source)
    programs = migc(bench, "orders/orders.mig", source, rows, reference) + duckdb(bench, section, "orders", source, rows, reference)
    contest = Contest(bench, "orders", programs, "duckdb")
    section.take(contest, contest.measure())
    section.headlines.append(Headline("orders", "speed x duckdb", per_round(section.rows, "duckdb", "migc"), goal=8, milestone=4,
                                      more_is_better=True, why=section.failed.get("duckdb") or section.missing("migc")))
    return section


def wide(bench):
    section = Section("wide", "CSV of 200 columns, 20 mapped", baseline="scan only")
    rows = bench.rows("wide")
    source = bench.inputs.rows("wide", "csv", rows)
    programs = migc(bench, "wide/wide.mig", source, rows, bench.inputs.rows_reference("wide", source))
    programs += migc(bench, "wide/wide_mixed.mig", source, rows, bench.inputs.rows_reference("wide", source, "--mixed"), name="migc mixed")

    def check(ran):
        found = ran.log().strip()
        return "" if found == str(rows + 1) else f"{found} line ends found, {rows + 1} expected"

    programs.append(Program("scan only", f"{shlex.quote(str(bench.inputs.yardstick('csv_scan')))} {{in}}", source, rows, "none", check,
                            version="g++", partial="finds line ends and counts them; reads no cell, writes nothing"))
    contest = Contest(bench, "wide", programs, "scan only")
    section.take(contest, contest.measure())
    section.headlines.append(Headline("wide", "time / scan only", per_round(section.rows, "migc", "scan only"), goal=2, milestone=3,
                                      why=section.missing("migc")))
    section.headlines.append(Headline("wide", "mixed kinds: time / scan only", per_round(section.rows, "migc mixed", "scan only"),
                                      why=section.missing("migc mixed")))
    section.notes.append("`migc` maps every tenth column, all whole numbers; `migc mixed` four columns each of whole numbers, text, "
                         "timestamps in seven formats, decimals, and text to trim.")
    return section


def keys(bench):
    section = Section("keys", "the newest version of every key, a fifth of the keys repeated, 256 MiB of memory", baseline="duckdb")
    rows = bench.rows("keys")
    source = bench.inputs.rows("keys", "csv", rows, duplicates=0.2)
    reference = bench.inputs.rows_reference("keys", source)
    programs = migc(bench, "keys/keys.mig", source, rows, reference, "--memory", "256MiB")
    programs += duckdb(bench, section, "keys", source, rows, reference, partial="the rows come out in no certain order")
    contest = Contest(bench, "keys", programs, "duckdb")
    section.take(contest, contest.measure())
    section.headlines.append(Headline("keys", "time / duckdb", per_round(section.rows, "migc", "duckdb"), goal=0.5, milestone=1.0,
                                      why=section.failed.get("duckdb") or section.missing("migc")))
    peak = next((r["rss_mb"] * 1e6 / (1 << 20) for r in section.rows if r["name"] == "migc"), None)
    section.headlines.append(Headline("keys", "peak memory", (peak,) * 3 if peak else None, goal=256, unit="MiB",
                                      why=section.missing("migc")))
    return section
