"""The Prefect flow of GEOS-Chem; in its own module, because the flow that runs every minute need not load it."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.utilities.annotations import quote

from geoschem.request import SimulateRequest
from geoschem.simulate import Simulated, into_the_marts
from geoschem.simulate import simulate as run_simulation
from service.retries import LOCK_PATIENCE_SECONDS, patient_task
from warehouse.edition import load_edition
from warehouse.home import Home, locate, prepare


@patient_task("geoschem {edition}")
def make_campaign(edition: str, request: SimulateRequest, home: Home) -> Simulated:
    """All phases, by the function that the command line runs; tried again, it goes on where it stopped."""
    return run_simulation(
        load_edition(edition, home.root),
        home,
        request,
        get_run_logger().info,
        patience_s=LOCK_PATIENCE_SECONDS,
    )


@flow(name="tradeplume-simulate")  # type: ignore[untyped-decorator]
def simulate(request: SimulateRequest, home: Path | None = None) -> Simulated:
    """Simulate an edition's scenarios with GEOS-Chem: what `tradeplume simulate` does, seen by Prefect.

    The log shows what the command prints.  A flow that failed goes on where it stopped when it is run again.
    """
    place = locate(home)
    prepare(place)
    done: Simulated = make_campaign(request.edition, quote(request), quote(place))
    if done.reading is not None:
        get_run_logger().info("%s", into_the_marts(request.edition))
    return done
