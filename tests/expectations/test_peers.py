"""Units: every province against the others, the nation against the bundled files."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from expectations.amounts import amounts_of, people_in, reference
from expectations.peer_limits import LEVELS, PER_HEAD, PER_OUTPUT, RATIOS
from expectations.peers import run_peers
from expectations.results import CheckResult
from tests.expectations.slips import FACTORS, ROLES, Slip, bundled, severity_of, slipped, slips


@pytest.fixture(scope="module")
def raw() -> Iterator[duckdb.DuckDBPyConnection]:
    """The bundled roles of open-2007; slips are rolled back."""
    with bundled() as connection:
        yield connection


def failed(connection: duckdb.DuckDBPyConnection) -> list[CheckResult]:
    return [check for check in run_peers(connection, 2007) if not check.passed]


def test_the_bundled_files_have_no_error_and_no_warning(raw: duckdb.DuckDBPyConnection) -> None:
    checks = run_peers(raw, 2007)
    assert [check.detail for check in checks if not check.passed] == []
    assert len(checks) > 50
    assert len({(check.suite, check.check_name) for check in checks}) == len(checks)


@pytest.mark.parametrize(
    ("slip", "names"),
    [
        # The two reports of November 2026: five pollutants in kt, a table in 100 million yuan.
        (Slip("sector_emission", "pollutant", "CO", 1e-3), "nation CO"),
        (Slip("provincial_table", "province", "CN-GZ", 1e-4), "CN-GZ all"),
        (Slip("sector_emission", "sector group", "PP", 1e3), "nation power"),
        (Slip("emission_proxy", "role", "all", 1e3), "nation all"),
        (Slip("subsector_emission", "sector group", "CEMENT", 1e-3), "CEMENT BC 20"),
        (Slip("global_table", "role", "all", 1e3), " all: "),
        (Slip("export_total", "province", "CN-QH", 1e4), "CN-QH goods"),
    ],
)
def test_a_unit_slip_is_an_error_that_names_it(
    slip: Slip, names: str, raw: duckdb.DuckDBPyConnection
) -> None:
    with slipped(raw, slip):
        errors = [check for check in failed(raw) if check.severity == "error"]
    assert errors
    assert f"raw.{slip.role}" in {check.scope for check in errors}
    assert any(names in check.detail for check in errors)
    assert failed(raw) == []


def test_a_province_with_nothing_stops_the_run(raw: duckdb.DuckDBPyConnection) -> None:
    """Zeros are beside every limit of a ratio: they stand where figures are missing."""
    for slip in (
        Slip("sector_emission", "province", "CN-HE", 0.0),
        Slip("export_total", "province", "CN-HE", 0.0),
    ):
        with slipped(raw, slip):
            found = {each.scope: each for each in failed(raw) if "nothing" in each.check_name}
        assert "CN-HE" in found[f"raw.{slip.role}"].detail
        assert found[f"raw.{slip.role}"].severity == "error"


def test_five_pollutants_in_kilotonnes_beside_two_in_tonnes(raw: duckdb.DuckDBPyConnection) -> None:
    raw.execute("begin")
    raw.execute(
        "update raw.sector_emission set emission_t = emission_t / 1000"
        " where pollutant not in ('SO2', 'NOx')"
    )
    named = " ".join(check.detail for check in failed(raw) if check.severity == "error")
    raw.execute("rollback")
    assert all(f"nation {pollutant}" in named for pollutant in ("CO", "NH3", "BC", "OC"))
    assert "nation SO2" not in named


@pytest.mark.parametrize("factor", [2.0, 0.5])
@pytest.mark.parametrize("role", ["population", "population_total", "grid_cell"])
@pytest.mark.parametrize("province", ["CN-SH", "CN-JL", "CN-HA"])
def test_twice_or_half_the_people_is_an_error(
    role: str, province: str, factor: float, raw: duckdb.DuckDBPyConnection
) -> None:
    assert severity_of(raw, Slip(role, "province", province, factor), 2007) == "error"


def test_slips_are_seeded_and_cover_every_factor_and_role_of_the_edition(
    raw: duckdb.DuckDBPyConnection,
) -> None:
    drawn = slips(raw)
    assert drawn == slips(raw)
    assert len(drawn) == 200
    assert {slip.size for slip in drawn} == set(FACTORS)
    assert {slip.role for slip in drawn} == {role for role in ROLES if _is_there(raw, role)}


def test_of_random_slips_all_of_a_thousand_are_errors(raw: duckdb.DuckDBPyConnection) -> None:
    """A sample of what `python -m tests.expectations.slips` counts."""
    drawn = [slip for slip in slips(raw, 60) if slip.size >= 1000]
    unseen = [slip for slip in drawn if severity_of(raw, slip, 2007) != "error"]
    assert len(drawn) == 30
    assert unseen == []


def test_fewer_than_five_provinces_compare_nothing_with_each_other(
    raw: duckdb.DuckDBPyConnection,
) -> None:
    raw.execute("begin")
    raw.execute("delete from raw.provincial_table where province not in ('CN-GD', 'CN-HE')")
    names = {c.check_name for c in run_peers(raw, 2007) if c.scope == "raw.provincial_table"}
    raw.execute("rollback")
    assert names
    assert all("bundled_files" in name for name in names)


def test_a_file_without_such_roles_is_not_judged() -> None:
    with duckdb.connect() as connection:
        assert amounts_of(connection).is_empty()
        assert run_peers(connection, 2018) == []


def test_people_of_the_year_are_those_of_the_nearest_in_the_panel() -> None:
    for year, nearest in ((2007, 2007), (2030, 2019), (1980, 1998)):
        assert people_in(year).sort("province").equals(people_in(nearest).sort("province"))
    assert len(people_in(2007)) == 31
    assert 1.25e9 < people_in(2007)["persons"].sum() < 1.35e9


def test_limits_are_dated_and_warn_before_they_stop() -> None:
    limits = [*PER_HEAD, *PER_OUTPUT, *LEVELS, *(limit for _, _, limit in RATIOS)]
    measures = set(reference()["measure"])
    for limit in limits:
        assert limit.reason.startswith("2026-11-30: ")
        assert 1 < limit.warn < limit.error
    assert {limit.measure for limit in LEVELS} <= measures


def _is_there(connection: duckdb.DuckDBPyConnection, role: str) -> bool:
    known = "select 1 from duckdb_tables() where schema_name = 'raw' and table_name = ?"
    return bool(connection.execute(known, [role]).fetchall())
