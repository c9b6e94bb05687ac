"""What a disk holds after the power went: computed from the trace of a killed migc_faults and done to its files.

The kill leaves everything that was written in the system's memory. Of that, a power cut keeps what was synced: `MIGC_TRACE` says which bytes of a
file and which names of a directory were. SQLite's own files are left as they are: it syncs its log at each commit, and what was not
committed does not count.
"""
import os
import shutil
from pathlib import Path


def lose(trace, old_files, data, names):
    """Takes away the bytes (`data`) and the names (`names`) that were not synced. `old_files`: path -> bytes of what stood there before the run,
    for a name that comes back. Returns how much was taken: bytes and names."""
    synced, pending = {}, []  # inode -> bytes that are safe; operations on names that no sync of their directory followed
    for line in trace.read_text().splitlines() if trace.exists() else ():  # none: killed before anything was written
        event, number, text = line.split(" ", 2)
        if event == "create":
            synced[int(number)] = 0
            pending.append(("create", text.split(" ", 1)[1], ""))
        elif event == "sync":
            synced[int(number)] = int(text.split(" ", 1)[0])
        elif event == "cut":
            synced[int(number)] = min(synced.get(int(number), 0), int(text.split(" ", 1)[0]))
        elif event in ("rename", "link"):
            pending.append((event, text[int(number):], text[:int(number)]))
        elif event == "mkdir":
            pending.append((event, text, ""))
        elif event == "sync_directory":
            pending = [p for p in pending if os.path.dirname(p[1]) != text]
    bytes_lost = names_lost = 0
    if data:
        for folder in {os.path.dirname(p) for p in old_files} | {str(trace.parent)}:
            for path in Path(folder).rglob("*"):
                if path.is_symlink() or not path.is_file():
                    continue
                safe, size = synced.get(path.stat().st_ino), path.stat().st_size
                if safe is not None and size > safe:
                    os.truncate(path, safe)
                    bytes_lost += size - safe
    if names:
        for event, name, other in reversed(pending):
            path = Path(name)
            if not path.exists():
                continue
            names_lost += 1
            if event == "mkdir":
                shutil.rmtree(path)
            elif event == "rename":
                os.rename(path, other)
                if name in old_files:
                    path.write_bytes(old_files[name])
            else:
                path.unlink()
    return bytes_lost, names_lost
