"""Which stored supply chains `tradeplume paths` shows, on a small published file of two editions."""

from __future__ import annotations

import io
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from cli.paths import paths_query
from cli.query import Format, ask
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.published import open_published

PROVINCES = {"CN-GD": "Guangdong", "CN-HE": "Hebei", "CN-SX": "Shanxi"}
STORED = 4


def ape_t(*row: object) -> float:
    """Any amount that falls with the rank and differs by edition and pair."""
    edition, _, _, exporter, emitter, _, rank, _ = row
    places = list(PROVINCES)
    i, j = places.index(str(exporter)), places.index(str(emitter))
    return (
        1000 * (edition == "second")
        + 100 * ((7 * i + 3 * j) % 5)
        + 10 * (STORED - int(str(rank)))
        + i
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path)
    place.published.mkdir(parents=True)
    with duckdb.connect(str(place.published_file)) as con:
        con.execute("create schema marts; create schema meta; use marts")
        con.execute("create table dim_region (code text, name text, name_zh text, kind text)")
        con.executemany(
            "insert into dim_region values (?, ?, '', 'province')", list(PROVINCES.items())
        )
        con.execute(
            "create table fct_supply_chain_path (edition text, year int, scope text, scope_exporter text,"
            " scope_emitter text, demand_sign text, rank int, path text, layer int, ape_t double,"
            " ape_share double, so2_t double, nox_t double)"
        )
        rows = [
            (name, 2007, "pair", exporter, emitter, "+", rank, f"{exporter} <- {emitter} {rank}")
            for name in ("first", "second")
            for exporter in PROVINCES
            for emitter in PROVINCES
            for rank in range(1, STORED + 1)
        ]
        stored = [(*row, 1, ape_t(*row), 0.1, 1.0, 1.0) for row in rows]
        con.executemany(f"insert into fct_supply_chain_path values ({', '.join('?' * 13)})", stored)
        con.execute(
            "create table meta.release as select unnest(['first', 'second']) as edition, 2007 as year,"
            " now() as finished_at, now() as published_at"
        )
    return place


def found(home: Home, *arguments: object, **options: object) -> list[tuple[object, ...]]:
    sql = paths_query(home, *arguments, **options)  # type: ignore[arg-type]
    with open_published(home) as connection:
        return connection.execute(sql).fetchall()


def test_the_largest_of_an_emitter_are_sought_over_all_exporters(home: Home) -> None:
    everything = sorted(
        (
            ape_t("first", 2007, "pair", exporter, "CN-HE", "+", rank, "")
            for exporter in PROVINCES
            for rank in range(1, STORED + 1)
        ),
        reverse=True,
    )
    shown = found(home, None, "hebei", 3, edition="first")
    assert [row[5] for row in shown] == everything[:3]
    assert [row[2] for row in shown] == [1, 2, 3]
    assert all("<- CN-HE" in str(row[3]) for row in shown)


def test_one_edition_is_shown_where_it_is_preferred_and_all_where_not(home: Home) -> None:
    pair = ("Guangdong", "CN-HE", 2)
    assert {row[0] for row in found(home, *pair, preferred="second")} == {"second"}
    assert {row[0] for row in found(home, *pair, edition="first", preferred="second")} == {"first"}
    unpublished = found(home, *pair, preferred="third")
    assert [(row[0], row[2]) for row in unpublished] == [
        ("first", 1),
        ("first", 2),
        ("second", 1),
        ("second", 2),
    ]


def test_what_is_not_there_is_said_with_the_choice(home: Home) -> None:
    with pytest.raises(UserFacingError, match="no published supply chains") as caught:
        paths_query(home, "Guangdong", None, 1, edition="third")
    assert "first, second" in str(caught.value.remedy)
    with pytest.raises(UserFacingError, match="hold 4 paths each, 5 were asked"):
        paths_query(home, "Guangdong", "Hebei", 5)
    with pytest.raises(UserFacingError, match="no province 'Atlantis'"):
        paths_query(home, None, "Atlantis", 1)


@pytest.mark.parametrize(
    ("sql", "is_warned"),
    [
        ("select count(*) from fct_supply_chain_path", True),
        ("select count(*) from fct_supply_chain_path where edition = 'first'", False),
        ("select count(*) from dim_region", False),
    ],
)
def test_facts_of_several_editions_are_not_summed_without_a_word(
    home: Home, capsys: pytest.CaptureFixture[str], sql: str, is_warned: bool
) -> None:
    ask(home, sql, Console(file=io.StringIO()), fmt=Format.TABLE, out=None, limit=5)
    assert ("names none: facts of all of them" in capsys.readouterr().err) is is_warned


@pytest.mark.parametrize(
    "name", ["guangdong", "Guangdong Province", "廣東省", "广东", "CN-GD", "cn-44", "440000", "44"]
)
def test_every_spelling_of_a_province_is_the_same_one(home: Home, name: str) -> None:
    assert paths_query(home, name, "Hebei", 1) == paths_query(home, "Guangdong", "Hebei", 1)
