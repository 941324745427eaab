"""A problem in; the number of worlds that its rules allow out, by OR-Tools CP-SAT's enumeration of all solutions."""

import ortools
from ortools.sat.python import cp_model

NAME = "OR-Tools CP-SAT, enumeration"
OUTSIDE = "model"


def version() -> str:
    return ortools.__version__


def refuses(problem) -> str | None:
    if problem.count is None:
        return "tells worlds one by one, and here there are too many"
    return None


class Counter(cp_model.CpSolverSolutionCallback):
    def __init__(self):
        super().__init__()
        self.count = 0

    def on_solution_callback(self):
        self.count += 1


def prepare(problem):
    model = cp_model.CpModel()
    x = [model.new_int_var(0, problem.days - 1, f"e{event}") for event in range(problem.events)]
    for a, b, low, high in problem.rules:
        model.add(x[b] - x[a] >= low)
        if high is not None:
            model.add(x[b] - x[a] <= high)

    def run():
        solver = cp_model.CpSolver()
        solver.parameters.enumerate_all_solutions = True
        solver.parameters.num_workers = 1
        counter = Counter()
        if solver.solve(model, counter) != cp_model.OPTIMAL:
            raise RuntimeError("the enumeration did not end")
        return [counter.count]

    return run
