#!/usr/bin/env python3
"""Problems and peers in; a Markdown table of time, error and memory, Dateline's beside theirs, out.

    python3 benches/peers/run.py [--only chain,tree] [--peers pgmpy,numpy] [--repeat 3] [--out FILE]

Needs Python 3.11, cargo and, for two of the rows, a C compiler and JAGS. The Python peers are installed by pip into a virtual
environment below `target/`.
"""

import argparse
import datetime
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROBLEMS = ["chain", "tree", "ring", "long-chain", "lattice"]
PEERS = ["opt_einsum", "opt_einsum_gradient", "pyagrum", "pgmpy", "jags", "cpsat", "numpy", "c"]
ONE_THREAD = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "RAYON_NUM_THREADS")
}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", metavar="A,B", default=",".join(PROBLEMS), help="problems (default: %(default)s)")
    parser.add_argument("--peers", metavar="A,B", default=",".join(PEERS), help="peers (default: %(default)s)")
    parser.add_argument("--repeat", metavar="N", type=int, default=3, help="rounds, each with all peers in turn (default: 3)")
    parser.add_argument("--out", metavar="FILE", type=Path, default=HERE / "RESULTS.md", help="where the table goes")
    parser.add_argument("--dateline", metavar="PROGRAM", help="measure this one instead of building it")
    parser.add_argument("--seconds", metavar="N", type=int, default=120, help="a peer's limit for a problem (default: 120)")
    parser.add_argument("--memory", metavar="GB", type=float, default=12, help="a peer's limit of memory (default: 12)")
    options = parser.parse_args()
    for name in ("only", "peers"):
        chosen, known = getattr(options, name).split(","), PROBLEMS if name == "only" else PEERS
        for word in chosen:
            if word not in known:
                parser.error(f"--{name}: there is no '{word}', but {', '.join(known)}")
        setattr(options, name, [word for word in known if word in chosen])
    if options.repeat < 1:
        parser.error("--repeat: at least 1")
    return options


def must(command, what: str) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        sys.exit(f"{what} failed: {shlex.join(map(str, command))}")


def python() -> Path:
    """The virtual environment's, with all requirements."""
    folder = TARGET / "peers-venv"
    program = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not program.exists():
        venv.create(folder, with_pip=True)
    quiet = ["--quiet", "--disable-pip-version-check"]
    must([program, "-m", "pip", "install", *quiet, "-r", HERE / "requirements.txt"], "installing the peers")
    return program


def dateline(given: str | None) -> Path:
    if given is None:
        must(["cargo", "build", "--release", "--locked"], "building Dateline")
        given = TARGET / "release" / ("dateline.exe" if os.name == "nt" else "dateline")
    program = Path(given).resolve()
    if not program.exists():
        sys.exit(f"there is no program {program}")
    return program


def task(program: Path, limit, *words) -> dict:
    """What `measure.py` tells, or how it ended."""
    command = [program, HERE / "measure.py", *words]
    environment = os.environ | ONE_THREAD
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, env=environment)
    except subprocess.TimeoutExpired:
        return {"failed": f"over {limit} s"}
    if done.returncode < 0:
        return {"failed": f"killed by signal {-done.returncode}"}
    lines = done.stdout.strip().split("\n")
    if done.returncode or not lines[-1].startswith("{"):
        return {"failed": (done.stderr.strip() or "no answer").split("\n")[-1][:200].replace("|", "/")}
    return json.loads(lines[-1])


def measure(options, program: Path, ours: Path, name: str) -> list[dict]:
    """A row a peer, ours first: medians over the rounds."""
    folder = TARGET / "peers" / name
    rounds = {peer: [] for peer in ["dateline", *options.peers]}
    for turn in range(options.repeat):
        for peer, told in rounds.items():
            if told and "seconds" not in told[-1]:
                continue
            print(f"  round {turn + 1}: {peer}", file=sys.stderr, flush=True)
            last = ours if peer == "dateline" else int(options.memory * 1e9)
            limit = None if peer == "dateline" else options.seconds
            told.append(task(program, limit, peer, name, folder, str(last)))
    return [combined(peer, told) for peer, told in rounds.items()]


