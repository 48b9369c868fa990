"""What a served home says at once: what it watches, and when each schedule runs next."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.announced import announced
from service.schedules import Schedules
from tests.commands import tradeplume
from warehouse.errors import EditionError
from warehouse.home import locate

NOW = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)  # a Tuesday, 8 o'clock in Shanghai


def said(tmp_path: Path, timezone: str = "Asia/Shanghai", **of_one: object) -> str:
    deployment = {"flow": "refresh", **of_one}
    schedules = Schedules.model_validate({"timezone": timezone, "deployments": {"one": deployment}})
    return announced(locate(tmp_path), schedules, NOW)[-1].strip()


def test_the_next_run_is_told_in_the_zone_of_the_schedules(tmp_path: Path) -> None:
    assert said(tmp_path, cron="0 3 * * 1") == "one  next run 2026-12-07 03:00 CST"
    assert said(tmp_path, "UTC", cron="30 4 21 1,4,7,10 *") == "one  next run 2027-01-21 04:30 UTC"
    assert said(tmp_path, every_seconds=60, on_arrival=True).startswith("one  every 60 s, and when")
    assert said(tmp_path) == "one  by hand"
    lines = announced(
        locate(tmp_path), Schedules.model_validate({"deployments": {"a": {"flow": "refresh"}}})
    )
    assert str(tmp_path / "landing") in lines[1]


@pytest.mark.parametrize(
    ("zone", "cron", "message"),
    [
        ("Asia/Nowhere", "0 3 * * 1", "'Asia/Nowhere' is not a time zone"),
        ("UTC", "61 3 * * 1", "deployment `one`: the cron line '61 3"),
        ("UTC", "0 3 31 2 *", "names no time"),
    ],
)
def test_what_names_no_time_is_refused(tmp_path: Path, zone: str, cron: str, message: str) -> None:
    with pytest.raises(EditionError, match=message):
        said(tmp_path, zone, cron=cron)


def test_it_is_said_before_prefect_is_loaded() -> None:
    code = "import sys, service.announced; print('prefect' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_a_home_that_nobody_serves_is_not_healthy(tmp_path: Path) -> None:
    assert "This home is not served" in tradeplume(tmp_path, "serve", "--check", expect=9)
    (tmp_path / "watch").mkdir()
    record = '{"api": "http://127.0.0.1:9/api", "pid": 1}'
    (tmp_path / "watch" / "serve.json").write_text(record)
    assert "does not answer" in tradeplume(tmp_path, "serve", "--check", expect=9)
