"""The workloads by name, in the order of the report. Each is a function from a Bench to a Section."""
from . import contacts, growth, rejects, rows, sqlite, startup, tiers

ALL = {
    "contacts-ndjson": contacts.ndjson,
    "contacts-csv": contacts.csv,
    "contacts-stream": contacts.stream,
    "contacts-sqlite": sqlite.contacts,
    "rejects": rejects.rejects,
    "orders": rows.orders,
    "wide": rows.wide,
    "keys": rows.keys,
    "small": startup.small,
    "check": startup.check,
    "compile": startup.compile_maps,
    "workers": tiers.workers,
    "engines": tiers.engines,
    "growth": growth.growth,
    "memory": growth.memory,
}
