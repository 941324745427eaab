"""A problem in; every marginal by pgmpy's variable elimination out, a query an event.

(Its `BeliefPropagation.calibrate()` would answer all at once, but its beliefs are wrong on longer chains.)
"""

import logging

import pgmpy
from pgmpy.factors.discrete import DiscreteFactor
from pgmpy.inference import VariableElimination
from pgmpy.models import DiscreteMarkovNetwork

NAME = "pgmpy, variable elimination"
OUTSIDE = "network"


def version() -> str:
    return pgmpy.__version__


def refuses(problem) -> str | None:
    return None


def network(problem) -> DiscreteMarkovNetwork:
    logging.getLogger("pgmpy").setLevel(logging.ERROR)
    names = [f"e{event}" for event in range(problem.events)]
    model = DiscreteMarkovNetwork([(names[rule[0]], names[rule[1]]) for rule in problem.rules])
    for name, weights in zip(names, problem.day_weights()):
        model.add_factors(DiscreteFactor([name], [problem.days], weights))
    for rule in problem.rules:
        pair = [names[rule[0]], names[rule[1]]]
        model.add_factors(DiscreteFactor(pair, [problem.days] * 2, problem.pair_table(rule)))
    return model


def prepare(problem):
    inference = VariableElimination(network(problem))

    def run():
        queries = (inference.query([f"e{event}"], show_progress=False) for event in range(problem.events))
        # On a Markov network they come without a scale.
        return [query.values / query.values.sum() for query in queries]

    return run
