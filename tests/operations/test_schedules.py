"""The schedules file and what is deployed from it, without a server."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from homes import make_home
from processes import REPOSITORY

from service.access import Access
from service.schedules import PACKAGED, REQUESTS, load_schedules
from service.serve import LOOPBACK, ServerUnusable, serve_home
from service.served import print_served, served
from warehouse.errors import EditionError, HomeLocked
from warehouse.locks import hold
from warehouse.request import Spelling

pytestmark = pytest.mark.slow


def test_the_packaged_file_has_its_five_deployments(tmp_path: Path) -> None:
    schedules = load_schedules(make_home(tmp_path))
    names = ["refresh", "watch-landing", "air-quality", "simulate", "compute"]
    assert list(schedules.deployments) == names
    assert schedules.deployments["refresh"].on_arrival
    assert schedules.deployments["air-quality"].cron == "0 4 21 1,4,7,10 *"
    for by_hand in ("simulate", "compute"):
        assert schedules.deployments[by_hand].cron is None
        assert schedules.deployments[by_hand].every_seconds is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('cron: "0 3 * * 1"', "cron: mondays", "deployments.refresh.cron"),
        ("every_seconds: 60", "every_seconds: 1", "deployments.watch-landing.every_seconds"),
        ("flow: simulate", "flow: rm", "deployments.simulate.flow"),
        ("every_seconds: 60", 'every_seconds: 60\n    cron: "0 3 * * 1"', "exclude each other"),
        ("deployments:", "deployments: [", "not YAML"),
        ("timezone:", "time_zone:", "no such name (did you mean `timezone`?)"),
        ("sim_year: 2017", "year: 2017", "no such name (did you mean `sim_year`?)"),
        ("sim_year: 2017", "months: [13]", "parameter `months.0` of flow simulate"),
        ("runner: here", "on: here", "the option --on is `runner` here"),
        ("editions: [open-2017], ", "", "parameter `editions` of flow compute: field required"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    home = make_home(tmp_path)
    text = PACKAGED.read_text()
    assert old in text
    (home.root / "schedules.yml").write_text(text.replace(old, new, 1))
    with pytest.raises(EditionError) as raised:
        load_schedules(home)
    assert said in raised.value.message
    assert str(home.root / "schedules.yml") in raised.value.message


def test_the_page_names_every_parameter_that_is_not_named_as_its_option() -> None:
    page = (REPOSITORY / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page[page.index("| option | parameter |") :].split("\n\n")[0]
    otherwise = set()
    for request in {*REQUESTS.values()}:
        for name, field in request.model_fields.items():
            spelt = [
                each.names[0] for each in field.metadata if isinstance(each, Spelling) if each.names
            ]
            if spelt and spelt[0].strip("-").replace("-", "_") != name:
                otherwise.add((spelt[0], name))
    assert otherwise == {
        ("--from", "first"),
        ("--on", "runner"),
        ("--scenario", "scenarios"),
        ("--month", "months"),
    }
    for option, name in otherwise:
        assert re.search(rf"{option}`.*`{name}`", table), option


DEPLOYED = """
import json
from pathlib import Path
from service.schedules import load_schedules
from service.serve import deployments_of
from service.watch import EVENT
from warehouse.home import locate
home = locate(Path({home!r}))
found = {{}}
for each in deployments_of(home, load_schedules(home)):
    assert each.parameters["home"] == str(home.root)
    found[each.name] = (
        each.entrypoint, len(each.schedules or []), [sorted(t.expect) for t in each.triggers],
        sorted(each.tags),
    )
