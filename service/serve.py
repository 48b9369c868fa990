"""`tradeplume serve`: Prefect's server on loopback, and the deployments of the schedules file."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil

from service.access import Access, forget_access, fresh_key, write_access
from service.schedules import Deployment, Schedules
from warehouse.errors import UserFacingError
from warehouse.home import Home, prepare
from warehouse.locks import hold

LOOPBACK = "127.0.0.1"
SESSION_VARIABLE = "TRADEPLUME_SESSION"
"""One `tradeplume serve`, from its start to its end: what another one announced and nobody made is due."""
LOOK_TAG = "tradeplume-look"
USUAL_PORT = 4200
START_SECONDS = 300
# Longer than a quarter: `status` still knows the last run of a deployment that comes four times a year.
RUNS_KEPT_SECONDS = 100 * 24 * 3600
EVENTS_KEPT = "P2D"
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


def environment_of(home: Home, access: Access) -> dict[str, str]:
    """What the server and every flow run are started with: one home, one API, no telemetry, no pickles.

    With a key, the server asks everybody for it, answers no page of another origin, and takes a change only
    with a token that it gave out before.
    """
    address = urlsplit(access.api)
    return {
        **TELEMETRY_OFF,
        **(_locked(access, f"{address.scheme}://{address.netloc}") if access.key else {}),
        "PREFECT_API_URL": access.api,
        "PREFECT_HOME": str(home.root / "prefect"),
        # A look at the landing folder each minute needs no lines of its own: `status` shows what became of runs.
        "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "WARNING",
        "PREFECT_RESULTS_DEFAULT_SERIALIZER": "json",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_UI_ENABLED": "false",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RUNS_KEPT_SECONDS),
        "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": EVENTS_KEPT,
        "TRADEPLUME_HOME": str(home.root),
    }


def _locked(access: Access, origin: str) -> dict[str, str]:
    return {
        "PREFECT_API_AUTH_STRING": access.key,
        "PREFECT_SERVER_API_AUTH_STRING": access.key,
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": origin,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true",
    }


def serve_home(
    home: Home,
    schedules: Schedules,
    *,
    port: int | None = None,
    api: str | None = None,
    is_ready: Callable[[], None] = lambda: None,
) -> None:
    """Serve until interrupted.

    port: on loopback; None takes the usual one, or a free one where that is another's.  api: of a running
    Prefect server; None starts one.  is_ready: called when the server answers.  Raises HomeLocked when this
    home is served already, and ServerUnusable.
    """
    prepare(home)
    home.watch.mkdir(parents=True, exist_ok=True)
    with hold(home.watch / "serve.lock", "Serving this home"):
        if api is None:
            chosen = _port(port)
            access = Access(f"http://{LOOPBACK}:{chosen}/api", fresh_key(), os.getpid())
            # A key for Prefect's cloud would be sent in the place of ours.
            os.environ.pop("PREFECT_API_KEY", None)
        else:
            access = Access(api, os.environ.get("PREFECT_API_AUTH_STRING", ""), os.getpid())
        environment = environment_of(home, access)
        os.environ.update({**environment, SESSION_VARIABLE: secrets.token_hex(8)})
        with _running(home, chosen, environment) if api is None else _nothing():
            _wait_until_healthy(access.api)
            write_access(home, access)
            if api is None:
                _close_runs_of_the_dead()
            is_ready()
            try:
                _serve(home, schedules)
            finally:
                with suppress(OSError):
                    forget_access(home)


def _close_runs_of_the_dead() -> None:
    """Runs that a server of ours says are running when it has just started: their processes were killed.

    Left as they are, they would look alive in `status`, and keep the one place that a look at the landing
    folder has.
    """
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import (
        FlowRunFilter,
        FlowRunFilterState,
        FlowRunFilterStateType,
    )
    from prefect.client.schemas.objects import StateType
    from prefect.states import Crashed

    types = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    left = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=types)))
    message = "`tradeplume serve` was ended while it ran; what was not made is made again."
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=left):
            client.set_flow_run_state(run.id, Crashed(message=message), force=True)


def _port(asked: int | None) -> int:
    """The port asked for; otherwise the usual one, or a free one. Raises ServerUnusable for one that is taken."""
    if not _is_taken(asked or USUAL_PORT):
        return asked or USUAL_PORT
    if asked is not None:
        raise ServerUnusable(
            f"Port {asked} of {LOOPBACK} is taken.",
            remedy="Leave --port away: a free port is chosen. Or name a running Prefect server with --api.",
        )
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


def deployments_of(home: Home, schedules: Schedules) -> list[Any]:
    """The deployments of the schedules file, as Prefect's."""
    from prefect.flows import EntrypointType

    from service.refresh import refresh
    from service.scheduled import compute, watch_landing
    from service.scheduled_simulation import simulate

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
            tags=["tradeplume", *([LOOK_TAG] if each.flow == "watch-landing" else [])],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for name, each in schedules.deployments.items()
    ]


def _arrival(deployment: Deployment) -> Any:
    """Starts a deployment for the edition that has arrived; all else is asked for as its file says."""
    from prefect.events import DeploymentEventTrigger

    from service.watch import EVENT

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
    """A look at the landing folder that finds another one at work has nothing to add, and needs no process."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy

    if deployment.flow != "watch-landing":
        return None
    return ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def _serve(home: Home, schedules: Schedules) -> None:
    from prefect import serve

    # Prefect's own: on SIGTERM it stops the runner twice, the second time in vain.
    warnings.filterwarnings("ignore", message="coroutine 'Runner.astop' was never awaited")
    serve(*deployments_of(home, schedules), limit=RUNS_AT_ONCE, print_starting_message=False)


@contextmanager
def _running(home: Home, port: int, environment: Mapping[str, str]) -> Iterator[None]:
    """Prefect's server with its SQLite file in the home, on loopback. It ends with this process."""
    database = home.root / "prefect"
    database.mkdir(mode=0o700, exist_ok=True)
    database.chmod(0o700)
    log = home.watch / "server.log"
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    command = [sys.executable, "-m", "service.prefect_server", str(home.watch / "server.lock")]
    with log.open("w") as stream:
        server = subprocess.Popen(
            [*command, "--host", LOOPBACK, "--port", str(port), "--no-ui"],
            env={**os.environ, **environment},
            stdout=stream,
            stderr=stream,
            stdin=subprocess.PIPE,
            # Ctrl-C is for `serve` alone: it tells the server of its end, and then ends it.
            start_new_session=True,
        )
        try:
            _wait_until_listening(server, port, log)
            yield
        finally:
            _end(server)


def _wait_until_listening(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Until the process that was started listens itself: nobody else at the port shall be sent the key."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(psutil.Error):
            if any(
                each.status == psutil.CONN_LISTEN and each.laddr.port == port
                for each in psutil.Process(server.pid).net_connections("tcp")
            ):
                return
        time.sleep(0.2)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise ServerUnusable(
        f"Prefect's server did not start on port {port}: {said[-1] if said else 'it said nothing'}",
        remedy=f"Its log is {log}; mend what it names, and start again.",
    )


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    if server.stdin is not None:
        server.stdin.close()
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
