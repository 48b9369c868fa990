"""Simulations with GEOS-Chem: emissions written, linted, run where the model is, and read back.

``simulate`` is what the command line calls and what the Prefect flow (service/scheduled_simulation.py) wraps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from compute.atmosphere.geoschem.estimate import Estimate, estimate, measured_speed
from compute.atmosphere.geoschem.schedule import (
    BOUNDARY,
    Plan,
    ScheduleError,
    Segment,
    build_schedule,
)
from geoschem import model_config, slurm
from geoschem.dryrun import DryRun, dry_run, write_download_list
from geoschem.emissions import Refused, folder_names, read_inventory, write_scenarios
from geoschem.layout import Campaign, campaign_of, read_json
from geoschem.lint_config import lint_config
from geoschem.linter import LintReport, demand_clean, lint
from geoschem.model import Model, open_model
from geoschem.request import Launcher, Phase, SimulateRequest
from geoschem.results import Reading, read_campaign
from geoschem.rundir import RunOptions, is_current, make_run_directory
from geoschem.runner import complete_keys, demand_all_ran, demand_disk, run_local
from geoschem.segment import DONE
from warehouse.database import connect
from warehouse.errors import EditionError, UserFacingError
from warehouse.locks import hold

if TYPE_CHECKING:
    from steps.atmosphere_inputs import Land
    from warehouse.edition import Edition
    from warehouse.home import Home, WorkingFile

FIRST_NESTED_YEAR = 2013
Report = Callable[[str], None]


@dataclass(frozen=True)
class Simulated:
    """What has been done."""

    campaign: Campaign
    refused: tuple[Refused, ...] = ()
    reading: Reading | None = None
    jobs: int = 0


class ScenariosRefused(UserFacingError):
    """Some scenarios cannot be answered by the edition; the others have been done."""

    exit_code = 2


def simulate(
    edition: Edition,
    home: Home,
    request: SimulateRequest,
    report: Report = print,
    *,
    patience_s: float = 0.0,
) -> Simulated:
    """Do all phases up to the one asked for, going on from what is complete.

    patience_s: how long to wait where another process writes the edition or simulates the same.
    Raises ScenariosRefused at the end for scenarios that the edition cannot answer: all others are done
    by then. Raises HomeLocked, naming the other process.
    """
    year = request.sim_year or edition.year
    if request.until != Phase.emissions:
        demand_year(year, edition.year)
        demand_model(request)
    campaign = campaign_of(home, edition.name, edition.year, year)
    purpose = f"The simulation of {edition.name} in the weather of {year}"
    with hold(campaign.lock, purpose, wait_seconds=patience_s):
        queued = slurm.in_queue(campaign)
        if queued:
            report(f"{len(queued)} jobs are still in the queue: {', '.join(queued)}")
            report("when they have ended, the same command goes on")
            return Simulated(campaign, jobs=len(queued))
        return _simulate(edition, home, request, campaign, report, patience_s)


def _simulate(
    edition: Edition,
    home: Home,
    request: SimulateRequest,
    campaign: Campaign,
    report: Report,
    patience_s: float,
) -> Simulated:
    names = folder_names(request.scenarios)
    working = home.working_file(edition.name, edition.year)
    with hold(working.lock, working.name, wait_seconds=patience_s):
        land, refused = _emissions(edition, working, request, campaign, report)
    turned_down = {one.scenario for one in refused}
    codes = {name: code for name, code in names.items() if code not in turned_down}
    result = Simulated(campaign, tuple(refused))
    if codes and request.until != Phase.emissions:
        year = request.sim_year or edition.year
        result = _with_model(
            request, campaign, codes, land, edition.home_region, result, year, report
        )
    if refused:
        raise ScenariosRefused(
            "\n".join(f"{one.reason}\n    What to do: {one.remedy}" for one in refused),
            remedy="The other scenarios are done as asked: "
            + (", ".join(codes.values()) or "none"),
        )
    return result


def demand_year(year: int, edition_year: int) -> None:
    """Raises EditionError for a year without the weather of both grids."""
    if year < FIRST_NESTED_YEAR:
        raise EditionError(
            f"GEOS-FP, which drives the nested run, covers no spin-up before {FIRST_NESTED_YEAR}:"
            f" {year} cannot be simulated.",
            remedy=f"Simulate emissions of {edition_year} in the weather of another year, e.g."
            " --sim-year 2017, the paper's.",
        )


def demand_model(request: SimulateRequest) -> tuple[Path, Path]:
    """The model's source folder and its input data. Raises EditionError where one is not named."""
    if request.gc_root is None or request.data_root is None:
        lacking = [
            f"{option} ({meaning})"
            for option, meaning, given in (
                ("--gc-root", "source folder of GCClassic", request.gc_root),
                ("--data-root", "its input data, ExtData", request.data_root),
            )
            if given is None
        ]
        raise EditionError(
            "The model is not named.",
            remedy=f"Give {' and '.join(lacking)}, for a deployment as parameters gc_root and data_root"
            " in schedules.yml; or stop before with --until emissions.",
        )
    return request.gc_root, request.data_root


