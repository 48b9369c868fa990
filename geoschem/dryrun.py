"""The model's dry run: what it refuses, and what it would read and does not find."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoschem.rundir import PROGRAM
from geoschem.segment import last_words, model_environment, read_record, unlimited_stack
from warehouse.errors import UserFacingError

LOG = "dryrun.log"
MODE = "IS IN DRY-RUN MODE"
_MISSING = re.compile(r"(REQUIRED|OPTIONAL) FILE NOT FOUND\s+(\S+)")
_VERSION = re.compile(r"GEOS-Chem version\s*:\s*(\S+)")
_TO_COME = re.compile(
    r"^\.?/?.*(Restarts/(GEOSChem\.Restart|HEMCO_restart)|TradeplumeBoundary/|HEMCO_restart\.)"
)


class DryRunRefused(UserFacingError):
    """The model does not accept a run directory."""

    exit_code = 4


@dataclass(frozen=True)
class DryRun:
    """What the model said. missing: files of the data folder that it requires.

    optional: files it can do without.  to_come: restart and boundary files that earlier segments will
    write.  ours_missing: files of ours.
    """

    key: str
    version: str
    missing: tuple[str, ...]
    optional: tuple[str, ...]
    to_come: tuple[str, ...]
    ours_missing: tuple[str, ...]


def dry_run(folder: Path, *, timeout_s: float = 1800.0) -> DryRun:
    """Run ``gcclassic --dryrun`` in a run directory. Raises DryRunRefused with the lines that matter."""
    record = read_record(folder)
    try:
        done = subprocess.run(
            [f"./{PROGRAM}", "--dryrun"],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            env=model_environment(1),
            preexec_fn=unlimited_stack,
            check=False,
        )
    except OSError as error:
        raise DryRunRefused(
            f"{record.key}: the program cannot be run: {error.strerror}.",
            remedy="Build GEOS-Chem for this machine, or name another with --executable.",
        ) from error
    log = done.stdout + done.stderr
    (folder / LOG).write_text(log, encoding="utf-8")
    result = read_log(log, record.key)
    if result.version != record.version:
        raise DryRunRefused(
            f"{record.key}: the run directory is of GEOS-Chem {record.version},"
            f" the program is {result.version or 'of unknown version'}.",
            remedy="Use a program and run directories of the same version.",
        )
    if result.ours_missing:
        raise DryRunRefused(
            f"{record.key}: the model does not find files of ours: {', '.join(result.ours_missing)}.",
            remedy="Write them again: `tradeplume simulate --until emissions`.",
        )
    return result


def read_log(log: str, key: str) -> DryRun:
    """What a log says. Raises DryRunRefused unless it shows a whole dry run without an error.

    The exit code says nothing: 14.0.1 ends a good dry run with 2.
    """
    errors = [line for line in log.splitlines() if "ERROR" in line and "FILE NOT FOUND" not in line]
    if log.count(MODE) < 2 or errors:
        why = errors[:8] or last_words(log)
        raise DryRunRefused(
            "\n".join(
                [f"{key}: the model refuses the run directory:", *(f"    {one}" for one in why)]
            ),
            remedy=f"The whole log is {LOG} in the run directory.",
        )
    found: dict[str, list[str]] = {"REQUIRED": [], "OPTIONAL": []}
    for kind, path in _MISSING.findall(log):
        if path not in found[kind]:
            found[kind].append(path)
    required = found["REQUIRED"]
    ours = [path for path in required if "TradeplumeEmissions" in path or "TradeplumeMask" in path]
    to_come = [path for path in required if _TO_COME.match(path)]
    version = _VERSION.search(log)
    return DryRun(
        key=key,
        version=version[1] if version else "",
        missing=tuple(path for path in required if path not in {*ours, *to_come}),
        optional=tuple(found["OPTIONAL"]),
        to_come=tuple(to_come),
        ours_missing=tuple(ours),
    )


def write_download_list(runs: Iterable[DryRun], data_root: Path, target: Path) -> Sequence[str]:
    """One list of what all runs require and do not find, below the data folder; returns it."""
    wanted = sorted({path for run in runs for path in run.missing})
    root = f"{data_root}/"
    lines = [path.removeprefix(root) for path in wanted]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return lines
