"""Jobs of a cluster: one array over scenarios for each stage, each waiting for the stages it needs."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from compute.atmosphere.geoschem.estimate import estimate
from compute.atmosphere.geoschem.schedule import Segment
from geoschem.layout import Campaign, read_json, write_json
from warehouse.errors import UserFacingError

REPOSITORY = Path(__file__).resolve().parents[1]
JOBS = "jobs.json"
SPARE = 1.5  # of the estimated hours, because a job that is cut off loses its month


class SlurmRefused(UserFacingError):
    """SLURM is not there, or does not take a job."""

    exit_code = 7


@dataclass(frozen=True)
class SlurmOptions:
    """cores: of one task.  memory_gb: of one task.  hours: of one task; None: from the estimate.

    extra: further options of sbatch, one each (``--partition=...``, ``--account=...``).
    """

    cores: int
    memory_gb: float
    hours: float | None = None
    extra: tuple[str, ...] = ()


def stages(segments: Sequence[Segment]) -> dict[str, list[Segment]]:
    """Segments of all scenarios by stage, in the order in which they can run."""
    result: dict[str, list[Segment]] = {}
    for segment in segments:
        result.setdefault(segment.stage, []).append(segment)
    return result


def stage_dependencies(segments: Sequence[Segment]) -> dict[str, list[str]]:
    """Stages that each stage waits for."""
    by_key = {segment.key: segment for segment in segments}
    return {
        stage: list(dict.fromkeys(by_key[key].stage for key in parts[0].depends_on))
        for stage, parts in stages(segments).items()
    }


def script(stage: Sequence[Segment], campaign: Campaign, options: SlurmOptions) -> str:
    """The job script of a stage: an array task for each scenario.

    A task runs the same code as a local run does, and ends at once where its segment is complete.
    """
    name = f"tp-{stage[0].stage.replace('/', '-')}"
    folders = "\n".join(
        f"  {shlex.quote(str(campaign.segment_folder(segment.key)))}" for segment in stage
    )
    directives = [
        f"--job-name={name}",
        f"--array=0-{len(stage) - 1}",
        "--nodes=1",
        "--ntasks=1",
        f"--cpus-per-task={options.cores}",
        f"--mem={ceil(options.memory_gb * 1000)}M",
        f"--time={_clock(options.hours or _hours(stage[0], options.cores))}",
        f"--output={campaign.root}/slurm/%x-%a.log",
        "--kill-on-invalid-dep=yes",
        *options.extra,
    ]
    head = "\n".join(f"#SBATCH {line}" for line in directives)
    return f"""#!/bin/bash
{head}
# {stage[0].stage}: one task for each scenario. Written by tradeplume.
set -eu
ulimit -s unlimited || true
folders=(
{folders}
)
export PYTHONPATH={shlex.quote(str(REPOSITORY))}
export OMP_NUM_THREADS="${{SLURM_CPUS_PER_TASK:-{options.cores}}}"
exec {shlex.quote(sys.executable)} -m geoschem.segment "${{folders[$SLURM_ARRAY_TASK_ID]}}"
"""


def write_scripts(
    segments: Sequence[Segment], campaign: Campaign, options: SlurmOptions
) -> dict[str, Path]:
    """Write the script of every stage; returns them by stage, in order."""
    folder = campaign.root / "slurm"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for name, stage in stages(segments).items():
        path = folder / f"{name.replace('/', '-')}.sbatch"
        path.write_text(script(stage, campaign, options), encoding="utf-8")
        paths[name] = path
    return paths


def submit(
    segments: Sequence[Segment],
    campaign: Campaign,
    options: SlurmOptions,
    *,
    complete: set[str],
    environment: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Submit every stage that is not complete in all scenarios; returns job numbers by stage.

    ``aftercorr``: a scenario waits for its own segments alone, so one that fails stops no other.
    Raises SlurmRefused.
    """
    paths = write_scripts(segments, campaign, options)
    needs = stage_dependencies(segments)
    jobs: dict[str, str] = {}
    for name, stage in stages(segments).items():
        if all(segment.key in complete for segment in stage):
            continue
        waits = [jobs[need] for need in needs[name] if need in jobs]
        dependency = (
            [f"--dependency={','.join(f'aftercorr:{job}' for job in waits)}"] if waits else []
        )
        answer = _sbatch(["--parsable", *dependency, str(paths[name])], environment)
        jobs[name] = answer.strip().split(";")[0]
        write_json(campaign.root / JOBS, jobs)
    return jobs


def submitted(campaign: Campaign) -> dict[str, str]:
    """Job numbers of the last submission by stage."""
    return dict(read_json(campaign.root / JOBS) or {})


def in_queue(campaign: Campaign, environment: Mapping[str, str] | None = None) -> list[str]:
    """Jobs of the last submission that wait or run: nothing may be changed beneath them.

    Without a `squeue` there is no queue.  Raises SlurmRefused when it does not answer.
    """
    known = submitted(campaign)
    if not known:
        return []
    try:
        answer = _call(["squeue", "--noheader", "--me", "--format=%F"], environment)
    except OSError:
        return []
    if answer.returncode:
        raise SlurmRefused(
            f"SLURM does not say whether jobs of before are still there: {_said(answer)}",
            remedy=f"Ask again later, or remove {campaign.root / JOBS} when they have ended.",
        )
    return sorted(set(known.values()) & set(answer.stdout.split()))


def tried(path: Path, environment: Mapping[str, str] | None = None) -> str:
    """What ``sbatch --test-only`` says of a script. Raises SlurmRefused."""
    return _sbatch(["--test-only", str(path)], environment)


def _sbatch(arguments: Sequence[str], environment: Mapping[str, str] | None) -> str:
    try:
        done = _call(["sbatch", *arguments], environment)
    except OSError as error:
        raise SlurmRefused(
            "There is no `sbatch` here.",
            remedy="Run this on a login node of the cluster, or with --launcher local.",
        ) from error
    if done.returncode:
        raise SlurmRefused(
            f"SLURM does not take {arguments[-1]}: {_said(done)}",
            remedy="Name what your cluster needs with --sbatch, e.g. --sbatch=--partition=long.",
        )
    return done.stdout + done.stderr


def _call(
    command: Sequence[str], environment: Mapping[str, str] | None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=None if environment is None else dict(environment),
    )


def _said(done: subprocess.CompletedProcess[str]) -> str:
    return (done.stderr or done.stdout).strip()


def _hours(segment: Segment, cores: int) -> float:
    found = estimate([segment], advected_species=1, all_species=1, output_fields=1, cores=cores)
    return max(1.0, SPARE * (found.boundary_hours + found.nested_hours))


def _clock(hours: float) -> str:
    minutes = ceil(hours * 60)
    return f"{minutes // 1440}-{minutes % 1440 // 60:02d}:{minutes % 60:02d}:00"
