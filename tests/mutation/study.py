#!/usr/bin/env python3
"""Single mistakes, seeded, put into the specs of this repository: which of them does `migc check` catch?

study.py --migc PATH [--seed N] [--per-kind N] [--report FILE] [--at-least SHARE]

A mistake is caught when `check` reports an error or warning that the spec without it does not have. Exit 1 when fewer than the given
share is caught, so that a change of the checker cannot lose ground unnoticed. What `check` lets pass is given to the spec's own tests.
"""
import argparse
import collections
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "specs" / "programs"
SPECS = ["examples/a_mailchimp_klaviyo.mig", "examples/b_crm_consolidation.mig", "examples/c_cdc_cutover.mig", "contacts/contacts_ndjson.mig", "contacts/contacts_csv.mig",
         "contacts/contacts_sqlite.mig", "orders/orders.mig", "keys/keys.mig"]
# Mistakes in a shared file are judged by a spec that imports it.
SHARED = {"contacts/rules.mig": "contacts/contacts_ndjson.mig"}


def code_only(text):
    """Comments blanked, so that no mistake is put into one."""
    return re.sub(r"//[^\n]*", lambda m: " " * len(m.group()), text)


def spans(pattern, text, replacement, flags=re.M):
    """(begin, end, new text) for every match; `replacement` may be a function of the match that gives None to pass."""
    for match in re.finditer(pattern, text, flags):
        new = replacement(match) if callable(replacement) else replacement
        if new is not None and new != match.group():
            yield match.start(), match.end(), new


def blocks(keyword, text):
    """(begin, end) of the bodies of top-level declarations."""
    for match in re.finditer(rf"^{keyword}\b[^\n]*\{{\n(.*?)^\}}", text, re.M | re.S):
        yield match.start(1), match.end(1)


def inside(keyword, text, pattern, replacement):
    for begin, end in blocks(keyword, text):
        for a, b, new in spans(pattern, text[begin:end], replacement):
            yield begin + a, begin + b, new


def rows(text):
    """Rows `key => value,` of tables and matches, neighbours in one block."""
    pattern = re.compile(r"^( +)([^\n]*?)(\s*=>\s*)([^\n]*?),[ \t]*$", re.M)
    group, last = [], None
    for match in pattern.finditer(text):
        if last is not None and text[last : match.start()].strip():
            yield group
            group = []
        group.append(match)
        last = match.end()
    yield group


def aliases(text):
    return sorted(set(re.findall(r"^map \w+: \w+ as (\w+)", text, re.M)))


def wrong_field(text):
    for alias in aliases(text):
        names = sorted(set(re.findall(rf"\b{alias}\.(\w+)", text)))
        yield from spans(rf"\b{alias}\.(\w+)", text, lambda m, names=names, alias=alias: f"{alias}.{names[(names.index(m.group(1)) + 1) % len(names)]}" if len(names) > 1 else None)


def misspelled_field(text):
    for alias in aliases(text):
        yield from spans(rf"\b{alias}\.(\w\w\w+)", text, lambda m, alias=alias: f"{alias}.{m.group(1)[1] + m.group(1)[0] + m.group(1)[2:]}")


def dropped_catch(text):
    yield from spans(r"[ \t]+catch (?:reject|warn|skip)\b[^\n,)]*", text, "")


def widened_type(text):
    yield from inside("schema", text, r": (string|int)\([^)\n]*\)", lambda m: f": {m.group(1)}")


def swapped_arms(text):
    for group in rows(text):
        for a, b in zip(group, group[1:]):
            if a.group(4) != b.group(4) and "else" not in (a.group(2), b.group(2)) and "_" not in (a.group(2).strip(), b.group(2).strip()):
                yield a.start(), b.end(), f"{a.group(1)}{a.group(2)}{a.group(3)}{b.group(4)}," + text[a.end() : b.start()] + f"{b.group(1)}{b.group(2)}{b.group(3)}{a.group(4)},"


def missing_arm(text):
    for begin, end in blocks("fn", text):
        yield from ((begin + a, begin + b, n) for a, b, n in spans(r"^ +[\w|. ]+=>[^\n]*,\n", text[begin:end], ""))
    yield from spans(r"^    \w[\w| ]*=> [^\n]*,\n", text, "")


def dropped_assignment(text):
    yield from inside("map", text, r"^  \w+ += [^\n]*\n(?!   +\S)", "")


def wrong_scale(text):
    yield from inside("schema", text, r"decimal\((\d+), (\d+)\)", lambda m: f"decimal({m.group(1)}, {int(m.group(2)) - 1})" if int(m.group(2)) > 0 else None)


