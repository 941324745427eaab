"""A problem in; its answer out, computed slowly and in other ways than any peer's: what errors are measured against."""

from collections import defaultdict
from functools import reduce

import numpy as np

from problems import Problem


def reference(problem: Problem) -> np.ndarray:
    """Probabilities of days, a row an event; for a counting problem the count alone."""
    if problem.count is not None:
        return np.array([float(problem.count)])
    if problem.weights is None:
        return uniform_chain(problem)
    if len(problem.rules) == problem.events - 1:
        return of_tree(problem)
    return np.array([of_one(problem, event) for event in range(problem.events)])


def uniform_chain(problem: Problem) -> np.ndarray:
    """The closed form for days in order, each as likely as any other.

    ```text
    P(x[i] = d) = C(i + d, i) C(n - 1 - i + D - 1 - d, n - 1 - i) / C(n + D - 1, n)
    ```

    with n events on D days: i days up to d before it, the others from d on. By sums of logarithms in extended precision.
    """
    n, days = problem.events, problem.days
    log_factorial = np.concatenate([[0], np.cumsum(np.log(np.arange(1, n + days, dtype=np.longdouble)))])

    def log_choose(of, take):
        return log_factorial[of] - log_factorial[take] - log_factorial[of - take]

    day = np.arange(days)
    total = log_choose(n + days - 1, n)
    rows = []
    for i in range(n):
        after = n - 1 - i
        rows.append(np.exp(log_choose(i + day, i) + log_choose(after + days - 1 - day, after) - total).astype(float))
    return np.array(rows)


def of_tree(problem: Problem) -> np.ndarray:
    """Messages through full tables of 0 and 1, each scaled to a greatest entry of 1, in extended precision."""
    weights = problem.day_weights().astype(np.longdouble)
    neighbours = defaultdict(list)
    for rule in problem.rules:
        table = problem.pair_table(rule).astype(bool)
        neighbours[rule[0]].append((rule[1], table))
        neighbours[rule[1]].append((rule[0], table.T))
    order, parent = [0], {0: None}
    for event in order:
        for other, _ in neighbours[event]:
            if other not in parent:
                parent[other] = event
                order.append(other)
    message = {}

    def send(sender, receiver, table):
        product = weights[sender].copy()
        for other, _ in neighbours[sender]:
            if other != receiver:
                product *= message[other, sender]
        sums = np.where(table, product[:, None], 0).sum(axis=0)
        message[sender, receiver] = sums / sums.max()

    for event in reversed(order):
        for other, table in neighbours[event]:
            if other == parent[event]:
                send(event, other, table)
    for event in order:
        for other, table in neighbours[event]:
            if other != parent[event]:
                send(event, other, table)
    beliefs = weights.copy()
    for (_, receiver), values in message.items():
        beliefs[receiver] *= values
    return (beliefs / beliefs.sum(axis=1, keepdims=True)).astype(float)


def of_one(problem: Problem, kept: int) -> np.ndarray:
    """One event's probabilities: the others are summed out one by one, those with few neighbours first."""
    factors = [((event,), row) for event, row in enumerate(problem.day_weights())]
    factors += [((rule[0], rule[1]), problem.pair_table(rule)) for rule in problem.rules]
    left = set(range(problem.events)) - {kept}

    def scope(event):
        return {other for events, _ in factors if event in events for other in events}

    def cost(event):
        """Neighbours, then how many pairs of them would become new neighbours."""
        around = scope(event) - {event}
        return len(around), sum(len(around - scope(other)) for other in around)

    while left:
        event = min(sorted(left), key=cost)
        rest = tuple(sorted(scope(event) - {event}))
        bucket = [over(factor, (event, *rest)) for factor in factors if event in factor[0]]
        summed = np.zeros([problem.days] * len(rest))
        for day in range(problem.days):
            summed += reduce(np.multiply, sorted((table[day] for table in bucket), key=np.size))
        factors = [factor for factor in factors if event not in factor[0]] + [(rest, summed / summed.max())]
        left.remove(event)
    belief = np.prod([table for _, table in factors], axis=0)
    return belief / belief.sum()


def over(factor, events) -> np.ndarray:
    """A factor's table with an axis for each of `events`, of length 1 where it does not depend on it."""
    own, table = factor
    ordered = table.transpose([own.index(event) for event in events if event in own])
    return np.expand_dims(ordered, [axis for axis, event in enumerate(events) if event not in own])
