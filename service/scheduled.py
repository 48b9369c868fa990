"""The other Prefect flows: watching the landing folder, and several editions at once."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.events import emit_event

from flows.many import compute_many
from flows.requests import ComputeRequest, WatchRequest
from service.serve import LOOK_TAG, SESSION_VARIABLE
from service.watch import EVENT, new_since_last_look, watch_once
from warehouse.arrivals import Arrival
from warehouse.errors import HomeLocked
from warehouse.home import Home, locate, prepare
from warehouse.locks import hold

# A run a minute is 1,440 a day: what they saw is of no use the day after, unless they failed.
LOOKS_KEPT = timedelta(days=1)


@flow(name="tradeplume-watch-landing")  # type: ignore[untyped-decorator]
def watch_landing(request: WatchRequest, home: Path | None = None) -> list[str]:
    """Look at the landing folder; an event for every edition that is complete and has not been made.

    Returns the editions announced.
    """
    del request
    place, log = locate(home), get_run_logger()
    prepare(place)
    try:
        # Prefect's limit saves processes; this lock is free again whoever dies.
        with hold(place.watch / "look.lock", "Looking at the landing folder"):
            announced = _look(place)
    except HomeLocked as error:
        log.info("%s", error.message)
        return []
    _forget_old_looks()
    return announced


def _look(place: Home) -> list[str]:
    session = os.environ.get(SESSION_VARIABLE, "")
    seen = watch_once(place, _announce, session=session)
    # Prefect keeps all lines, and shows its warnings alone in the terminal of `serve`.
    for line in seen.lines:
        get_run_logger().info("%s", line)
    for line in new_since_last_look(place, seen.lines, session):
        print(line, flush=True)
    return list(seen.announced)


def _forget_old_looks() -> None:
    """Remove old runs of this flow that ended well, fifty at a time."""
    from prefect.client.orchestration import get_client

    before = datetime.now(UTC) - LOOKS_KEPT
    question = {
        "flow_runs": {
            "tags": {"all_": [LOOK_TAG]},
            "state": {"type": {"any_": ["COMPLETED", "CANCELLED"]}},
            "end_time": {"before_": before.isoformat()},
        }
    }
    with get_client(sync_client=True) as client:
        client.request("POST", "/flow_runs/bulk_delete", json=question)


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