def lost_zone(text):
    yield from spans(r",\s*zone: \"[^\"]*\"", text, "")


def label_lost(text):
    yield from inside("schema", text, r" +@pii\([^)]*\)", "")


def clearance_lost(text):
    yield from spans(r"^  allow [^\n]*\n", text, "")


def consent_raised(text):
    yield from spans(r"=> (unsubscribed|cleaned|suppressed\w*)\b", text, lambda m: "=> subscribed")


def misspelled_variant(text):
    for group in rows(text):
        for row in group:
            if re.fullmatch(r"[a-z_]{4,}", row.group(4)):
                yield row.start(4), row.end(4), row.group(4)[:-1]


def dropped_default(text):
    yield from inside("map", text, r"[ \t]*\?\? (?:keep|null|\"[^\"]*\"|[\d.]+|(?:reject|skip) \w+)", "")


def other_date_order(text):
    yield from spans(r"%m/%d/%Y", text, '%m/%d/%Y", "%d/%m/%Y')
    yield from spans(r"\"%Y-%m-%d", text, '"%Y-%M-%d')


def assigned_twice(text):
    yield from inside("map", text, r"^  (\w+) += [^\n]*\n(?!   +\S)", lambda m: m.group() + m.group())


def dropped_dedupe(text):
    yield from spans(r"^dedupe [^\n]*\{\n.*?^\}\n", text, "", re.M | re.S)
    yield from spans(r"^dedupe [^\n]*\}\n", text, "")


def dropped_ignore(text):
    yield from inside("map", text, r"^  ignore [^\n]*\n(?:   +[^\n]*\n)*", "")


def other_verb(text):
    yield from spans(r"\breject ([A-Z]{2,6}\d{3})\b(?! when)", text, lambda m: f"skip {m.group(1)}")


def repeated_row(text):
    for group in rows(text):
        for row in group:
            if row.group(2).startswith('"'):
                yield row.start(), row.end(), row.group() + "\n" + row.group()


def silent_default(text):
    yield from spans(r"(else|_)(\s*=> )(?:warn \w+ use |reject )(\w+)", text, lambda m: f"{m.group(1)}{m.group(2)}{m.group(3)}" if not re.fullmatch(r"[A-Z]+\d+", m.group(3)) else None)


def silent_failure(text):
    yield from spans(r"catch warn \w+ use null", text, "catch null")


def other_number(text):
    yield from spans(r"(?<=\* )\d+\.\d+\b", text, lambda m: str(round(float(m.group()) * 10, 4)))


KINDS = [wrong_field, misspelled_field, dropped_catch, widened_type, swapped_arms, missing_arm, dropped_assignment, wrong_scale, lost_zone, label_lost, clearance_lost, consent_raised,
         misspelled_variant, dropped_default, other_date_order, assigned_twice, dropped_dedupe, dropped_ignore, other_verb, repeated_row, silent_default, silent_failure, other_number]
# Why a mistake of a kind can pass: nothing in the spec says that it is one.
EXPLAINED = {
    "wrong_field": "both fields have the type that is wanted, and another statement still reads the first one; a test on a record finds it",
    "dropped_catch": "the expression on the left cannot fail without it, or the enclosing function still declares the failure",
    "widened_type": "the target takes the wider type too, so every value still fits",
    "swapped_arms": "both results have the type of the match, and the key is not called like another result; what a code means is known to the author alone",
    "missing_arm": "the row stands beside an `else` or `_`, which takes the value (here null, and gives null too)",
    "dropped_assignment": "the field is optional (W0412 says so) or a `let` took its place",
    "wrong_scale": "the narrower type stands on the source side, or nothing writes the field",
    "label_lost": "the field stands on the source, where the label begins, and its name does not tell what it holds",
    "clearance_lost": "another clearance covers the class",
    "other_verb": "the issue is used once, and a record whose parent is not there may be out of scope",
    "dropped_dedupe": "the key of the target is made of the key of the source, so no two records can meet",
    "dropped_default": "the target takes null, or the optional field is then null instead of left alone",
    "silent_default": "the default is no consent status",
    "other_number": "a weight is a decision; only limits that can never act are seen",
    "dropped_ignore": "the statement covered fields that are read elsewhere",
    "other_date_order": "the format stands in a test or in a list with `if_ambiguous`",
    "repeated_row": "the row stands in a list of another kind",
}


