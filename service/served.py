"""What a served home says about its deployments: last runs and next runs, asked from Prefect's API."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.access import Access, read_access
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.locks import holder_of

PATIENCE_SECONDS = 5.0
LINES_OF_A_FAILURE = 12
# What Prefect puts before the message of an error.
_PREFACE = re.compile(r"^(Flow|Task) run encountered an exception:? ")


class NotServed(UserFacingError):
    """Nobody answers for the schedules of a home."""

    exit_code = 9


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


def served(access: Access) -> list[Served]:
    """The deployments of a server. Raises OSError when it does not answer."""
    asker = _Asker(access)
    deployments = asker.ask("deployments", {"sort": "NAME_ASC"})
    return [
        _described(asker, each) for each in deployments if "tradeplume" in (each.get("tags") or [])
    ]


def demand_answer(home: Home) -> str:
    """How many schedules the server of this home holds, in words. Raises NotServed when it does not answer."""
    access = read_access(home)
    if access is None:
        raise NotServed("This home is not served.", remedy="Start `tradeplume serve`.")
    try:
        found = served(access)
    except (OSError, ValueError) as error:
        raise NotServed(
            f"{access.api} does not answer ({error}).", remedy="Start `tradeplume serve` again."
        ) from error
    if not found:
        raise NotServed(
            f"{access.api} holds no schedule of tradeplume yet.", remedy="Ask again in a minute."
        )
    return f"Schedules served at {access.api}: {', '.join(each.name for each in found)}"


def print_served(console: Console, home: Home) -> None:
    """Print last and next runs, or that nothing is served."""
    console.print("\n[bold]Schedules[/bold]")
    access = read_access(home)
    if access is None:
        console.print(
            "  nothing is served: `tradeplume serve` starts the schedules", highlight=False
        )
        return
    # A port that its server has left is another's to take: only a living one is asked, and given the key.
    holder = holder_of(home.watch / "serve.lock", patience_seconds=0)
    if access.pid and holder is not None and holder.is_alive is False:
        console.print(
            f"  `tradeplume serve` (process {access.pid}) was ended: start it again, it goes on",
            highlight=False,
        )
        return
    if access.pid and holder is not None and not holder.is_here:
        console.print(f"  served on {escape(holder.host)}: ask there", highlight=False)
        return
    try:
        found = served(access)
    except (OSError, ValueError) as error:
        console.print(
            f"  {escape(access.api)} does not answer ({escape(str(error))})", highlight=False
        )
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


def _described(asker: _Asker, deployment: Mapping[str, Any]) -> Served:
    past = asker.runs(
        deployment,
        ["COMPLETED", "FAILED", "CRASHED", "CANCELLED", "RUNNING"],
        "START_TIME_DESC",
    )
    future = asker.runs(deployment, ["SCHEDULED", "PENDING"], "EXPECTED_START_TIME_ASC")
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


class _Asker:
    """Asks a server's API, with its key and with the token that it requires for POST."""

    def __init__(self, access: Access) -> None:
        if urlsplit(access.api).scheme not in ("http", "https"):
            raise ValueError("its address is not http")
        self._api = access.api.rstrip("/")
        client = str(uuid.uuid4())
        self._headers = {"Content-Type": "application/json", **access.headers}
        try:
            token = self._open(f"csrf-token?client={client}")["token"]
        except urllib.error.HTTPError as error:
            if error.code != 422:  # 422: the server asks for no token
                raise
        else:
            self._headers |= {"Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client}

    def runs(
        self, deployment: Mapping[str, Any], states: list[str], sort: str
    ) -> list[dict[str, Any]]:
        """The first run of a deployment in one of the states."""
        return self.ask(
            "flow_runs",
            {
                "sort": sort,
                "limit": 1,
                "deployments": {"id": {"any_": [deployment["id"]]}},
                "flow_runs": {"state": {"type": {"any_": states}}},
            },
        )

    def ask(self, what: str, question: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What the server has of a kind, filtered."""
        found: list[dict[str, Any]] = self._open(f"{what}/filter", json.dumps(question).encode())
        return found

    def _open(self, path: str, data: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self._api}/{path}", data=data, headers=self._headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)


def _local(stamp: Any) -> str:
    if not stamp:
        return "-"
    return f"{datetime.fromisoformat(str(stamp)).astimezone():%Y-%m-%d %H:%M}"