def _emissions(
    edition: Edition,
    working: WorkingFile,
    request: SimulateRequest,
    campaign: Campaign,
    report: Report,
) -> tuple[Land, list[Refused]]:
    if not working.path.exists():
        raise EditionError(
            f"Edition {edition.name} has not been computed.",
            remedy=f"`tradeplume run --edition {edition.name}` first.",
        )
    with connect(working.path, read_only=True) as connection:
        inventory = read_inventory(connection, edition.name, edition.year)
        written, refused = write_scenarios(
            connection, inventory, request.scenarios, campaign, request.grid
        )
    report(f"emissions of {', '.join(written) or 'no scenario'}: {campaign.emissions}")
    if written:
        found = lint(campaign.emissions)
        demand_clean(found)
        report(f"linted {found.looked_at()}: no error")
    return inventory.land, refused


def _with_model(
    request: SimulateRequest,
    campaign: Campaign,
    codes: dict[str, str],
    land: Land,
    home: str,
    result: Simulated,
    year: int,
    report: Report,
) -> Simulated:
    gc_root, data_root = demand_model(request)
    try:
        plan = Plan(year, request.months, request.spinup_months, request.spinup_days)
        segments = build_schedule(tuple(codes), plan)
    except ScheduleError as error:
        raise EditionError(f"{error}.", remedy="Correct --month.") from error
    model = open_model(
        gc_root,
        campaign.templates,
        executable=request.executable,
        given=request.rundirs,
    )
    options = RunOptions(data_root.resolve(), request.restart, request.cropped_met)
    made = _run_directories(segments, codes, campaign, model, options)
    report(f"run directories of GEOS-Chem {model.version}: {len(segments)}, {made} made now")
    for line in estimate_lines(estimate_of(segments, campaign, model, request)):
        report(line)
    if request.until == Phase.rundirs:
        return result
    complete = complete_keys(segments, campaign)
    if len(complete) < len(segments):
        _dry_runs(segments, complete, campaign, request, report)
    if request.until == Phase.dryrun:
        return result
    jobs = _run(segments, complete, campaign, model, request, report)
    if request.until == Phase.run or jobs:
        return Simulated(campaign, result.refused, None, jobs)
    reading = read_campaign(segments, codes, campaign, land, home, request.stations)
    for code, months in reading.incomplete.items():
        report(f"warning: {code} is left out, months {', '.join(map(str, months))} are missing")
    report(f"read {', '.join(reading.scenarios)}: {reading.rows:,} rows in {campaign.results}")
    return Simulated(campaign, result.refused, reading, 0)


def _run_directories(
    segments: Sequence[Segment],
    codes: dict[str, str],
    campaign: Campaign,
    model: Model,
    options: RunOptions,
) -> int:
    """Make the run directories that are not there or were made from other inputs; returns how many."""
    made = 0
    for segment in segments:
        code = codes[segment.scenario]
        if not is_current(segment, code, campaign, model, options):
            make_run_directory(segment, code, campaign, model, options)
            made += 1
    return made


