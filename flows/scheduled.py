"""The other Prefect flows: watching the landing folder, and several editions at once."""

from __future__ import annotations

from pathlib import Path

from prefect import flow, get_run_logger
from prefect.events import emit_event

from flows.many import compute_many
from flows.requests import ComputeRequest, WatchRequest
from flows.watch import EVENT, watch_once
from warehouse.arrivals import Arrival
from warehouse.home import locate, prepare


@flow(name="tradeplume-watch-landing")  # type: ignore[untyped-decorator]
def watch_landing(request: WatchRequest, home: Path | None = None) -> list[str]:
    """Look at the landing folder; an event for every edition that has newly become complete.

    Returns the editions announced.
    """
    del request
    place, log = locate(home), get_run_logger()
    prepare(place)
    seen = watch_once(place, _announce)
    for line in seen.lines:
        log.info("%s", line)
    return list(seen.announced)


@flow(name="tradeplume-compute")  # type: ignore[untyped-decorator]
def compute(request: ComputeRequest, home: Path | None = None) -> list[str]:
    """Compute several editions by a runner (flows/fan_out.py), then publish; returns those made."""
    return compute_many(
        locate(home),
        request.editions,
        request.runner,
        publish=request.publish,
        say=get_run_logger().info,
    )


def _announce(arrival: Arrival) -> None:
    emit_event(
        event=EVENT,
        resource={
            "prefect.resource.id": f"tradeplume.edition.{arrival.edition}",
            "prefect.resource.name": arrival.edition,
        },
        payload={"edition": arrival.edition, "year": arrival.year},
    )
