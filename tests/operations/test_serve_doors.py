"""Two doors to the served home: nobody without its key, no page of another origin.

Behind them lies code execution: whoever may change a deployment decides what its flow runs.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from homes import make_home
from processes import REPOSITORY
from serving import listening, served, wait_for

from service.access import Access, forget_access, fresh_key, read_access, write_access
from service.serve import environment_of
from warehouse.home import Home, locate

pytestmark = pytest.mark.slow

FOREIGN = "https://elsewhere.example"

# The application itself with the settings that `serve` gives it; no door needs its database.
DOORS = """
import base64, json, sys
from prefect.server.api.server import create_app
from starlette.testclient import TestClient

key = sys.argv[1]
client = TestClient(create_app(), base_url="http://127.0.0.1:4200", raise_server_exceptions=False)
change = "/api/deployments/00000000-0000-0000-0000-000000000000"
keyed = {"Authorization": "Basic " + base64.b64encode(key.encode()).decode()}
foreign = {"Origin": "https://elsewhere.example"}
asks = {**foreign, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization"}
def came(answer):
    return [answer.status_code, answer.headers.get("access-control-allow-origin")]
print(json.dumps({
    "no key": came(client.patch(change, json={})),
    "wrong key": came(client.patch(change, json={}, headers={"Authorization": "Basic eDp5"})),
    "listing": came(client.post("/api/deployments/filter", json={})),
    "token": came(client.get("/api/csrf-token?client=x")),
    "settings": came(client.get("/api/admin/settings")),
    "wrong key asks for a token": came(
        client.get("/api/csrf-token?client=x", headers={"Authorization": "Basic eDp5"})),
    "foreign page asks first": came(client.options(change, headers=asks)),
    "foreign page": came(client.patch(change, json={}, headers=foreign)),
    "key without token": came(client.patch(change, json={}, headers={**keyed, **foreign})),
    "health": came(client.get("/api/health")),
}))
for path in ("events/in", "events/out", "logs/out", "task_runs/subscriptions/scheduled"):
    try:
        with client.websocket_connect(f"/api/{path}", subprotocols=["prefect"]) as socket:
            socket.send_json({"type": "auth", "token": "x:y"})
            print(path, socket.receive_json().get("type"))
    except Exception as error:
        print(path, "closed", getattr(error, "code", type(error).__name__))
"""


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[str]]:
    home = make_home(tmp_path_factory.mktemp("doors"))
    key = fresh_key()
    given = environment_of(home, Access("http://127.0.0.1:4200/api", key))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    done = subprocess.run(
        [sys.executable, "-c", DOORS, key],
        env={**kept, **given, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    first, *sockets = done.stdout.splitlines()
    return json.loads(first), sockets


def test_nobody_comes_in_without_the_key(doors: tuple[dict[str, Any], list[str]]) -> None:
    came, sockets = doors
    for way in ("token", "settings", "wrong key asks for a token"):
        assert came[way][0] == 401, way
    # A change needs a token, which nobody is given without the key.
    for way in ("no key", "wrong key", "listing"):
        assert came[way][0] in (401, 403), way
    # Whether it lives, everybody may ask.
    assert came["health"][0] == 200
    assert sockets == [
        "events/in closed 1008",
        "events/out closed 1008",
        "logs/out closed 1008",
        "task_runs/subscriptions/scheduled closed 1008",
    ]


def test_no_page_of_another_origin_is_answered(doors: tuple[dict[str, Any], list[str]]) -> None:
    came, _ = doors
    # The browser asks before it sends a change, and is told no origin that it may come from.
    assert came["foreign page asks first"] == [400, None]
    assert came["foreign page"] in ([401, None], [403, None])
    # Not even with the key, as long as it has no token.
    assert came["key without token"][0] == 403


def test_the_key_is_new_every_time_and_its_owners_alone(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    home.watch.mkdir()
    assert read_access(home, {}) is None
    assert read_access(home, {"PREFECT_API_URL": "http://x/api"}) == Access("http://x/api")
    keys = {fresh_key() for _ in range(20)}
    assert len(keys) == 20
    assert min(len(key) for key in keys) > 40
    given = Access("http://127.0.0.1:4200/api", keys.pop(), 17)
    write_access(home, given)
    path = home.watch / "serve.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_access(home, {}) == given
    assert given.key not in (home.watch / "serve.json").read_text()
    assert given.key not in repr(given)
    forget_access(home)
    assert read_access(home, {}) is None


def attack(api: str, mark: Path) -> list[int]:
    """What was found in November 2026: a page sets a deployment's pull steps and lets it run."""
    command = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {mark}"}}
    answers = []
    headers = {"Content-Type": "application/json", "Origin": FOREIGN}

    def send(path: str, content: Any = None, method: str = "POST") -> Any:
        data = None if method == "GET" else json.dumps(content).encode()
        request = urllib.request.Request(f"{api}/{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                answers.append(answer.status)
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            answers.append(error.code)
            return None

    token = send("csrf-token?client=x", method="GET")
    if token:
        headers |= {"Prefect-Csrf-Token": token["token"], "Prefect-Csrf-Client": "x"}
    deployments = send("deployments/filter", {}) or [{"id": "0", "name": "watch-landing"}]
    (target,) = [each for each in deployments if each["name"] == "watch-landing"]
    send(f"deployments/{target['id']}", {"pull_steps": [command]}, "PATCH")
    send(f"deployments/{target['id']}/create_flow_run", {"state": {"type": "SCHEDULED"}})
    return answers


@pytest.mark.heavy
@pytest.mark.timeout(900)
def test_the_attack_of_the_drill_runs_nothing(tmp_path: Path) -> None:
    home, log, mark = make_home(tmp_path / "home"), tmp_path / "serve.log", tmp_path / "pwned"
    with served(home, log) as server:
        wait_for(lambda: (home.watch / "serve.json").exists(), "the server", log)
        api = json.loads((home.watch / "serve.json").read_text())["api"]
        wait_for(lambda: "watch-landing" in shown(home), "the deployments", log)
        assert listening(server) == {"127.0.0.1"}
        assert attack(api, mark) == [401, 403, 403, 403]
        time.sleep(45)
        assert not mark.exists()
        # No other user sees the key: not in a file, not on a command line.
        key = read_access(home, {})
        assert key is not None
        assert key.key
        for process in (server, *server.children(recursive=True)):
            assert key.key not in " ".join(process.cmdline())
        # Ctrl-C ends all of it, without a stack.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=120)
        assert "Traceback" not in log.read_text()
        assert not (home.watch / "serve.env").exists()
    for path in home.root.rglob("*"):
        if path.is_file() and key.key.encode() in path.read_bytes():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def shown(home: Home) -> str:
    from serving import tradeplume

    return tradeplume(locate(home.root), "status")
