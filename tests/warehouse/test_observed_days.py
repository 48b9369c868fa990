"""A period without observations is refused before work begins."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from cli.air import edition_holding, edition_of_period
from tests.commands import tradeplume
from warehouse.edition import load_edition
from warehouse.errors import InputError
from warehouse.observed_days import demand_days, demand_loaded
from warehouse.period import Period


def test_bundled_observations_tell_their_days_without_a_run(tmp_path: Path) -> None:
    for name, without in (("2025Q1", "2025Q4"), ("2018Q1", "2012Q1")):
        edition = load_edition(edition_holding(name, tmp_path), tmp_path)
        demand_days(*_asked(edition, tmp_path, name))
        with pytest.raises(InputError, match=without) as refused:
            demand_days(*_asked(edition, tmp_path, without))
        assert f"landing/{edition.name}/observation/" in refused.value.remedy


def _asked(edition, home: Path, name: str):  # type: ignore[no-untyped-def]
    chosen, period = edition_of_period(edition, name)
    return chosen, home, period


def test_the_command_refuses_before_it_makes_a_working_file(tmp_path: Path) -> None:
    said = tradeplume(tmp_path, "air", "--period", "2031Q1", expect=3)
    assert "0 days in 2031Q1, 0 days in 2030Q1; observations from 2022-01-01" in said
    said = tradeplume(tmp_path, "air", "--html", str(tmp_path / "no" / "page.html"), expect=1)
    assert "There is no folder" in said
    assert not (tmp_path / "work").exists()


def test_files_that_must_be_read_are_asked_once_they_are(tmp_path: Path) -> None:
    edition = load_edition("air-open", tmp_path)
    folder = tmp_path / "landing" / "air-open" / "observation"
    folder.mkdir(parents=True)
    (folder / "mine.csv").write_text("place_kind,place,date\n")
    demand_days(edition, tmp_path, Period.parse("2031Q1"))
    with duckdb.connect() as connection:
        connection.execute("create schema raw")
        connection.execute(
            "create table raw.observation as select date '2031-01-05' as date, 'PM2.5' as pollutant"
        )
        demand_loaded(connection, "air-open", Period.parse("2031Q1"))
        with pytest.raises(InputError, match="2031Q2"):
            demand_loaded(connection, "air-open", Period.parse("2031Q2"))
