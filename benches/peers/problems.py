"""A problem's name in; its events, weights and rules out, as arrays for the peers and as a scenario file for Dateline."""

from dataclasses import dataclass
from datetime import date, timedelta
from math import prod

import numpy as np

FIRST_DAY = date(2025, 1, 1)


@dataclass
class Problem:
    """Events of one day each: event `i` falls on day `x[i]` of `0..days`, and `low <= x[b] - x[a] <= high` for every rule.

    `weights` has a row of positive day weights for each event; `None` makes all days alike. A rule is `(a, b, low, high)`,
    where `high` may be `None` for no upper bound. Asked for are the probabilities of every event's days, or, where `count`
    is set, the number of worlds that the rules allow (which is `count`).
    """

    name: str
    title: str
    events: int
    days: int
    rules: list
    weights: np.ndarray | None = None
    count: int | None = None

    def pair_tables_bytes(self) -> int:
        """What a table of 0 and 1 for every rule would take, as a tool for general tables needs it."""
        return len(self.rules) * self.days**2 * 8

    def day_weights(self) -> np.ndarray:
        """Weights that sum to one for each event."""
        if self.weights is None:
            return np.full((self.events, self.days), 1 / self.days)
        return self.weights / self.weights.sum(axis=1, keepdims=True)

    def pair_table(self, rule) -> np.ndarray:
        """1.0 where the rule holds; rows are days of `a`, columns days of `b`."""
        _, _, low, high = rule
        day = np.arange(self.days)
        gap = day[None, :] - day[:, None]
        held = gap >= low
        if high is not None:
            held &= gap <= high
        return held.astype(float)

    def toml(self) -> str:
        """The problem as a scenario file."""
        last_day = FIRST_DAY + timedelta(self.days - 1)
        lines = [f'title = "{self.title}"', f"horizon = {{ from = {FIRST_DAY}, to = {last_day} }}"]
        for event in range(self.events):
            lines.append(f"[event.e{event}]")
            if self.weights is not None:
                rows = [
                    f"    {{ in = {FIRST_DAY + timedelta(day)}, weight = {float(weight)!r} }},"
                    for day, weight in enumerate(self.weights[event])
                ]
                lines += ["prior = { weights = [", *rows, "] }"]
        for rule in self.rules:
            lines += ["[[rule]]", f'says = "{in_words(rule)}"']
        return "\n".join(lines) + "\n"


def in_words(rule) -> str:
    """A rule in the words of a scenario."""
    a, b, low, high = rule
    if high is None:
        return f"e{a} at least {low} days before e{b}"
    if low == -high:
        return f"e{a} within {high} days of e{b}"
    return f"e{a} {low}..{high} days before e{b}"


def random_weights(rng, events: int, days: int) -> np.ndarray:
    """Each day's weight on its own, between 0.1 and 1.1: no tool can gain from a shape."""
    return rng.random((events, days)) + 0.1


def chain() -> Problem:
    events, days = 50, 365
    rules = [(event, event + 1, 0, None) for event in range(events - 1)]
    weights = random_weights(np.random.default_rng(1), events, days)
    return Problem("chain", "Chain, 50 events x 365 days", events, days, rules, weights)


def tree() -> Problem:
    events, days = 200, 365
    rng = np.random.default_rng(2)
    rules = []
    for event in range(1, events):
        pair = [event, int(rng.integers(event))]
        if rng.random() < 0.5:
            pair.reverse()
        rules.append((*pair, int(rng.integers(0, 3)), int(rng.integers(60, 200))))
    return Problem("tree", "Random tree, 200 events x 365 days", events, days, rules, random_weights(rng, events, days))


def ring() -> Problem:
    """A ring whose two chords cross each other: treewidth 3. Every day stays possible, since all events may coincide."""
    events, days = 12, 120
    rng = np.random.default_rng(3)
    pairs = [(event, (event + 1) % events) for event in range(events)] + [(0, 6), (3, 9)]
    rules = []
    for a, b in pairs:
        most = int(rng.integers(60, 110))
        rules.append((a, b, -most, most))
    title = "Ring with two chords (treewidth 3), 12 events x 120 days"
    return Problem("ring", title, events, days, rules, random_weights(rng, events, days))


def long_chain() -> Problem:
    events, days = 2000, 3650
    rules = [(event, event + 1, 0, None) for event in range(events - 1)]
    return Problem("long-chain", "Long chain, 2,000 events x 3,650 days", events, days, rules)


def lattice() -> Problem:
    """Days that rise along rows and columns of a square: plane partitions in a box, counted by MacMahon's product."""
    side, days = 4, 4
    rules = [(side * row + column, side * (row + 1) + column, 0, None) for row in range(side - 1) for column in range(side)]
    rules += [(side * row + column, side * row + column + 1, 0, None) for row in range(side) for column in range(side - 1)]
    box = [(i, j, k) for i in range(1, side + 1) for j in range(1, side + 1) for k in range(1, days)]
    count = prod(i + j + k - 1 for i, j, k in box) // prod(i + j + k - 2 for i, j, k in box)
    return Problem("lattice", "Counting worlds, 4 x 4 events x 4 days", side * side, days, rules, count=count)


BY_NAME = {"chain": chain, "tree": tree, "ring": ring, "long-chain": long_chain, "lattice": lattice}
