"""The seeds of the inventory in icio30, its levels by year, and the groups brought to the nation's sums."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import polars as pl

from warehouse.bundle import BUNDLED

SEEDS = Path(__file__).parents[2] / "seeds"


def rows(name: str) -> list[dict[str, str]]:
    (path,) = SEEDS.glob(f"*/{name}.csv")
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def codes(classification: str) -> set[str]:
    names = [*rows("sector"), *rows("source_sector")]
    return {row["code"] for row in names if row["classification"] == classification}


OUTSIDE = {row["code"] for row in rows("outside_source")}


def test_both_classifications_divide_the_inventory_alike() -> None:
    for name, key in (
        ("reas32", ("source_sector", "activity", "locate_by", "proxy_sector", "proxy_pollutant")),
        ("gains_emf30", ("source_sector", "activity", "treatment")),
    ):
        old, new = rows(f"{name}__wiod35"), rows(f"{name}__icio30")
        assert [[row[column] for column in key] for row in old] == [
            [row[column] for column in key] for row in new
        ]
        for before, after in zip(old, new, strict=True):
            assert (before["to_code"] in OUTSIDE | {""}) == (after["to_code"] in OUTSIDE | {""})
            assert after["to_code"] in codes("icio30") | OUTSIDE | {""}


def test_every_account_sector_reaches_sectors_of_icio30() -> None:
    accounts = rows("ceads47__icio30")
    group = {row["from_code"]: row["source_group"] for row in rows("ceads47__wiod35")}
    members: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in accounts:
        members[row["from_code"]].append(row)
        assert row["to_code"] in codes("icio30") | OUTSIDE
        assert row["source_group"] == group[row["from_code"]]
    assert set(members) == set(group)
    for of_one in members.values():
        assert {row["split"] for row in of_one} == {"whole" if len(of_one) == 1 else "by_output"}


def test_nearest_sectors_of_icio30_are_others_in_order() -> None:
    order: dict[str, list[str]] = defaultdict(list)
    for row in rows("nearest_sector"):
        if row["classification"] == "icio30":
            order[row["sector"]].append(row["nearest_sector"])
            assert int(row["place"]) == len(order[row["sector"]])
    assert set(order) == codes("icio30")
    for sector, nearest in order.items():
        assert sector not in nearest
        assert len(set(nearest)) == len(nearest)
        assert set(nearest) <= codes("icio30")


def test_levels_of_a_year_divide_as_many_activities_as_those_of_2007() -> None:
    of_year: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows("activity_level"):
        of_year[row["from_year"]].add((row["activity"], row["pollutant"]))
        low, high = (float(row[name]) if row[name] else None for name in ("low_kt", "high_kt"))
        assert (low is None) == (high is None)
        if low is not None and high is not None:
            assert low < float(row["level_kt"]) < high
    assert of_year["2017"] == of_year["2007"]
    assert of_year["2012"] < of_year["2007"]


def test_levels_of_other_particles_sum_to_about_the_nations_industry() -> None:
    """Only ratios count; a sum far from MEIC's would say that a round factor is wrong."""
    stated = sum(
        float(row["level_kt"])
        for row in rows("activity_level")
        if row["from_year"] == "2017"
        and row["pollutant"] == "PM25_other"
        and not row["activity"].startswith("other_domestic")
    )
    nation = pl.read_parquet(BUNDLED / "open_2017" / "national_emission.parquet").filter(
        source_sector="industry", source_year=2017
    )
    kt = {
        pollutant: t / 1000 for pollutant, t in nation.select("pollutant", "emission_t").iter_rows()
    }
    assert 0.7 < stated / (kt["PM2.5"] - kt["BC"] - kt["OC"]) < 1.3


def test_every_sector_of_the_inventory_has_one_group_and_every_group_a_total() -> None:
    groups: dict[tuple[str, str, str], str] = {}
    for row in rows("national_total_group"):
        groups[row["source"], row["species"], row["source_sector"]] = row["total_group"]
    assert {key[2] for key in groups if key[0] == "reas32"} == codes("reas32")
    for species in ("other", "NH3"):
        nation = {sector for source, of, sector in groups if (source, of) == ("meic", species)}
        assert nation == codes("meic")
        ours, theirs = (
            {group for (source, of, _), group in groups.items() if (source, of) == (name, species)}
            for name in ("reas32", "meic")
        )
        assert ours <= theirs
    second = {sector for source, _, sector in groups if source == "ceds8"}
    assert second == codes("ceds8") - {"International Shipping"}


def test_the_trend_after_the_inventory_is_the_nations() -> None:
    """The seed emission_trend and the role national_emission are one publication."""
    nation = pl.read_parquet(BUNDLED / "open_2017" / "national_emission.parquet")
    published = {
        (sector, pollutant, year): t / 1e6 for sector, pollutant, year, t in nation.iter_rows()
    }
    for row in rows("emission_trend"):
        sector = {"transport": "transportation"}.get(row["emission_group"], row["emission_group"])
        key = (sector, row["pollutant"], int(row["source_year"]))
        assert abs(published[key] - float(row["emission_tg"])) < 1e-9
