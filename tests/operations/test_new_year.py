"""The new-year drill: files of 2011 are dropped beside open-2007, and nobody types a command in between."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from serving import PATIENCE_SECONDS, listening, served, tradeplume, wait_for

from warehouse.database import connect, fetch
from warehouse.home import Home, locate

pytestmark = pytest.mark.slow

WIOD = "economy/wiod_2013release/wiod11.rda"
REAS = "air/emissions_ceds_inputs/REASv3.2_CHN_provinces.tar.gz"


def editions(home: Home) -> list[tuple[object, ...]]:
    with connect(home.published_file, read_only=True, repeatable=False) as connection:
        return fetch(connection, "select edition, year from meta.release order by all")


@pytest.mark.heavy
@pytest.mark.timeout(4 * PATIENCE_SECONDS)
def test_a_new_year_is_dropped_and_appears_beside_the_old(
    tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    wiod, reas = shared_data(WIOD), shared_data(REAS)
    home, log = locate(tmp_path / "home"), tmp_path / "serve.log"
    tradeplume(home, "run", "--quiet", "--edition", "open-2007")
    assert editions(home) == [("open-2007", 2007)]
    with served(home, log) as server:
        wait_for((home.watch / "serve.json").exists, "the server", log)
        assert listening(server) == {"127.0.0.1"}

        landing = home.landing / "open-2011"
        for role in ("global_table", "sector_emission"):
            (landing / role).mkdir(parents=True)
        shutil.copy(wiod, landing / "global_table")
        wait_for(lambda: "open-2011 waits: sector_emission" in log.read_text(), "the wait", log)
        shown = tradeplume(home, "status")
        assert "open-2011 waits: sector_emission: Nothing fills the role" in shown
        assert "watch-landing" in shown
        arriving = landing / "sector_emission" / f"{reas.name}.part"
        shutil.copy(reas, arriving)
        arriving.rename(arriving.with_suffix(""))

        wait_for(lambda: "open-2011: complete, announced" in log.read_text(), "the event", log)
        wait_for(
            lambda: editions(home) == [("open-2007", 2007), ("open-2011", 2011)], "the year", log
        )
    both_years_are_there(home)


def both_years_are_there(home: Home) -> None:
    with connect(home.published_file, read_only=True, repeatable=False) as connection:
        years = "select list(distinct year order by year) from marts.{}"
        for mart in (
            "fct_export_output",
            "fct_emission_inventory",
            "fct_mrio_output",
            "fct_balance",
        ):
            assert fetch(connection, years.format(mart)) == [([2007, 2011],)]
        vintages = """
            select role, list(distinct vintage_year) from marts.fct_provenance
            where edition = 'open-2011' and role in ('global_table', 'provincial_table', 'sector_emission')
            group by role order by role
        """
        assert fetch(connection, vintages) == [
            ("global_table", [2011]),
            ("provincial_table", [2007]),
            ("sector_emission", [2011]),
        ]
        # The tables of 2007 have grown, sector by sector, as the assumption says.
        growth = """
            with made as (
                select o.year, o.sector, sum(o.output_musd) as output_musd
                from marts.fct_mrio_output as o inner join marts.dim_region as r
                    on o.region = r.code and r.kind = 'province'
                group by all
            ),
            scaled as (
                select sector, sum(amount) as amount from marts.fct_assumption
                where assumption = 'provincial_table_scaled' and edition = 'open-2011' group by all
            )
            select max(abs(later.output_musd - earlier.output_musd - scaled.amount) / later.output_musd),
                count(*)
            from made as later inner join made as earlier using (sector) inner join scaled using (sector)
            where later.year = 2011 and earlier.year = 2007
        """
        ((largest, sectors),) = fetch(connection, growth)
        assert float(str(largest)) < 1e-6
        assert int(str(sectors)) >= 33
        assert fetch(
            connection, "select distinct edition, status from marts.fct_release_change"
        ) == [("open-2011", "new")]
        shares = """
            select year, sum(emission_t) from marts.fct_export_emission
            where pollutant = 'SO2' group by year order by year
        """
        (_, then), (_, later) = fetch(connection, shares)
        assert 0 < float(str(later)) < float(str(then))
