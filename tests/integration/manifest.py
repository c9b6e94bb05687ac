#!/usr/bin/env python3
"""`migc manifest`: complete, and the same facts in all three forms.

manifest.py --migc PATH
"""
import argparse
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parents[2] / "specs" / "programs"
SPECS = ["contacts/contacts_ndjson.mig", "examples/a_mailchimp_klaviyo.mig", "examples/c_cdc_cutover.mig", "orders/orders.mig"]
VOID = {"meta", "br", "hr", "img", "link", "circle", "path"}


class Page(HTMLParser):
    """Text and balance of a page, and what it would load from elsewhere."""

    def __init__(self):
        super().__init__()
        self.open, self.words, self.outside, self.inside, self.places, self.problems = [], [], [], [], set(), []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.places.add(found.get("id"))
        for name in ("src", "href", "xlink:href", "action"):
            if (found.get(name) or "").startswith("#"):
                self.inside.append(found[name][1:])
            elif name in found:
                self.outside.append(found[name])
        if tag not in ("meta",):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def manifest(migc, spec, form):
    done = subprocess.run([migc, "manifest", f"--format={form}", str(PROGRAMS / spec)], capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise SystemExit(f"{spec} as {form}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def declared_fields(text, schema):
    body = re.search(rf"^schema {schema} \{{\n(.*?)^\}}", text, re.M | re.S)
    return re.findall(r"^  (\w+)\??:", body.group(1), re.M) if body else []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--migc", required=True)
    migc = parser.parse_args().migc
    failures, fields = [], 0
    for spec in SPECS:
        text = (PROGRAMS / spec).read_text(encoding="utf-8")
        facts = json.loads(manifest(migc, spec, "json"))
        markdown, page = manifest(migc, spec, "markdown"), Page()
        html = manifest(migc, spec, "html")
        page.feed(html)
        shown = "".join(page.words)
        if page.problems or page.open or page.outside or "<script" in html:
            failures.append(f"{spec}: html: {page.problems} {page.open} {page.outside}")
        missing = [place for place in page.inside if place not in page.places]
        headings = re.findall(r"^## (.*)$", markdown, re.M)
        if missing or len(page.inside) != (len(headings) if len(headings) > 1 else 0):
            failures.append(f"{spec}: contents of the page: {missing}, {len(page.inside)} of {len(headings)} parts")
        names = re.findall(r"^map (\w+): (\w+)(?: as \w+)? -> (\w+)", text, re.M)
        if [m["name"] for m in facts["maps"]] != [n for n, _, _ in names]:
            failures.append(f"{spec}: maps {[m['name'] for m in facts['maps']]}")
        for written, (_, source, target) in zip(facts["maps"], names):
            schema = re.search(rf"^target {target}: (\w+)", text, re.M).group(1)
            listed = [f["target"] for f in written["fields"]]
            for name in declared_fields(text, schema):
                if name not in listed:
                    failures.append(f"{spec}: {written['name']}.{name} is missing")
            for field in written["fields"]:
                fields += 1
                if field["required"] and not field["rule"]:
                    failures.append(f"{spec}: required {field['target']} has no rule")
                rule = field["rule"]
                if rule and rule.replace("|", "\\|").replace("<", "&lt;") not in markdown:
                    failures.append(f"{spec}: Markdown lacks the rule of {field['target']}: {rule}")
                if rule and rule not in shown:
                    failures.append(f"{spec}: HTML lacks the rule of {field['target']}")
            for each in written["ignored"]:
                if not each["reason"]:
                    failures.append(f"{spec}: {each['field']} is ignored without a reason")
            if written["source"] != source or written["unread"]:
                failures.append(f"{spec}: {written['name']} reads {written['source']}, unread {written['unread']}")
        for item in re.findall(r"^item (\w+)", text, re.M):
            if item not in [i["item"] for i in facts["items"]] or item not in markdown or item not in shown:
                failures.append(f"{spec}: item {item} is missing")
    for failure in failures:
        print("FAIL", failure)
    print(f"{len(SPECS)} specs, {fields} fields, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
