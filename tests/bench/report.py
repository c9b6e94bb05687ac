"""Writes what was measured: Markdown for people, JSON for programs, lines for the history."""
import csv
import dataclasses
import json
import sys

HISTORY = ["commit", "date", "workload", "ratio"]
VERDICT = {"goal": "goal reached", "milestone": "first milestone", "short of goal": "short of goal", "no figure": "no figure", "": ""}


def number(value, unit="x"):
    digits = 0 if unit == "MiB" or abs(value) >= 100 else 1 if unit == "ms" else 2
    return f"{value:.{digits}f}"


def spread_text(value, unit="x"):
    median, least, most = value
    words = number(median, unit) + (f" ({number(least, unit)}..{number(most, unit)})" if least < most else "")
    return words if unit == "x" else f"{words} {unit}"


def limit_text(h, value):
    """A goal or milestone of a headline: `≤ 1.25`, `≥ 15`, `≤ 40 ms`; "" when there is none."""
    if value is None:
        return ""
    return ("≥ " if h.more_is_better else "≤ ") + f"{value:g}" + ("" if h.unit == "x" else f" {h.unit}")


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |" for row in rows]


def headline_table(headlines):
    rows = []
    for h in headlines:
        limits = [limit_text(h, h.milestone), limit_text(h, h.goal)]
        beside = f"{h.value[0] / h.yardstick:.1f} x `python3 -c pass`" if h.value and h.unit == "ms" and h.yardstick else ""
        rows.append([h.workload, h.measure, spread_text(h.value, h.unit) if h.value else "no figure: " + " ".join(h.why.split())[:160],
                     beside, *limits, VERDICT[h.verdict()] if h.value else ""])
    return table(["workload", "figure", "median (least..most)", "beside", "milestone", "goal", ""], rows)


def program_table(section):
    short = max((r["median_s"] for r in section.rows), default=1) < 2
    unit, factor = ("ms", 1e3) if short else ("s", 1)
    rows = []
    for r in sorted(section.rows, key=lambda r: r["median_s"]):
        rows.append([r["name"], r["version"], f"{r['median_s'] * factor:.4g}", f"{r['min_s'] * factor:.4g}..{r['max_s'] * factor:.4g}",
                     f"{r['mb_s']:.1f}", f"{r['krows_s']:.1f}", f"{r['rss_mb']:.0f}", f"{r['cpu_s'] * factor:.4g}",
                     spread_text(r["ratio"]) if r.get("ratio") else "-", spread_text(r["cpu_ratio"]) if r.get("cpu_ratio") else "-",
                     r["work"], r["equal"]])
    return table(["program", "version", f"median {unit}", "min..max", "MB/s", "krows/s", "peak RSS MB", f"CPU {unit}",
                  f"time / {section.baseline}", f"CPU / {section.baseline}", "work", "equal"], rows)


def markdown(bench, sections):
    o = [f"# Speed at {bench.commit}, {bench.date}", "", bench.how, ""]
    o += [f"* {name}: {value}" for name, value in bench.facts.items()]
    o += ["", "**Only ratios within one run count**: the machine is shared, and its seconds of two runs cannot be compared. A program "
          "whose result differs from the reference's has no figure.", "", "![every goal](bench.svg)", "", "## Goals", ""]
    o += headline_table([h for s in sections for h in s.headlines])
    for s in sections:
        o += ["", f"## {s.name}: {s.title}", ""]
        if s.rows:
            o += program_table(s)
        for title, header, rows in s.tables:
            o += ["", f"{title}:", "", *table(header, rows)]
        o += [""] + [f"* {n}" for n in s.notes]
        o += [f"* {r['name']} does less work: {r['partial']}" for r in s.rows if r.get("partial")]
        o += [f"* no figure for {name}: {' '.join(why.split())[:400]}" for name, why in s.failed.items()]
        commands = [(r["name"], r["command"]) for r in s.rows if r.get("command")]
        if commands:
            o += ["", "<details><summary>commands</summary>", ""]
            o += [f"* {name}: `{shown(bench, command)}`" for name, command in commands] + ["", "</details>"]
    return "\n".join(o) + "\n"


def shown(bench, command):
    """A command without this machine's folders."""
    for folder, name in ((bench.data, "DATA"), (bench.perf, "PERF"), (bench.root, "."), (sys.executable, "python3")):
        command = command.replace(str(folder), name)
    return command


def without_folders(bench, value):
    """What is to be written, with `shown` for every text in it."""
    if isinstance(value, dict):
        return {key: without_folders(bench, each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [without_folders(bench, each) for each in value]
    return shown(bench, value) if isinstance(value, str) else value


def write_json(bench, sections, to):
    whole = {"commit": bench.commit, "date": bench.date, "how": bench.how, "facts": bench.facts,
             "workloads": [dataclasses.asdict(s) for s in sections]}
    for s, out in zip(sections, whole["workloads"]):
        for h, one in zip(s.headlines, out["headlines"]):
            one["verdict"] = h.verdict()
    to.write_text(json.dumps(without_folders(bench, whole), indent=1, default=lambda value: shown(bench, str(value))) + "\n")


def append_history(bench, sections, to):
    """One line a headline that has a figure; milliseconds as multiples of `python3 -c pass` in the same rounds."""
    new = not to.exists()
    with open(to, "a", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        if new:
            writer.writerow(HISTORY)
        for s in sections:
            for h in s.headlines:
                if h.value:
                    writer.writerow([bench.commit, bench.date, h.key, f"{h.ratio():.4g}"])
