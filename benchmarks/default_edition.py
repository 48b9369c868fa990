"""How long the default edition takes and how much memory: `python -m benchmarks.default_edition [edition ...]`.

Runs `tradeplume run` twice in a fresh home, as a user would; prints wall and CPU time, peak memory, and when the
first answer was published: of the default edition whole, and in another home without its concentrations, or of the
editions named.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

FIRST_ANSWER = "This is published"


@dataclass(frozen=True)
class Measured:
    """One run. peak_gib: of the largest process so far.  answered_s: when the first answer stood, if one did."""

    wall_s: float
    cpu_s: float
    peak_gib: float
    answered_s: float | None


def measured(home: str, arguments: Sequence[str]) -> Measured:
    """Run the command; raises CalledProcessError when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    command = [sys.executable, "-uc", "from cli.main import main; main()", "run", *arguments]
    environment = {**os.environ, "TRADEPLUME_HOME": home}
    answered = None
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout or ():
            if line.startswith(FIRST_ANSWER):
                answered = time.perf_counter() - began
    if run.returncode:
        raise subprocess.CalledProcessError(run.returncode, command)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured(wall, cpu, after.ru_maxrss / 2**20, answered)


def main() -> None:
    """Print the first run of each edition and one that finds nothing to do."""
    default = [
        ["--without-concentrations"],
        [],
    ]  # the smaller one first: the peak is the largest so far
    for arguments in [["--edition", name] for name in sys.argv[1:]] or default:
        with tempfile.TemporaryDirectory() as home:
            for name in ("first run", "second run, nothing changed"):
                found = measured(home, arguments)
                answer = (
                    f", first answer after {found.answered_s:.1f} s" if found.answered_s else ""
                )
                print(
                    f"tradeplume run {' '.join(arguments)}, {name}: {found.wall_s:.1f} s wall,"
                    f" {found.cpu_s:.1f} s CPU, peak {found.peak_gib:.2f} GiB{answer}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
