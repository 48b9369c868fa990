"""`tradeplume serve`: Prefect's server on loopback, and the deployments of the schedules file."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from flows.schedules import Deployment, Schedules
from flows.served import RECORD
from warehouse.errors import UserFacingError
from warehouse.home import Home, prepare
from warehouse.locks import hold

LOOPBACK = "127.0.0.1"
START_SECONDS = 300
# Several flows may run side by side; the locks of the home keep their writers apart.
RUNS_AT_ONCE = 4

TELEMETRY_OFF: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


class ServerUnusable(UserFacingError):
    """Prefect's server did not start, or its port is taken."""

    exit_code = 9


def environment_of(home: Home, api: str) -> dict[str, str]:
    """What the server and every flow run are started with: one home, one API, no telemetry, no pickles."""
    return {
        **TELEMETRY_OFF,
        "PREFECT_API_URL": api,
        "PREFECT_HOME": str(home.root / "prefect"),
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "TRADEPLUME_HOME": str(home.root),
    }


def serve_home(home: Home, schedules: Schedules, *, port: int, api: str | None = None) -> None:
    """Serve until interrupted. api: of a running Prefect server; None starts one on loopback.

    Raises HomeLocked when this home is served already, and ServerUnusable.
    """
    prepare(home)
    home.watch.mkdir(parents=True, exist_ok=True)
    with hold(home.watch / "serve.lock", "Serving this home"):
        url = api or f"http://{LOOPBACK}:{port}/api"
        environment = environment_of(home, url)
        os.environ.update(environment)
        with _running(home, port, environment) if api is None else _nothing():
            _wait_until_healthy(url)
            record = home.watch / RECORD
            record.write_text(json.dumps({"api": url, "pid": os.getpid()}))
            try:
                _serve(home, schedules)
            finally:
                with suppress(OSError):
                    record.unlink()


def deployments_of(home: Home, schedules: Schedules) -> list[Any]:
    """The deployments of the schedules file, as Prefect's."""
    from prefect.flows import EntrypointType

    from flows.refresh import refresh
    from flows.scheduled import compute, watch_landing
    from flows.scheduled_simulation import simulate

    flows = {
        "refresh": refresh,
        "watch-landing": watch_landing,
        "simulate": simulate,
        "compute": compute,
    }
    return [
        flows[each.flow].to_deployment(
            name=name,
            schedule=_schedule(each, schedules.timezone),
            triggers=[_arrival(each)] if each.on_arrival else [],
            parameters={"home": str(home.root), "request": each.request},
            concurrency_limit=_one_at_a_time(each),
            tags=["tradeplume"],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for name, each in schedules.deployments.items()
    ]


def _arrival(deployment: Deployment) -> Any:
    """Starts a deployment for the edition that has arrived; all else is asked for as its file says."""
    from prefect.events import DeploymentEventTrigger

    from flows.watch import EVENT

    # Which names the event may have, the edition files decide.
    edition = {"__prefect_kind": "jinja", "template": "{{ event.payload.edition }}"}
    return DeploymentEventTrigger(
        expect={EVENT}, parameters={"request": {**deployment.request, "edition": edition}}
    )


def _schedule(deployment: Deployment, timezone: str) -> Any:
    from datetime import timedelta

    from prefect.schedules import Cron, Interval

    if deployment.cron:
        return Cron(deployment.cron, timezone=timezone)
    if deployment.every_seconds:
        return Interval(timedelta(seconds=deployment.every_seconds))
    return None


def _one_at_a_time(deployment: Deployment) -> Any:
    """A look at the landing folder that finds another one at work has nothing to add."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    if deployment.flow != "watch-landing":
        return None
    return ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def _serve(home: Home, schedules: Schedules) -> None:
    from prefect import serve

    serve(*deployments_of(home, schedules), limit=RUNS_AT_ONCE, print_starting_message=False)


@contextmanager
def _running(home: Home, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Prefect's server with its SQLite file in the home, on loopback."""
    with socket.socket() as probe:
        if probe.connect_ex((LOOPBACK, port)) == 0:
            raise ServerUnusable(
                f"Port {port} of {LOOPBACK} is taken.",
                remedy="Choose another one with --port, or name a running Prefect server with --api.",
            )
    command = [sys.executable, "-m", "prefect", "server", "start"]
    log = home.watch / "server.log"
    with log.open("w") as stream:
        server = subprocess.Popen(
            [*command, "--host", LOOPBACK, "--port", str(port), "--no-ui"],
            env={**os.environ, **environment},
            stdout=stream,
            stderr=stream,
            stdin=subprocess.DEVNULL,
        )
        try:
            yield
        finally:
            _end(server)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=30)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait(timeout=30)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def _wait_until_healthy(api: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{api}/health", timeout=5):
                return
        except (OSError, ValueError) as error:
            if time.monotonic() > deadline:
                raise ServerUnusable(
                    f"No Prefect server answers at {api} ({error}).",
                    remedy="Its log is watch/server.log in the home; start it again.",
                ) from error
            time.sleep(0.5)
