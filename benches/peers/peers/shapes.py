"""A problem in; whether it is a chain of days in order, or a tree with its parents and gaps, for hand-written programs."""

import numpy as np


def is_chain(problem) -> bool:
    return problem.rules == [(event, event + 1, 0, None) for event in range(problem.events - 1)]


def is_tree(problem) -> bool:
    """Whether every event but the first has exactly one rule with an earlier event."""
    return sorted(max(rule[:2]) for rule in problem.rules) == list(range(1, problem.events))


def parents(problem):
    """For every event its earlier neighbour and the bounds of `x[parent] - x[event]`; zeros for the first event."""
    parent, first, last = (np.zeros(problem.events, dtype=np.int32) for _ in range(3))
    for a, b, low, high in problem.rules:
        child = max(a, b)
        parent[child] = min(a, b)
        first[child], last[child] = (low, high) if child == a else (-high, -low)
    return parent, first, last
