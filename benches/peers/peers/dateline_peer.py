"""A problem as a scenario file in; Dateline's time, memory and answer out.

The time is the engine's inference, which gives all marginals, as `dateline bench` measures it; beside it stands that of a
whole process from reading the file to the last printed probability.
"""

import json
import math
import resource
import subprocess
import time
from datetime import date
from pathlib import Path

NAME = "Dateline"
OUTSIDE = "reading, compiling, planning, answers' summaries"
LIMITS = ["--max-memory", "8G", "--threads", "1"]


def version(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()[-1]


def measure(program: str, scenario: Path, folder: Path, counts: bool) -> dict:
    """Seconds and bytes; and the file with the answer."""
    answer = folder / ("answer.json" if counts else "answer.csv")
    command = [program, "forecast", str(scenario), "--format", "json" if counts else "csv", *LIMITS]
    with answer.open("w") as file:
        begun = time.perf_counter()
        result = subprocess.run(command, stdout=file, stderr=subprocess.PIPE, text=True)
        whole = time.perf_counter() - begun
    if result.returncode:
        raise RuntimeError("dateline: " + result.stderr.strip()[-300:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    measured = {"seconds": [whole], "process_seconds": whole, "peak_bytes": peak, "note": "whole process"}
    bench = subprocess.run([program, "bench", str(scenario), "--format", "json", *LIMITS], capture_output=True, text=True)
    if bench.returncode == 0:
        report = json.loads(bench.stdout)
        report = report[0] if isinstance(report, list) else report
        infer = next(stage for stage in report["stages"] if stage["name"] == "infer")
        measured.update(seconds=[infer["median_seconds"]], note="")
        if report.get("peak_memory_bytes"):
            measured["peak_bytes"] = report["peak_memory_bytes"]
    return measured


def answer(problem, folder: Path):
    """What the last measurement's process printed."""
    import numpy as np

    from problems import FIRST_DAY

    if problem.count is not None:
        forecast = json.loads((folder / "answer.json").read_text())
        return [math.exp(forecast["log_evidence"]["rules"]) * problem.days**problem.events]
    marginals = np.zeros((problem.events, problem.days))
    days = {}
    with (folder / "answer.csv").open() as file:
        next(file)
        for line in file:
            event, day, probability = line.split(",")
            if day not in days:
                days[day] = (date.fromisoformat(day) - FIRST_DAY).days
            marginals[int(event[1:]), days[day]] = float(probability)
    return marginals
