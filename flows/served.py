"""What a served home says about its deployments: last runs and next runs, asked from Prefect's API."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.home import Home

RECORD = "serve.json"
PATIENCE_SECONDS = 5.0
LINES_OF_A_FAILURE = 12
# What Prefect puts before the message of an error.
_PREFACE = re.compile(r"^(Flow|Task) run encountered an exception:? ")


@dataclass(frozen=True)
class Served:
    """One deployment. last: end state and start of its last run.  next_start: when it runs next.

    why: what its last run said when it failed.
    """

    name: str
    last_state: str
    last_start: str
    next_start: str
    why: tuple[str, ...] = ()


def api_of(home: Home) -> str | None:
    """The API of the Prefect server that serves this home: of `tradeplume serve`, or as the environment says."""
    try:
        recorded = json.loads((home.watch / RECORD).read_text())["api"]
    except (OSError, ValueError, KeyError, TypeError):
        recorded = None
    return recorded or os.environ.get("PREFECT_API_URL") or None


def served(api: str) -> list[Served]:
    """The deployments of a server. Raises OSError when it does not answer."""
    deployments = _ask(api, "deployments", {"sort": "NAME_ASC"})
    return [
        _described(api, each) for each in deployments if "tradeplume" in (each.get("tags") or [])
    ]


def print_served(console: Console, home: Home) -> None:
    """Print last and next runs, or that nothing is served."""
    console.print("\n[bold]Schedules[/bold]")
    api = api_of(home)
    if api is None:
        console.print(
            "  nothing is served: `tradeplume serve` starts the schedules", highlight=False
        )
        return
    try:
        found = served(api)
    except (OSError, ValueError) as error:
        console.print(f"  {escape(api)} does not answer ({escape(str(error))})", highlight=False)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("  deployment", "last run", "came to", "next run"):
        table.add_column(column)
    for each in found:
        table.add_row(f"  {escape(each.name)}", each.last_start, each.last_state, each.next_start)
    console.print(table)
    for each in found:
        for place, line in enumerate(each.why):
            console.print(
                f"  {escape(each.name)}: {escape(line)}" if place == 0 else f"    {escape(line)}",
                highlight=False,
                soft_wrap=True,
            )


def _described(api: str, deployment: Mapping[str, Any]) -> Served:
    past = _runs(
        api,
        deployment,
        ["COMPLETED", "FAILED", "CRASHED", "CANCELLED", "RUNNING"],
        "START_TIME_DESC",
    )
    future = _runs(api, deployment, ["SCHEDULED", "PENDING"], "EXPECTED_START_TIME_ASC")
    state = (past[0].get("state") or {}) if past else {}
    return Served(
        str(deployment["name"]),
        str(state.get("name", "-")),
        _local(past[0].get("start_time")) if past else "-",
        _local(future[0].get("expected_start_time")) if future else "by an event or by hand",
        _why(state),
    )


def _why(state: Mapping[str, Any]) -> tuple[str, ...]:
    if state.get("type") not in ("FAILED", "CRASHED"):
        return ()
    said = _PREFACE.sub("", str(state.get("message") or "no message"))
    return tuple(said.splitlines()[:LINES_OF_A_FAILURE])


def _runs(
    api: str, deployment: Mapping[str, Any], states: list[str], sort: str
) -> list[dict[str, Any]]:
    return _ask(
        api,
        "flow_runs",
        {
            "sort": sort,
            "limit": 1,
            "deployments": {"id": {"any_": [deployment["id"]]}},
            "flow_runs": {"state": {"type": {"any_": states}}},
        },
    )


def _ask(api: str, what: str, question: Mapping[str, Any]) -> list[dict[str, Any]]:
    if urlsplit(api).scheme not in ("http", "https"):
        raise ValueError("its address is not http")
    request = urllib.request.Request(
        f"{api.rstrip('/')}/{what}/filter",
        data=json.dumps(question).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        found: list[dict[str, Any]] = json.load(answer)
    return found


def _local(stamp: Any) -> str:
    if not stamp:
        return "-"
    return f"{datetime.fromisoformat(str(stamp)).astimezone():%Y-%m-%d %H:%M}"
