"""The Prefect flow of GEOS-Chem; by itself, because the flow that looks every minute need not load it."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.utilities.annotations import quote

from flows.retries import LOCK_PATIENCE_SECONDS, patient_task
from geoschem.simulate import (
    BOUNDARY,
    DEFAULT_SCENARIOS,
    NESTED,
    PAPER_MONTHS,
    Launcher,
    Phase,
    Request,
    Simulated,
    into_the_marts,
)
from geoschem.simulate import simulate as run_simulation
from geoschem.slurm import SlurmOptions
from warehouse.edition import load_edition
from warehouse.home import Home, locate, prepare


@patient_task("geoschem {edition}")
def make_campaign(edition: str, request: Request, home: Home) -> Simulated:
    """All phases, by the function that the command line runs; tried again, it goes on where it stopped."""
    return run_simulation(
        load_edition(edition, home.root),
        home,
        request,
        get_run_logger().info,
        patience_s=LOCK_PATIENCE_SECONDS,
    )


@flow(name="tradeplume-simulate")  # type: ignore[untyped-decorator]
def simulate(
    edition: str = "open-2007",
    scenarios: tuple[str, ...] = DEFAULT_SCENARIOS,
    year: int | None = None,
    months: tuple[int, ...] = PAPER_MONTHS,
    boundary_spinup_months: int = 6,
    nested_spinup_days: int = 10,
    grid: str = "nested",
    gc_root: Path | None = None,
    data_root: Path | None = None,
    executable: Path | None = None,
    boundary_rundir: Path | None = None,
    nested_rundir: Path | None = None,
    restart: Path | None = None,
    cropped_met: bool = False,
    launcher: Launcher = Launcher.local,
    cores: int = 8,
    memory_gb: float = 40.0,
    hours: float | None = None,
    sbatch: tuple[str, ...] = (),
    until: Phase = Phase.read,
    ignore_disk: bool = False,
    stations: Path | None = None,
    home: Path | None = None,
) -> Simulated:
    """Simulate an edition's scenarios with GEOS-Chem: what `tradeplume simulate` does, seen by Prefect.

    Parameters are the options of that command; year is the weather's (--sim-year).  The log shows what
    the command prints.  A flow that failed goes on where it stopped when it is run again.
    """
    place = locate(home)
    prepare(place)
    request = Request(
        scenarios=scenarios,
        year=year,
        months=months,
        boundary_spinup_months=boundary_spinup_months,
        nested_spinup_days=nested_spinup_days,
        grid=grid,
        gc_root=_at_home(gc_root),
        data_root=_at_home(data_root),
        executable=_at_home(executable),
        rundirs=((BOUNDARY, _at_home(boundary_rundir)), (NESTED, _at_home(nested_rundir))),
        restart=_at_home(restart),
        cropped=cropped_met,
        launcher=launcher,
        cores=cores,
        slurm=SlurmOptions(cores, memory_gb, hours, sbatch),
        until=until,
        ignore_disk=ignore_disk,
        stations=_at_home(stations),
    )
    done: Simulated = make_campaign(edition, quote(request), quote(place))
    if done.reading is not None:
        get_run_logger().info("%s", into_the_marts(edition))
    return done


def _at_home(path: Path | None) -> Path | None:
    """`~` spelt out: no shell has seen a parameter."""
    return None if path is None else path.expanduser()
