#!/usr/bin/env python3
"""What specs/programs/keys means: of the rows with one key the one with the highest version, at its place in the input.

reference_keys.py IN.csv OUT.csv REJECTS.ndjson COUNTS.json
Two passes; keeps every key in memory (about 150 bytes a key). A row of another shape is rejected with the code `decode`.
"""
import csv
import json
import sys


def rows(source):
    """(line, key, version, value), or (line, None, ...) for a row that does not decode."""
    with open(source, newline="", encoding="utf-8") as f:
        reader = csv.reader(f, strict=True)
        next(reader)
        for row in reader:
            try:
                key, version, value = row
                yield (reader.line_num, key or None, int(version), int(value))
            except ValueError:
                yield (reader.line_num, None, 0, 0)


def main():
    source, out_path, rejects_path, counts_path = sys.argv[1:]
    newest, read, rejects = {}, 0, []
    for line, key, version, _ in rows(source):
        read += 1
        if key is None:
            rejects.append({"line": line, "code": "decode"})
        elif version > newest.get(key, -1):
            newest[key] = version
    with open(out_path, "w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["key", "version", "value"])
        for _, key, version, value in rows(source):
            if key is not None and newest[key] == version:
                writer.writerow([key, version, value])
    with open(rejects_path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r) + "\n" for r in rejects)
    counts = {"read": read, "written": len(newest), "rejected": len(rejects), "merged": read - len(newest) - len(rejects)}
    with open(counts_path, "w", encoding="utf-8") as f:
        json.dump(counts, f, indent=1)
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
