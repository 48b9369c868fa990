"""One call of the model: checked before, watched, checked after, and recorded as complete.

``python -m geoschem.segment DIR`` is what a job of a cluster runs; a local run calls the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import netCDF4

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED
from geoschem.layout import BOUNDARY_LINK, read_json, write_json
from geoschem.rundir import MARKER, PROGRAM, lacking
from warehouse.errors import UserFacingError

LOG = "GC.log"
DONE = "done.json"
FINISHED = "E N D   O F   G E O S -- C H E M"
SLICES_A_DAY = 8
_DATE = re.compile(r"---> DATE: (\d{4})/(\d{2})/(\d{2})\s+(?:UTC|GMT): (\d{2}):(\d{2})")
_TELLING = re.compile(
    r"error|not found|cannot find|segmentation|signal|stop |killed|nan|abort|netcdf: ",
    re.IGNORECASE,
)


class SegmentFailed(UserFacingError):
    """A segment could not start, crashed, or left less than it must."""

    exit_code = 7


@dataclass(frozen=True)
class SegmentRecord:
    """What a run directory says of itself."""

    folder: Path
    key: str
    scenario: str
    code: str
    kind: str
    start: date
    end: date
    is_spinup: bool
    writes_boundary: bool
    version: str
    inputs: str

    @property
    def restart_in(self) -> Path:
        """The restart file it starts from."""
        return self.folder / "Restarts" / f"GEOSChem.Restart.{self.start:%Y%m%d}_0000z.nc4"

    @property
    def restart_out(self) -> Path:
        """The restart file it leaves."""
        return self.folder / "Restarts" / f"GEOSChem.Restart.{self.end:%Y%m%d}_0000z.nc4"

    def boundary_files(self) -> list[Path]:
        """Daily boundary files that it writes, or reads: then that of the day of its end, too."""
        days = (self.end - self.start).days + (1 if self.kind == NESTED else 0)
        return [
            self.folder
            / BOUNDARY_LINK
            / f"GEOSChem.BoundaryConditions.{self.start + timedelta(days=day):%Y%m%d}_0000z.nc4"
            for day in range(days)
        ]

    def output_files(self) -> list[Path]:
        """Monthly means that it leaves."""
        if self.kind != NESTED or self.is_spinup:
            return []
        return [
            self.folder / "OutputDir" / f"GEOSChem.{name}.{self.start:%Y%m%d}_0000z.nc4"
            for name in ("SpeciesConc", "StateMet", "AerosolMass")
        ]


def read_record(folder: Path) -> SegmentRecord:
    """The record of a run directory. Raises SegmentFailed when it is half made."""
    missing = lacking(folder)
    if missing:
        raise SegmentFailed(
            f"The run directory {folder} is half made: it lacks {', '.join(missing)}.",
            remedy="`tradeplume simulate` makes it again.",
        )
    content = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    start, end = date.fromisoformat(content["start"]), date.fromisoformat(content["end"])
    return SegmentRecord(
        folder=folder,
        key=f"{content['scenario']}/{content['kind']}/{start:%Y%m%d}-{end:%Y%m%d}",
        scenario=content["scenario"],
        code=content["code"],
        kind=content["kind"],
        start=start,
        end=end,
        is_spinup=content["is_spinup"],
        writes_boundary=content["writes_boundary"],
        version=content["version"],
        inputs=content["inputs"],
    )


def is_complete(record: SegmentRecord) -> bool:
    """Whether a segment has run with the inputs it has now and all it left is still there, whole."""
    done = read_json(record.folder / DONE)
    if not done or done.get("inputs") != record.inputs:
        return False
    return all(
        (record.folder / name).exists() and (record.folder / name).stat().st_size == size
        for name, size in done["files"].items()
    )


def run_segment(
    folder: Path,
    *,
    cores: int = 1,
    on_progress: Callable[[str, float], None] | None = None,
    poll_s: float = 1.0,
) -> bool:
    """Run a segment unless it is complete; returns whether it ran.

    on_progress: told the simulated date and the share done.  Raises SegmentFailed.
    """
    record = read_record(folder)
    if is_complete(record):
        return False
    (folder / DONE).unlink(missing_ok=True)
    demand_inputs(record)
    for old in (*record.output_files(), record.restart_out):
        old.unlink(missing_ok=True)
    began = time.monotonic()
    code = _call(record, cores, on_progress, poll_s)
    seconds = time.monotonic() - began
    log = (folder / LOG).read_text(encoding="utf-8", errors="replace")
    if FINISHED not in log:
        raise SegmentFailed(
            f"{record.key} stopped with code {code} at {last_date(log) or 'its start'}:\n"
            + "\n".join(f"    {line}" for line in last_words(log)),
            remedy=_remedy(record, log),
        )
    demand_outputs(record)
    left = [*record.output_files(), record.restart_out]
    left += record.boundary_files() if record.writes_boundary else []
    write_json(
        folder / DONE,
        {
            "inputs": record.inputs,
            "version": record.version,
            "seconds": round(seconds, 3),
            "cores": cores,
            "files": {str(path.relative_to(folder)): path.stat().st_size for path in left},
            "sha256": {
                str(path.relative_to(folder)): _checksum(path) for path in record.output_files()
            },
        },
    )
    return True


def demand_inputs(record: SegmentRecord) -> None:
    """The restart file and, for a nested segment, every boundary file must be there before it starts."""
    if not record.restart_in.exists():
        target = os.path.realpath(record.restart_in)
        raise SegmentFailed(
            f"{record.key} has no restart file: {target} is not there.",
            remedy="Run the segment before it, or name a first restart file with --restart.",
        )
    if record.kind != NESTED:
        return
    missing = [path for path in record.boundary_files() if not path.exists()]
    if missing:
        raise SegmentFailed(
            f"{record.key} lacks {len(missing)} boundary files, the first {missing[0].name}.",
            remedy="Run the same command again: the global segment that writes them runs once more.",
        )


def demand_outputs(record: SegmentRecord) -> None:
    """Everything a segment must leave, whole. Raises SegmentFailed naming the first file that is not."""
    for path in [record.restart_out, *record.output_files()]:
        _demand_whole(record, path, None)
    if record.kind == BOUNDARY and record.writes_boundary:
        for path in record.boundary_files():
            _demand_whole(record, path, SLICES_A_DAY)


def _demand_whole(record: SegmentRecord, path: Path, slices: int | None) -> None:
    problem = ""
    try:
        with netCDF4.Dataset(path) as file:
            times = file.dimensions["time"].size
            if times == 0 or (slices is not None and times < slices):
                problem = f"it holds {times} time steps of {slices or 1}"
            else:
                # What is cut off shows when the last field is read.
                fields = [name for name in file.variables if "time" in file[name].dimensions]
                file[fields[-1]][times - 1]
    except (OSError, RuntimeError, KeyError, IndexError) as error:
        problem = "it is not there" if not path.exists() else str(error).splitlines()[0]
    if problem:
        raise SegmentFailed(
            f"{record.key} ended, but {path.name} is not whole: {problem}.",
            remedy="Look for a full disk or a quota, then run the same command again.",
        )


def last_date(log: str) -> str | None:
    """The simulated date that a log has reached."""
    found = _DATE.findall(log)
    return "{}-{}-{} {}:{}".format(*found[-1]) if found else None


def last_words(log: str, count: int = 12) -> list[str]:
    """The last lines that tell why a run stopped; otherwise its last lines."""
    lines = [line.rstrip() for line in log.splitlines() if line.strip(" =-!*")]
    telling = [line for line in lines if _TELLING.search(line)]
    return (telling or lines)[-count:]


def _remedy(record: SegmentRecord, log: str) -> str:
    text = "\n".join(last_words(log))
    if "BoundaryConditions" in text:
        return "A boundary file is missing or damaged: remove it and run the same command again."
    if re.search(r"segmentation|signal 11|SIGSEGV", text, re.IGNORECASE):
        return "Most often the stack: `ulimit -s unlimited`, and more memory for the job."
    if re.search(r"not found|cannot find", text, re.IGNORECASE):
        return (
            "Download what the dry run listed (missing_files.txt), then run the same command again."
        )
    return f"The whole log is {record.folder / LOG}."


def _call(
    record: SegmentRecord,
    cores: int,
    on_progress: Callable[[str, float], None] | None,
    poll_s: float,
) -> int:
    log = record.folder / LOG
    try:
        with log.open("w", encoding="utf-8") as out:
            process = subprocess.Popen(
                [f"./{PROGRAM}"],
                cwd=record.folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=model_environment(cores),
                preexec_fn=unlimited_stack,
            )
            try:
                for position, share in _watch(process, log, record, poll_s):
                    if on_progress is not None:
                        on_progress(position, share)
            except BaseException:
                process.terminate()
                process.wait()
                raise
    except OSError as error:
        raise SegmentFailed(
            f"{record.key}: the program cannot be run: {error.strerror}.",
            remedy="Build GEOS-Chem for this machine, or name another with --executable.",
        ) from error
    return process.returncode


def _watch(
    process: subprocess.Popen[bytes], log: Path, record: SegmentRecord, poll_s: float
) -> Iterator[tuple[str, float]]:
    """Simulated date and share done, as the log grows."""
    days = (record.end - record.start).days
    seen = 0
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=poll_s)
        with log.open("rb") as file:
            file.seek(seen)
            fresh = file.read()
        # A line is looked at when it is whole.
        whole = fresh[: fresh.rfind(b"\n") + 1]
        seen += len(whole)
        position = last_date(whole.decode("utf-8", errors="replace"))
        if position is not None:
            gone = (date.fromisoformat(position[:10]) - record.start).days
            yield position, min(1.0, max(0.0, gone / days))
        if process.returncode is not None:
            return


def model_environment(cores: int) -> dict[str, str]:
    """The environment that the model needs."""
    return {**os.environ, "OMP_NUM_THREADS": str(cores), "OMP_STACKSIZE": "500m"}


def unlimited_stack() -> None:
    """As much stack as the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_STACK)
    resource.setrlimit(resource.RLIMIT_STACK, (hard, hard))


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(arguments: list[str]) -> int:
    """Run the segment of a folder; the exit code is that of the error."""
    cores = int(os.environ.get("SLURM_CPUS_PER_TASK") or os.environ.get("OMP_NUM_THREADS") or 1)
    try:
        ran = run_segment(Path(arguments[0]).resolve(), cores=cores, poll_s=10.0)
    except UserFacingError as error:
        print("\n".join(error.lines()), file=sys.stderr)
        return error.exit_code
    print("complete" if ran else "was complete before")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
