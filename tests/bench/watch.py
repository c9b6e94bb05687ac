"""Runs a program once and samples the resident memory of its process tree."""
import dataclasses
import os
import shutil
import subprocess
import time
from pathlib import Path

from measure import Ran, files

PAGE = os.sysconf("SC_PAGE_SIZE")
INTERVAL = 0.05  # seconds


@dataclasses.dataclass
class Watched:
    ran: Ran
    samples: list                    # (seconds since the start, bytes of the whole tree)

    def at(self, part):
        """Bytes at a part (0..1) of the run."""
        return self.samples[min(int(part * len(self.samples)), len(self.samples) - 1)][1] if self.samples else 0

    def thinned(self, most):
        """At most so many samples, evenly, but each the largest of those that it stands for."""
        step = max(1, -(-len(self.samples) // most))
        return [(self.samples[i][0], max(b for _, b in self.samples[i:i + step])) for i in range(0, len(self.samples), step)]


def tree(pid):
    """The process and all its descendants that are alive."""
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
        except OSError:
            pass
    return found


def resident(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def watch(bench, program):
    work = bench.data / "runs" / "watch"
    folder, command = files(program, work)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    result, samples = folder / "usage", []
    with open(folder / "log", "wb") as log:
        start = time.monotonic()
        child = subprocess.Popen(["taskset", "-c", program.cores or bench.cores, bench.launch, result, "sh", "-c", command],
                                 stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        while child.poll() is None:
            samples.append((round(time.monotonic() - start, 3), sum(map(resident, tree(child.pid)))))
            time.sleep(INTERVAL)
    wall, user, system, peak, status = map(int, result.read_text().split())
    return Watched(Ran(folder, folder / program.out, wall / 1e9, (user + system) / 1e6, peak * 1024, status), samples)
