"""A problem in; every marginal (or the count) by tensor contraction out, intermediate results shared as its manual shows."""

import numpy as np
import opt_einsum

NAME = "opt_einsum"
OUTSIDE = "tables, contraction paths"


def version() -> str:
    return opt_einsum.__version__


def refuses(problem) -> str | None:
    return None


def operands(problem):
    """Arrays and their subscripts, as `contract` takes them in turn."""
    symbols = [opt_einsum.get_symbol(event) for event in range(problem.events)]
    arrays = list(problem.day_weights())
    scopes = symbols[:]
    for rule in problem.rules:
        arrays.append(problem.pair_table(rule))
        scopes.append(symbols[rule[0]] + symbols[rule[1]])
    return symbols, scopes, arrays


def prepare(problem):
    symbols, scopes, arrays = operands(problem)
    inputs = ",".join(scopes)
    shapes = [array.shape for array in arrays]
    if problem.count is not None:
        arrays[: problem.events] = [np.ones(problem.days)] * problem.events
        total = opt_einsum.contract_expression(f"{inputs}->", *shapes, optimize="greedy")
        return lambda: [total(*arrays)]
    expressions = [
        opt_einsum.contract_expression(f"{inputs}->{symbol}", *shapes, optimize="greedy") for symbol in symbols
    ]

    def run():
        with opt_einsum.shared_intermediates():
            marginals = [expression(*arrays) for expression in expressions]
        return [marginal / marginal.sum() for marginal in marginals]

    return run