print(json.dumps(found), EVENT)
(home.root / "schedules.yml").write_text(
    "deployments: {{mine: {{flow: refresh, on_arrival: true, parameters: {{edition: open-2011, force: true}}}}}}"
)
(mine,) = deployments_of(home, load_schedules(home))
from prefect.server.events.actions import RunDeployment
from prefect.server.utilities.user_templates import render_user_template_sync
from prefect.utilities.schema_tools.hydration import HydrationContext, hydrate
event = dict(event=dict(payload=dict(edition="mine-2012")))
parameters = RunDeployment(parameters=mine.triggers[0].parameters, deployment_id="0" * 32).parameters
print(hydrate(parameters, HydrationContext(jinja_context=event, render_jinja=True)))
(home.root / "schedules.yml").write_text(
    "deployments: {{mine: {{flow: simulate, cron: '0 3 1 * *', parameters: {{gc_root: ~/GCClassic}}}}}}"
)
(mine,) = deployments_of(home, load_schedules(home))
print(mine.name, mine.schedules[0].schedule.cron, mine.parameters["request"])
"""


def test_every_deployment_names_its_flow_schedule_and_trigger(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DEPLOYED.format(home=str(tmp_path))],
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "PREFECT_HOME": str(tmp_path / "prefect"),
            "DO_NOT_TRACK": "1",
        },
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (
        '"refresh": ["service.refresh.refresh", 1, [["tradeplume.landing.complete"]]' in done.stdout
    )
    assert '"watch-landing": ["service.scheduled.watch_landing", 1, []' in done.stdout
    assert '"air-quality": ["service.refresh.refresh", 1, []' in done.stdout
    assert '"simulate": ["service.scheduled_simulation.simulate", 0, []' in done.stdout
    assert '"compute": ["service.scheduled.compute", 0, []' in done.stdout
    # What arrives is refreshed as the file says, but for the edition.
    assert "{'request': {'edition': 'mine-2012', 'force': True}}" in done.stdout
    # Of the user's own file; `~` is spelt out.
    assert f"mine 0 3 1 * * {{'gc_root': '{Path('~/GCClassic').expanduser()}'}}" in done.stdout


def test_a_home_is_served_once_and_a_taken_port_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = make_home(tmp_path)
    monkeypatch.setattr(os, "environ", os.environ.copy())
    schedules = load_schedules(home)
    with hold(home.watch / "serve.lock", "test"), pytest.raises(HomeLocked, match="Serving this"):
        serve_home(home, schedules, port=4200)
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ServerUnusable, match=f"Port {port}"):
            serve_home(home, schedules, port=port)


def test_a_server_that_does_not_answer_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.console import Console

    home = make_home(tmp_path)
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    print_served(Console(width=160), home)
    assert "nothing is served" in capsys.readouterr().out
    home.watch.mkdir()
    (home.watch / "serve.json").write_text('{"api": "http://127.0.0.1:9/api"}')
    print_served(Console(width=160), home)
    assert "http://127.0.0.1:9/api does not answer" in capsys.readouterr().out
    (home.watch / "serve.json").write_text('{"api": "file:///etc/passwd"}')
    print_served(Console(width=160), home)
    assert "is not http" in capsys.readouterr().out
    with pytest.raises(OSError, match="refused"):
        served(Access("http://127.0.0.1:9/api"))


def test_a_server_that_was_killed_is_not_asked_who_took_its_port(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    home = make_home(tmp_path)
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from service.access import Access, fresh_key, write_access\n"
        "from warehouse.home import locate\n"
        "from warehouse.locks import hold\n"
        "home = locate(Path(sys.argv[1]))\n"
        "with hold(home.watch / 'serve.lock', 'x'):\n"
        "    write_access(home, Access(sys.argv[2], fresh_key(), os.getpid()))\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        taken.settimeout(0.2)
        api = f"http://{LOOPBACK}:{taken.getsockname()[1]}/api"
        subprocess.run([sys.executable, "-c", script, str(tmp_path), api], check=False)
        assert (home.watch / "serve.env").exists()
        print_served(Console(width=160), home)
        with pytest.raises(TimeoutError):
            taken.accept()
    assert "was ended: start it again" in capsys.readouterr().out


def test_a_free_port_is_chosen_where_the_usual_one_is_anothers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from service import serve

    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        monkeypatch.setattr(serve, "USUAL_PORT", taken.getsockname()[1])
        chosen = serve._port(None)
        assert chosen != serve.USUAL_PORT
        assert not serve._is_taken(chosen)
    assert serve._port(None) == serve.USUAL_PORT
