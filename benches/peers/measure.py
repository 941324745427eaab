"""The name of a peer and of a problem in; one JSON line with seconds, error and peak memory out.

Each measurement is a process of its own, which `run.py` starts: the peak memory is then its, and a peer that fails takes no
other with it. `measure.py prepare PROBLEM FOLDER` writes a problem's scenario file and reference instead.
"""

import importlib
import inspect
import json
import resource
import sys
import time
import warnings
from pathlib import Path

# Numpy and the problems, which need it, are imported late: a process that Dateline is started from should be small, since
# the memory of a child counts from its start.

TAKE_TABLES = ("opt_einsum", "opt_einsum_gradient", "pgmpy", "pyagrum")
COUNT = ("opt_einsum", "cpsat")

ENOUGH_RUNS = 7
ENOUGH_SECONDS = 2.0


def peak_bytes() -> int:
    """The most memory that this process, or one of its children, held at a time."""
    status = Path("/proc/self/status")
    if status.exists():
        own = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        own = int(own.split()[1])
    else:
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 1024 * max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def timed(run):
    """All seconds but the first run's, which warms up, unless it takes so long that it stands alone; and the last answer."""
    seconds = []
    while len(seconds) < 2 or (len(seconds) < ENOUGH_RUNS and sum(seconds) < ENOUGH_SECONDS):
        getattr(run, "before", lambda: None)()
        begun = time.perf_counter()
        answer = run()
        seconds.append(time.perf_counter() - begun)
        if seconds[0] > ENOUGH_SECONDS:
            return seconds, answer
    return seconds[1:], answer


def error(problem, answer, folder: Path) -> float:
    """The greatest difference from the reference, for a count as a share of it."""
    import numpy as np

    reference = np.load(folder / "reference.npy")
    greatest = float(np.abs(np.asarray(answer, dtype=float) - reference).max())
    return greatest / problem.count if problem.count else greatest


def measure(name: str, peer_name: str, folder: Path) -> dict:
    from problems import BY_NAME

    peer = importlib.import_module(f"peers.{peer_name}_peer")
    problem = BY_NAME[name]()
    told = {"name": peer.NAME, "version": peer.version(), "outside": peer.OUTSIDE}
    reason = peer.refuses(problem)
    tables = problem.pair_tables_bytes()
    if reason is None and peer_name in TAKE_TABLES and tables > 1e11:
        reason = f"its tables of pairs would take {tables / 1e9:.0f} GB"
    if reason is None and problem.count is not None and peer_name not in COUNT:
        reason = "gives probabilities, no counts"
    if reason:
        return told | {"skipped": reason}
    with_folder = "folder" in inspect.signature(peer.prepare).parameters
    run = peer.prepare(problem, folder) if with_folder else peer.prepare(problem)
    seconds, answer = timed(run)
    told |= {"seconds": seconds, "peak_bytes": peak_bytes(), "note": getattr(run, "note", "")}
    return told | {"error": error(problem, getattr(run, "after", lambda same: same)(answer), folder)}


def measure_dateline(name: str, folder: Path, program: str) -> dict:
    from peers import dateline_peer

    measured = dateline_peer.measure(program, folder / "scenario.toml", folder, counts=name == "lattice")
    from problems import BY_NAME

    problem = BY_NAME[name]()
    told = {"name": dateline_peer.NAME, "version": dateline_peer.version(program), "outside": dateline_peer.OUTSIDE}
    told |= measured | {"error": error(problem, dateline_peer.answer(problem, folder), folder)}
    # A long answer takes hundreds of megabytes.
    for answer in folder.glob("answer.*"):
        answer.unlink()
    return told


def prepare(name: str, folder: Path) -> dict:
    import numpy as np

    from problems import BY_NAME
    from reference import reference

    problem = BY_NAME[name]()
    scenario = problem.toml()
    path = folder / "scenario.toml"
    known = path.exists() and path.read_text() == scenario and (folder / "reference.npy").exists()
    if not known:
        np.save(folder / "reference.npy", reference(problem))
        path.write_text(scenario)
    return {"title": problem.title}


def main() -> None:
    warnings.filterwarnings("ignore")
    task, name, folder, *rest = sys.argv[1:]
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if task == "prepare":
            told = prepare(name, folder)
        elif task == "dateline":
            told = measure_dateline(name, folder, rest[0])
        else:
            resource.setrlimit(resource.RLIMIT_AS, (int(rest[0]),) * 2)
            told = measure(name, task, folder)
    except Exception as problem:
        lacking = isinstance(problem, MemoryError) or "memory" in f"{type(problem).__name__} {problem}".lower()
        told = {"failed": "out of memory" if lacking else f"{type(problem).__name__}: {problem}"[:300]}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