def combined(peer: str, told: list[dict]) -> dict:
    row = {"peer": peer} | told[0] | told[-1]
    if "seconds" in told[-1]:
        row["time"] = statistics.median(statistics.median(one["seconds"]) for one in told)
        row["peak_bytes"] = max(one["peak_bytes"] for one in told)
        row["error"] = max(one["error"] for one in told)
        if "process_seconds" in row:
            row["process_seconds"] = statistics.median(one["process_seconds"] for one in told)
    return row


def in_seconds(value: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def table(title: str, rows: list[dict]) -> list[str]:
    lines = [f"## {title}", "", "| tool | time | to ours | greatest error | peak memory | remarks |", "|---|--:|--:|--:|--:|---|"]
    own = rows[0].get("time")
    for row in rows:
        name = row.get("name", row["peer"])
        if "time" not in row:
            lines.append(f"| {name} | - | - | - | - | {row.get('failed') or row['skipped']} |")
            continue
        ratio = row["time"] / own if own else None
        ratio = "-" if ratio is None else f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"
        note = row["note"]
        if "process_seconds" in row and note == "":
            note = f"whole process {in_seconds(row['process_seconds'])}"
        cells = (in_seconds(row["time"]), ratio, f"{row['error']:.0e}", f"{row['peak_bytes'] / 1e6:,.0f} MB", note)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines + [""]


def summary(results: dict[str, tuple[str, list[dict]]]) -> list[str]:
    """The times alone, a column a problem."""
    lines = ["| time | " + " | ".join(results) + " |", "|---|" + "--:|" * len(results)]
    for same_peer in zip(*(rows for _, rows in results.values())):
        name = next((row["name"] for row in same_peer if "name" in row), same_peer[0]["peer"])
        cells = [in_seconds(row["time"]) if "time" in row else row.get("failed", "-") for row in same_peer]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines + [""]


def machine() -> str:
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        names = [line.split(":")[1].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")]
        model = names[0] if names else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def report(options, results: dict[str, tuple[str, list[dict]]]) -> str:
    versions, outside = {}, {}
    for _, rows in results.values():
        for row in rows:
            if "version" in row:
                versions[row["name"]] = row["version"]
                outside[row["name"]] = row["outside"]
    lines = ["# Dateline and its peers", ""]
    command = ["python3", "benches/peers/run.py", "--repeat", str(options.repeat)]
    for name, chosen, known in (("--only", options.only, PROBLEMS), ("--peers", options.peers, PEERS)):
        command += [name, ",".join(chosen)] if chosen != known else []
    lines.append(f"`{shlex.join(command)}`, {datetime.date.today()}; {machine()}.")
    lines += [
        "",
        "The same problems for all, one thread, a process a measurement, all tools in turn.",
        f"Medians over rounds, of which there were {options.repeat}. Asked for are the probabilities of every event's days.",
        "A peer is stopped at its limits, "
        f"{options.seconds} s and {options.memory:g} GB for a problem. Errors are the greatest difference of a probability",
        "from a slow reference (`reference.py`); for counts, a share of the count.",
        "Memory is the whole process's, Python and tables included.",
        "",
    ]
    lines += summary(results)
    for title, rows in results.values():
        lines += table(title, rows)
    lines += ["## Versions, and what the times leave out", "", "| tool | version | not in its time |", "|---|---|---|"]
    lines += [f"| {name} | {version} | {outside[name]} |" for name, version in versions.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = arguments()
    program, ours = python(), dateline(options.dateline)
    results = {}
    for name in options.only:
        print(f"{name}: reference", file=sys.stderr, flush=True)
        told = task(program, None, "prepare", name, TARGET / "peers" / name)
        if "title" not in told:
            sys.exit(f"{name}: {told['failed']}")
        results[name] = (told["title"], measure(options, program, ours, name))
        # Written after each problem, so that a run that is stopped leaves what it has.
        options.out.write_text(report(options, results), encoding="utf-8")
    print(f"written to {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
