"""What a workload hands to the report: rows of programs, and headline figures with their goals."""
import dataclasses

NOT_INSTALLED = "not installed"      # why a peer has no figure, when that is no failure


@dataclasses.dataclass
class Headline:
    """One figure with a goal. `value` is (median, least, most) over the rounds, or None with the reason in `why`."""
    workload: str
    measure: str                     # what is divided by what, or what is timed
    value: tuple | None
    goal: float | None = None
    milestone: float | None = None
    unit: str = "x"                  # "x": a ratio; "ms", "MiB"
    more_is_better: bool = False
    yardstick: float | None = None   # for milliseconds: those of `python3 -c pass` in the same rounds
    why: str = ""

    @property
    def key(self):
        return f"{self.workload}: {self.measure}"

    def ratio(self):
        """The number for the history: a ratio as it is, milliseconds in yardsticks, MiB as they are."""
        if not self.value:
            return None
        return self.value[0] / self.yardstick if self.unit == "ms" and self.yardstick else self.value[0]

    def verdict(self):
        if not self.value:
            return "no figure"
        if self.goal is None:
            return ""
        good = (lambda limit: self.value[0] >= limit) if self.more_is_better else (lambda limit: self.value[0] <= limit)
        return "goal" if good(self.goal) else "milestone" if self.milestone and good(self.milestone) else "short of goal"


@dataclasses.dataclass
class Section:
    name: str
    title: str
    rows: list = dataclasses.field(default_factory=list)        # of Contest.measure
    baseline: str = ""
    headlines: list = dataclasses.field(default_factory=list)
    failed: dict = dataclasses.field(default_factory=dict)      # program -> why it has no figure
    tables: list = dataclasses.field(default_factory=list)      # (title, header, rows of text)
    notes: list = dataclasses.field(default_factory=list)
    raw: dict = dataclasses.field(default_factory=dict)         # for the JSON alone

    def take(self, contest, rows):
        """Adds a measured contest."""
        self.rows += rows
        self.baseline = self.baseline or contest.baseline
        self.failed |= contest.failed

    def missing(self, name):
        return self.failed.get(name, f"{name} was not run")


def scaled(spread, factor):
    return tuple(v * factor for v in spread) if spread else None


def milliseconds(row):
    return (row["median_s"] * 1e3, row["min_s"] * 1e3, row["max_s"] * 1e3)
