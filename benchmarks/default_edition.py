"""How long the default edition takes and how much memory: `python -m benchmarks.default_edition [edition ...]`.

Runs `tradeplume run` twice in a fresh home, as a user would; prints wall time, CPU time and peak memory: of the
default edition whole, and in another home without its concentrations, or of the editions named.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence


def measured(home: str, arguments: Sequence[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory (GiB, of the largest process so far) of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-c", "from cli.main import main; main()"),
            *("run", "--quiet", *arguments),
        ],
        env={**os.environ, "TRADEPLUME_HOME": home},
        check=True,
    )
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu, after.ru_maxrss / 2**20


def main() -> None:
    """Print the first run of each edition and one that finds nothing to do."""
    default = [
        ["--without-concentrations"],
        [],
    ]  # the smaller one first: the peak is the largest so far
    for arguments in [["--edition", name] for name in sys.argv[1:]] or default:
        with tempfile.TemporaryDirectory() as home:
            for name in ("first run", "second run, nothing changed"):
                wall, cpu, memory = measured(home, arguments)
                print(
                    f"tradeplume run {' '.join(arguments)}, {name}: {wall:.1f} s wall, {cpu:.1f} s CPU,"
                    f" peak {memory:.2f} GiB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
