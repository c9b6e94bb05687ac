#!/usr/bin/env python3
"""Runs a DuckDB script with Python's duckdb package: duckdb_script.py SCRIPT.sql IN OUT TEMP, or --version."""
import sys

import duckdb

if sys.argv[1:] == ["--version"]:
    print(f"DuckDB {duckdb.__version__}")
else:
    with open(sys.argv[1], encoding="utf-8") as f:
        sql = f.read()
    for name, path in zip(("in", "out", "temp"), sys.argv[2:]):
        sql = sql.replace(f"'{{{name}}}'", "'" + path.replace("'", "''") + "'")
    duckdb.connect(":memory:").execute(sql)
