"""The dashboard in the real Superset: imported into a fresh one, every chart asked through its API.

`make test-superset` installs Superset into an environment of its own and runs this.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
SUPERSET = Path(os.environ.get("SUPERSET_PYTHON", REPOSITORY / ".venv-superset/bin/python"))
SERVE = REPOSITORY / "bi" / "superset" / "serve.py"
START_SECONDS = 600

pytestmark = [pytest.mark.heavy, pytest.mark.timeout(3000)]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a published open-2017: the user's own ($TRADEPLUME_HOME), or a fresh run."""
    if not SUPERSET.exists():
        pytest.skip(f"{SUPERSET} is not there: `make test-superset` installs Superset")
    home = tmp_path_factory.mktemp("superset")
    given = Path(os.environ.get("TRADEPLUME_HOME", "")) / "published" / "tradeplume.duckdb"
    if os.environ.get("TRADEPLUME_HOME") and given.exists():
        (home / "published").mkdir()
        (home / "published" / "tradeplume.duckdb").symlink_to(given.resolve())
        return home
    tradeplume = REPOSITORY / ".venv" / "bin" / "tradeplume"
    environment = {**os.environ, "TRADEPLUME_HOME": str(home)}
    subprocess.run([tradeplume, "run", "--quiet"], env=environment, check=True)
    return home


@pytest.fixture(scope="module")
def api(home: Path) -> Iterator[httpx.Client]:
    """A client that is logged in to a Superset of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (home / "superset.log").open("w")
    command = [str(SUPERSET), str(SERVE), "--port", str(port)]
    environment = {**os.environ, "TRADEPLUME_HOME": str(home)}
    server = subprocess.Popen(
        command, env=environment, stdout=log, stderr=log, start_new_session=True
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120) as client:
            _wait(client, server, Path(log.name))
            password = (home / "superset" / "password").read_text()
            login = {"username": "admin", "password": password, "provider": "db", "refresh": False}
            answer = client.post("/api/v1/security/login", json=login)
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            yield client
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait(client: httpx.Client, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            raise RuntimeError(f"Superset ended: {log.read_text()[-3000:]}")
        try:
            if client.get("/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(1)
    raise TimeoutError(f"Superset does not answer: {log.read_text()[-3000:]}")


def charts(api: httpx.Client) -> dict[str, int]:
    found = api.get("/api/v1/chart/", params={"q": "(page_size:100)"}).json()["result"]
    return {chart["slice_name"]: chart["id"] for chart in found}


def rows(api: httpx.Client, chart: int) -> list[dict[str, object]]:
    answer = api.get(f"/api/v1/chart/{chart}/data/")
    assert answer.status_code == 200, answer.text[:2000]
    return answer.json()["result"][0]["data"]


def ask(home: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home / "published" / "tradeplume.duckdb"), read_only=True) as con:
        con.execute("use marts")
        return con.execute(sql).fetchall()


def test_every_chart_answers_and_the_dashboard_shows_all_of_them(api: httpx.Client) -> None:
    files = list((SERVE.parent / "assets" / "charts").glob("*.yaml"))
    found = charts(api)
    assert len(found) == len(files) == 10
    assert all(rows(api, chart) for chart in found.values())
    dashboard = api.get("/api/v1/dashboard/whose-consumption/charts").json()["result"]
    assert {chart["slice_name"] for chart in dashboard} == set(found)


def test_the_numbers_are_those_of_the_published_file(api: httpx.Client, home: Path) -> None:
    found = charts(api)
    ((total,),) = ask(
        home,
        "select sum(emission_t) from fct_export_emission"
        " where edition = 'open-2017' and pollutant = 'SO2'",
    )
    (big,) = rows(api, found["SO2 that exports drive (t)"])
    assert big["driven_emission_t"] == pytest.approx(total, rel=1e-9)
    regions = dict(
        ask(
            home,
            "select world_region, sum(emission_t) from fct_export_emission"
            " inner join dim_region on consumer_region = code"
            " where edition = 'open-2017' and pollutant = 'SO2' group by all",
        )
    )
    shown = rows(api, found["For whose consumption: SO2 by world region"])
    assert {
        row["consumer_world_region"]: row["driven_emission_t"] for row in shown
    } == pytest.approx(regions, rel=1e-9)
    consumers = dict(
        ask(
            home,
            "select name, sum(pm25_ug_m3) from fct_pm25_attribution"
            " inner join dim_region on consumer_region = code where edition = 'open-2017'"
            " and engine = 'reduced' and receptor = 'CHN' group by all",
        )
    )
    shown = rows(api, found["PM2.5 over people in China by consumer"])
    assert {row["consumer"]: row["pm25_ug_m3_sum"] for row in shown} == pytest.approx(
        consumers, rel=1e-9
    )


def test_the_connection_cannot_write(api: httpx.Client) -> None:
    connection = api.get("/api/v1/database/1").json()["result"]
    assert not connection["allow_dml"]
    statement = {
        "database_id": 1,
        "schema": "marts",
        "sql": "delete from dim_region",
        "runAsync": False,
    }
    token = api.get("/api/v1/security/csrf_token/").json()["result"]
    refused = api.post("/api/v1/sqllab/execute/", json=statement, headers={"X-CSRFToken": token})
    assert refused.status_code >= 400
    assert re.search("read.?only|not allow|dml|mutat", refused.text, re.IGNORECASE), refused.text


def test_superset_listens_on_this_machine_alone(api: httpx.Client) -> None:
    assert api.base_url.host == "127.0.0.1"
    with socket.socket() as outside:
        outside.settimeout(2)
        hosts = socket.gethostbyname_ex(socket.gethostname())[2]
        others = [host for host in hosts if not host.startswith("127.")]
        for host in others:
            assert outside.connect_ex((host, api.base_url.port)) != 0
