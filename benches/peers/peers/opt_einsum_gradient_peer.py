"""A problem in; every marginal from one contraction and its gradient (opt_einsum on autograd's numpy) out."""

import autograd
import autograd.numpy as autograd_numpy
import opt_einsum

from peers import opt_einsum_peer

NAME = "opt_einsum, gradient by autograd"
OUTSIDE = "tables, contraction path"
refuses = opt_einsum_peer.refuses


def version() -> str:
    return opt_einsum_peer.version()


def prepare(problem):
    _, scopes, arrays = opt_einsum_peer.operands(problem)
    shapes = [array.shape for array in arrays]
    total = opt_einsum.contract_expression(",".join(scopes) + "->", *shapes, optimize="greedy")
    weights, tables = tuple(arrays[: problem.events]), arrays[problem.events :]

    def log_total(weights):
        return autograd_numpy.log(total(*weights, *tables, backend="autograd"))

    gradient = autograd.grad(log_total)

    def run():
        # A marginal is its weight times the derivative of the total's logarithm by that weight.
        return [weight * slope for weight, slope in zip(weights, gradient(weights))]

    return run
