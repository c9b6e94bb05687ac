"""Every fail point of the sources, by the tests that stop runs there: `tests/crash/crash_tests.py`, for MEASURE_POINTS `tests/integration/measures.py`,
for EARLY_POINTS `tests/integration/own_references.py`, for DEFERRED_POINTS `tests/integration/self_references.py`."""

FILE_POINTS = ["after_take_over", "file_before_taking", "after_claim", "create", "read", "write", "before_seal", "file_before_sync", "fdatasync", "file_before_journal", "journal",
               "file_after_journal", "publish_before_rename", "publish_after_backup", "rename", "publish_after_rename", "sync_directory",
               "publish_before_journal", "after_publish", "before_finished"]
SQLITE_POINTS = ["after_take_over", "after_claim", "before_seal", "sqlite_after_rows", "sqlite_before_checkpoint", "sqlite_before_commit",
                 "sqlite_after_commit", "after_publish", "before_finished"]
DEDUPE_POINTS = ["dedupe_decide", "dedupe_chunk"]
MEASURE_POINTS = ["before_references", "references_filled", "before_measures"]
EARLY_POINTS = ["before_early_references", "early_references_filled"]
DEFERRED_POINTS = ["sqlite_deferred_filled"]
ALL_POINTS = {*FILE_POINTS, *SQLITE_POINTS, *DEDUPE_POINTS, *MEASURE_POINTS, *EARLY_POINTS, *DEFERRED_POINTS}
