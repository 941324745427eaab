"""A problem in; every marginal by a dynamic program in numpy out, written with care for this kind of problem."""

import numpy as np

from peers import shapes

NAME = "numpy by hand"
OUTSIDE = "nothing"


def version() -> str:
    return np.__version__


def refuses(problem) -> str | None:
    if not shapes.is_chain(problem) and not shapes.is_tree(problem):
        return "written for chains and trees only"
    return None


def prepare(problem):
    if not shapes.is_chain(problem):
        return lambda: tree(problem.weights, *shapes.parents(problem))
    if problem.events < 100:
        return lambda: chain(problem.weights)
    # The messages span thousands of decades. Extended precision holds them where the machine has it, else logarithms.
    if np.finfo(np.longdouble).maxexp > 16000:
        return lambda: long_chain(problem.events, problem.days, problem.weights)
    return lambda: long_chain_by_logarithms(problem.events, problem.days, problem.weights)


def chain(weights) -> np.ndarray:
    """x[0] <= x[1] <= ...: running sums forward and backward, each row scaled to a greatest entry of 1."""
    forward, backward = np.empty_like(weights), np.empty_like(weights)
    forward[0] = weights[0]
    for event in range(1, len(weights)):
        sums = np.cumsum(forward[event - 1])
        np.multiply(weights[event], sums / sums[-1], out=forward[event])
    backward[-1] = 1
    for event in range(len(weights) - 1, 0, -1):
        sums = np.cumsum((weights[event] * backward[event])[::-1])[::-1]
        np.divide(sums, sums[0], out=backward[event - 1])
    forward *= backward
    forward /= forward.sum(axis=1, keepdims=True)
    return forward


def long_chain(events, days, weights) -> np.ndarray:
    """The same on 80-bit floats, which reach from 1e-4932 to 1e4932."""
    backward = np.empty((events, days), dtype=np.longdouble)
    marginals = np.empty((events, days))
    backward[-1] = 1
    for event in range(events - 1, 0, -1):
        row = backward[event] if weights is None else weights[event] * backward[event]
        into = backward[event - 1]
        np.cumsum(row[::-1], out=into[::-1])
        into *= 1 / into[0]
    forward = np.ones(days, dtype=np.longdouble)
    for event in range(events):
        if weights is not None:
            forward *= weights[event]
        row = backward[event]
        row *= forward
        np.multiply(row, 1 / row.sum(), out=marginals[event], casting="same_kind")
        np.cumsum(forward, out=forward)
        forward *= 1 / forward[-1]
    return marginals


def long_chain_by_logarithms(events, days, weights) -> np.ndarray:
    """The same on logarithms."""
    log_weights = None if weights is None else np.log(weights)
    backward = np.empty((events, days))
    backward[-1] = 0
    for event in range(events - 1, 0, -1):
        row = backward[event] if weights is None else log_weights[event] + backward[event]
        into = backward[event - 1]
        np.logaddexp.accumulate(row[::-1], out=into[::-1])
        into -= into[0]
    forward = np.zeros(days)
    for event in range(events):
        if weights is not None:
            forward += log_weights[event]
        row = backward[event]
        row += forward
        np.exp(row - row.max(), out=row)
        row /= row.sum()
        np.logaddexp.accumulate(forward, out=forward)
        forward -= forward[-1]
    return backward


def tree(weights, parent, first, last) -> np.ndarray:
    """Messages up to each event's earlier neighbour and down again, as differences of running sums."""
    events, days = weights.shape
    day = np.arange(days)
    beliefs = weights.copy()
    upward = np.empty_like(beliefs)
    sums = np.zeros(days + 1)

    def windows(row, low, high):
        """For each day the sum of `row` from `low` to `high` days on, scaled to a greatest entry of 1."""
        np.cumsum(row, out=sums[1:])
        reached = sums.take(day + (high + 1), mode="clip") - sums.take(day + low, mode="clip")
        return reached / reached.max()

    parent, first, last = parent.tolist(), first.tolist(), last.tolist()
    for event in range(events - 1, 0, -1):
        upward[event] = windows(beliefs[event], -last[event], -first[event])
        beliefs[parent[event]] *= upward[event]
    # Where a message is 0 no day of the event fits, so that what stands there is never asked for.
    safe = np.where(upward > 0, upward, np.inf)
    for event in range(1, events):
        beliefs[event] *= windows(beliefs[parent[event]] / safe[event], first[event], last[event])
    return beliefs / beliefs.sum(axis=1, keepdims=True)
