"""The pinned npm packages that tests of formats and editors use; tools/bootstrap installs them into tests/editors/node_modules."""
import os
import shutil
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SKIPPED = 77  # SKIP_RETURN_CODE of these tests


def require_packages(name):
    """Path of node; without the packages the test is skipped by name, or fails where servers are required."""
    node = shutil.which("node") or shutil.which("nodejs")
    if node and (FOLDER / "node_modules" / "vscode-languageserver-protocol").is_dir():
        return node
    print(f"SKIP {name}: the npm packages of tests/editors are not installed; tools/bootstrap installs them")
    sys.exit(1 if os.environ.get("MIGC_REQUIRE_SERVERS") == "1" else SKIPPED)