def to_try(segments: Sequence[Segment], complete: set[str]) -> list[Segment]:
    """Segments for a dry run: all of the first scenario that has any left, of others one of each kind.

    Scenarios differ by the contents of our files alone, which the linter has looked at; a dry run takes
    half a minute, and there are 28 segments to a scenario.
    """
    left = [segment for segment in segments if segment.key not in complete]
    seen: set[tuple[str, str]] = set()
    chosen = []
    for segment in left:
        is_first = segment.scenario == left[0].scenario
        if is_first or (segment.scenario, segment.kind) not in seen:
            chosen.append(segment)
        seen.add((segment.scenario, segment.kind))
    return chosen


def _dry_runs(
    segments: Sequence[Segment],
    complete: set[str],
    campaign: Campaign,
    request: SimulateRequest,
    report: Report,
) -> list[DryRun]:
    """Every configuration linted, then dry runs, and one list of the input files that are missing."""
    findings = tuple(
        finding
        for segment in segments
        for finding in lint_config(campaign.segment_folder(segment.key) / "HEMCO_Config.rc")
    )
    demand_clean(LintReport(len(segments), findings))
    runs: list[DryRun] = []
    for segment in to_try(segments, complete):
        runs.append(dry_run(campaign.segment_folder(segment.key)))
        report(f"dry run of {segment.key}: accepted, {len(runs[-1].missing)} input files missing")
    root = (request.data_root or Path()).resolve()
    wanted = write_download_list(runs, root, campaign.downloads)
    if wanted:
        report(f"{len(wanted)} input files are missing below {root}: {campaign.downloads}")
    return runs


def _run(
    segments: Sequence[Segment],
    complete: set[str],
    campaign: Campaign,
    model: Model,
    request: SimulateRequest,
    report: Report,
) -> int:
    """Run what is not complete; returns how many jobs were handed to a cluster."""
    if len(complete) == len(segments):
        return 0
    if not request.ignore_disk:
        remaining = [segment for segment in segments if segment.key not in complete]
        demand_disk(estimate_of(remaining, campaign, model, request), campaign)
    if request.launcher == Launcher.slurm:
        jobs = slurm.submit(segments, campaign, request.slurm, complete=complete)
        report(f"{len(jobs)} jobs submitted: {', '.join(jobs.values())}")
        report("when they have ended, the same command reads what they left")
        return len(jobs)
    outcome = run_local(
        segments, campaign, cores=request.cores, report=report, poll_s=request.poll_s
    )
    demand_all_ran(outcome)
    return 0


def estimate_of(
    segments: Sequence[Segment], campaign: Campaign, model: Model, request: SimulateRequest
) -> Estimate:
    """Sizes for this choice, with the speed of the campaign's own segments where some have run."""
    template = model.templates[BOUNDARY] / "geoschem_config.yml"
    species = model_config.read(template.read_text(encoding="utf-8"), template).species
    speeds = [
        measured_speed(segment.kind, segment.days, done["seconds"], done["cores"])
        for segment in segments
        if (done := read_json(campaign.segment_folder(segment.key) / DONE)) and done["seconds"] > 0
    ]
    extra = {"column_steps_per_core_s": sum(speeds) / len(speeds)} if speeds else {}
    return estimate(
        segments,
        advected_species=len(species),
        all_species=len(species) + 60,
        output_fields=40,
        cores=request.cores,
        **extra,
    )


def estimate_lines(found: Estimate) -> list[str]:
    """An estimate for people."""
    return [
        f"estimate: writes up to {found.written_gb:,.0f} GB (boundary {found.boundary_gb:,.0f},"
        f" restarts {found.restart_gb:,.0f}, output {found.output_gb:,.0f}), nothing compressed",
        f"estimate: weather to download up to {found.meteorology_gb:,.0f} GB, cropped to Asia for"
        " the nested runs",
        f"estimate: {found.boundary_hours:,.0f} hours of boundary runs and {found.nested_hours:,.0f}"
        f" of nested ones, {found.memory_gb:.0f} GB of memory each",
    ]


def into_the_marts(edition: str) -> str:
    """What is left to do once results have been read."""
    return f"`tradeplume run --edition {edition}` puts the results into the marts."