def findings(migc, spec):
    done = subprocess.run([migc, "check", "--all", "--format=json", str(spec)], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise SystemExit(f"check of {spec}: exit {done.returncode}\n{done.stderr}")
    found = collections.Counter()
    for line in done.stdout.splitlines():
        finding = json.loads(line)
        if finding["severity"] in ("error", "warning"):
            found[(finding["code"], finding["message"])] += 1
    return found


def tests_that_hold(migc, spec):
    done = subprocess.run([migc, "test", "--engine=interp", str(spec)], capture_output=True, text=True, timeout=120)
    return {line for line in done.stdout.splitlines() if line.startswith("ok ")}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--per-kind", type=int, default=12)
    parser.add_argument("--report")
    parser.add_argument("--at-least", type=float, default=0.0)
    a = parser.parse_args()
    migc = str(Path(a.migc).resolve())
    pick = random.Random(a.seed)
    rows_out, misses, caught_all, total, tested_all = [], [], 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="migc-mutants-") as folder:
        tree = Path(folder) / "programs"
        shutil.copytree(PROGRAMS, tree, ignore=shutil.ignore_patterns("*.gz", "*.ndjson", "out", ".migc"))
        (tree / "mig.lock").touch() if not (tree / "mig.lock").exists() else None
        clean = {spec: findings(migc, tree / spec) for spec in SPECS}
        held = {spec: tests_that_hold(migc, tree / spec) for spec in SPECS}  # tests that do not hold without a mistake say nothing about one
        for kind in KINDS:
            candidates = []
            for spec in [*SPECS, *SHARED]:
                text = (tree / spec).read_text(encoding="utf-8")
                candidates += [(spec, span) for span in kind(code_only(text))]
            chosen = pick.sample(candidates, min(a.per_kind, len(candidates)))
            caught, tested, codes = 0, 0, collections.Counter()
            for spec, (begin, end, new) in chosen:
                file = tree / spec
                text = file.read_text(encoding="utf-8")
                file.write_text(text[:begin] + new + text[end:], encoding="utf-8")
                judged = SHARED.get(spec, spec)
                fresh = findings(migc, tree / judged) - clean[judged]
                by_tests = not fresh and not held[judged] <= tests_that_hold(migc, tree / judged)
                file.write_text(text, encoding="utf-8")
                if fresh:
                    caught += 1
                    codes[min(fresh)[0]] += 1
                else:
                    line = text.count("\n", 0, begin) + 1
                    tested += by_tests
                    misses.append((kind.__name__, spec, line, text[begin:end].strip().splitlines()[0] if text[begin:end].strip() else "", new.strip().splitlines()[0] if new.strip() else "(removed)", by_tests))
            rows_out.append((kind.__name__, len(candidates), len(chosen), caught, tested, ", ".join(code for code, _ in codes.most_common(4))))
            caught_all += caught
            total += len(chosen)
            tested_all += tested
    lines = ["# Single mistakes that `migc check` catches", "",
             f"Seed {a.seed}, at most {a.per_kind} of a kind, {total} mistakes: {caught_all} caught ({100 * caught_all / total:.0f} %). Of `check` alone; the specs' own tests find {tested_all} of the other {total - caught_all}.", "",
             "`tests/mutation/study.py --migc build/dev/migc --report specs/studies/mistakes.md` makes this page.", "",
             "| kind | places | tried | caught | by | of the rest, by the spec's tests |", "|---|---|---|---|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {places} | {tried} | {caught} | {codes} | {tested if tried > caught else ''} |" for name, places, tried, caught, tested, codes in rows_out]
    lines += ["", "## Misses", ""]
    for name, why in EXPLAINED.items():
        own = [miss for miss in misses if miss[0] == name]
        if own:
            lines += [f"**{name.replace('_', ' ')}** ({len(own)}): {why}.", ""]
            lines += [f"* {spec}:{line}: `{was}` became `{now}`{' (found by its tests)' if by_tests else ''}" for _, spec, line, was, now, by_tests in own] + [""]
    unexplained = [miss for miss in misses if miss[0] not in EXPLAINED]
    if unexplained:
        lines += ["**Not explained**", ""] + [f"* {name}: {spec}:{line}: `{was}` became `{now}`" for name, spec, line, was, now, _ in unexplained] + [""]
    if a.report:
        Path(a.report).write_text("\n".join(lines).rstrip("\n") + "\n", encoding="utf-8")
    print("\n".join(lines[2:7 + len(rows_out)]))
    return 1 if total == 0 or caught_all / total < a.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
