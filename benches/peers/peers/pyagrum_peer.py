"""A problem in; every marginal by pyAgrum's Shafer-Shenoy inference on a Markov random field out."""

import numpy as np
import pyagrum

NAME = "pyAgrum, Shafer-Shenoy"
OUTSIDE = "field, junction tree"


def version() -> str:
    return pyagrum.__version__


def refuses(problem) -> str | None:
    return None


def prepare(problem):
    field = pyagrum.MarkovRandomField()
    for event in range(problem.events):
        field.add(pyagrum.RangeVariable(f"e{event}", "", 0, problem.days - 1))
    for event, weights in enumerate(problem.day_weights()):
        field.addFactor([f"e{event}"])[:] = weights
    for rule in problem.rules:
        # An array's last axis is a table's first variable.
        a, b = f"e{rule[0]}", f"e{rule[1]}"
        table = field.addFactor([a, b])
        held = problem.pair_table(rule)
        table[:] = held if table.names[-1] == a else np.ascontiguousarray(held.T)
    inferences = []

    def ready():
        """A new inference each time, since one keeps its results."""
        inference = pyagrum.ShaferShenoyMRFInference(field)
        inference.setNumberOfThreads(1)
        inference.junctionTree()
        inferences[:] = [inference]

    def run():
        inferences[0].makeInference()
        return [inferences[0].posterior(f"e{event}").toarray() for event in range(problem.events)]

    run.before = ready
    return run
