"""A problem in; every marginal by straight loops in C out: what a program for this one problem costs."""

import ctypes
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np

from peers import shapes

NAME = "loops in C"
OUTSIDE = "compilation"
COMPILER = os.environ.get("CC", "cc")
FLAGS = ["-O3", "-march=native", "-shared", "-fPIC"]


def version() -> str:
    if not shutil.which(COMPILER):
        return "-"
    first_line = subprocess.run([COMPILER, "--version"], capture_output=True, text=True).stdout.split("\n")[0]
    return first_line + ", -O3 -march=native"


def refuses(problem) -> str | None:
    if not shapes.is_chain(problem) and not shapes.is_tree(problem):
        return "written for chains and trees only"
    if not shutil.which(COMPILER):
        return f"there is no C compiler ({COMPILER})"
    return None


def prepare(problem, folder: Path):
    library = folder / "loops.so"
    source = Path(__file__).with_name("loops.c")
    subprocess.run([COMPILER, *FLAGS, str(source), "-o", str(library)], check=True)
    loops = ctypes.CDLL(str(library))
    if not shapes.is_chain(problem):
        function, given = loops.tree, [problem.weights, *shapes.parents(problem)]
    elif problem.weights is None:
        function, given = loops.long_chain, []
    else:
        function, given = loops.chain, [problem.weights]
    marginals = np.empty((problem.events, problem.days))
    pointers = [array.ctypes.data_as(ctypes.c_void_p) for array in (*given, marginals)]

    def run():
        if function(problem.events, problem.days, *pointers):
            raise MemoryError
        return marginals

    # The arrays are to live as long as the pointers to them.
    run.given = given
    return run
