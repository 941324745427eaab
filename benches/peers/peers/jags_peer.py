"""A problem in; every marginal as the frequencies that JAGS reaches by sampling for about ten seconds out.

Rules are observed ones, the manual's way to say what its distributions do not: `one ~ dbern(rule holds)`.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np

NAME = "JAGS, Gibbs sampling"
OUTSIDE = "trial runs that find how many sweeps ten seconds hold"
SECONDS = 10


def version() -> str:
    if not shutil.which("jags"):
        return "-"
    output = subprocess.run(["jags"], input="exit\n", capture_output=True, text=True).stdout
    found = re.search(r"JAGS (\d\S*)", output)
    return found[1] if found else "unknown"


def refuses(problem) -> str | None:
    if problem.count is not None:
        return "samples; does not count"
    if problem.events * problem.days > 1e6:
        return "not tried: each sweep weighs 7,300,000 days one by one"
    if not shutil.which("jags"):
        return "not installed"
    return None


MODEL = """model {
  for (i in 1:events) { x[i] ~ dcat(weight[i, ]) }
  for (r in 1:rules) { one[r] ~ dbern(x[b[r]] - x[a[r]] >= low[r] && x[b[r]] - x[a[r]] <= high[r]) }
}
"""


def in_r(values) -> str:
    return "c(" + ", ".join(repr(value) for value in values) + ")"


def data(problem) -> str:
    rules = [(a + 1, b + 1, low, problem.days if high is None else high) for a, b, low, high in problem.rules]
    lines = [f"events <- {problem.events}", f"rules <- {len(rules)}"]
    lines += [f"{name} <- {in_r(column)}" for name, column in zip(("a", "b", "low", "high"), zip(*rules))]
    lines.append(f"one <- {in_r([1] * len(rules))}")
    weights = in_r(problem.day_weights().T.ravel().tolist())
    lines.append(f"weight <- structure({weights}, .Dim = c({problem.events}, {problem.days}))")
    return "\n".join(lines) + "\n"


def start(problem) -> list[int]:
    """Days that keep all rules: the longest ways from below, lifted to the middle."""
    days = [0] * problem.events
    for _ in range(problem.events):
        for a, b, low, high in problem.rules:
            days[b] = max(days[b], days[a] + low)
            if high is not None:
                days[a] = max(days[a], days[b] - high)
    lift = (problem.days - max(days)) // 2
    return [1 + day + lift for day in days]


def prepare(problem, folder: Path):
    (folder / "model.bug").write_text(MODEL)
    (folder / "data.R").write_text(data(problem))
    (folder / "start.R").write_text(f"x <- {in_r(start(problem))}\n.RNG.name <- 'base::Mersenne-Twister'\n.RNG.seed <- 1\n")

    def sample(sweeps: int):
        """A tenth of the sweeps to forget the start, then the rest."""
        script = f"""model in "model.bug"
data in "data.R"
compile
parameters in "start.R"
initialize
update {max(1, sweeps // 10)}
monitor x
update {sweeps}
coda *
"""
        result = subprocess.run(["jags"], input=script, capture_output=True, text=True, cwd=folder)
        if not (folder / "CODAindex.txt").exists():
            raise RuntimeError("JAGS: " + (result.stdout + result.stderr)[-300:])

    def seconds(sweeps: int) -> float:
        begun = time.perf_counter()
        sample(sweeps)
        return time.perf_counter() - begun

    compiling, sweeps, spent = seconds(1), 10, 0.0
    while spent < 1:
        sweeps *= 4
        spent = seconds(sweeps) - compiling
    sweeps = int(sweeps * SECONDS / spent)

    def run():
        (folder / "CODAindex.txt").unlink()
        sample(sweeps)
        return folder

    def marginals(_):
        values = np.loadtxt(folder / "CODAchain1.txt", usecols=1, dtype=np.int64).reshape(problem.events, -1)
        return [np.bincount(row - 1, minlength=problem.days) / len(row) for row in values]

    run.after = marginals
    run.note = f"{sweeps:,} sweeps"
    return run
