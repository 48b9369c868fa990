"""Consuming regions divided into countries: shares by what is known, exact where nothing divides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.models.rendering import Models

SOURCE = (
    "consumer_country varchar, producer_sector varchar, demand_category varchar,"
    " product_use varchar, output_musd double"
)
OUTPUT = (
    "producer_province varchar, producer_sector varchar, exporter_province varchar,"
    " consumer_region varchar, demand_category varchar, product_use varchar, output_musd double"
)
# Germany takes three quarters of what households of the Union call for in electronics, France the rest; of
# government they are alike, and of metals nothing is known. The USA is a region of its own.
SERVED: list[tuple[Any, ...]] = [
    ("DEU", "C26", "household", "final", 30.0),
    ("FRA", "C26", "household", "final", 10.0),
    ("DEU", "C26", "government", "final", 5.0),
    ("FRA", "C26", "government", "final", 5.0),
    ("GRC", "C26", "household", "final", -4.0),
    ("USA", "C26", "household", "final", 90.0),
]


def models(regions: tuple[str, ...] = ("CHN", "EU", "USA", "ROW"), **overrides: object) -> Models:
    built = Models(
        **{
            "year": 2017,
            "edition": "tiny",
            "sector_classification": "icio30",
            "consumer_classification": "wiod56_2016",
            **overrides,
        }
    )
    built.put("raw_consumer_output", SOURCE, SERVED)
    built.put("raw_global_table", "from_region varchar", [(region,) for region in regions])
    return built


def shares(built: Models) -> dict[tuple[str, ...], float]:
    built.build("int_consumer__share")
    return {
        tuple(key): share
        for *key, share in built.rows(
            "select consumer_region, consumer_country, producer_sector, demand_category,"
            " country_share from int_consumer__share"
        )
    }


def test_countries_share_their_region_by_sector_and_category() -> None:
    found = shares(models())
    assert found["EU", "DEU", "C26", "household"] == pytest.approx(0.75)
    assert found["EU", "DEU", "C26", "government"] == pytest.approx(0.5)
    # Metals have no figure of their own: as all that the category calls for.
    assert found["EU", "FRA", "C24", "household"] == pytest.approx(0.25)
    assert {region for region, *_ in found} == {"EU"}
    sums: dict[tuple[str, str], float] = {}
    for (_, _, sector, category), share in found.items():
        sums[sector, category] = sums.get((sector, category), 0.0) + share
    assert sums == pytest.approx(dict.fromkeys(sums, 1.0))
    assert len(sums) == 30 * 2


def test_the_parts_sum_to_the_region_and_say_that_they_are_derived() -> None:
    built = models()
    exported: list[tuple[Any, ...]] = [
        ("CN-GD", "C26", "CN-GD", "EU", "household", "final", 8.0),
        ("CN-GD", "C26", "CN-ZJ", "EU", "household", "final", 4.0),
        ("CN-GD", "C26", "CN-GD", "EU", "capital", "final", 1.0),
        ("CN-GD", "C26", "CN-GD", "USA", "household", "final", 7.0),
    ]
    built.put("computed_export_output", OUTPUT, exported)
    built.build("fct_export_country")
    found = {
        tuple(key): (derived, musd)
        for *key, derived, musd in built.rows(
            "select consumer_region, consumer_country, is_derived, output_musd"
            " from fct_export_country"
        )
    }
    assert found["EU", "DEU"] == (True, pytest.approx(9.0))
    assert found["EU", "FRA"] == (True, pytest.approx(3.0))
    # A category that the table of countries lacks is left with the region, and is not guessed.
    assert found["EU", "EU"] == (False, pytest.approx(1.0))
    assert found["USA", "USA"] == (False, pytest.approx(7.0))


def test_without_a_table_of_countries_nothing_is_divided() -> None:
    built = models(consumer_classification="icio30")
    assert shares(built) == {}


def test_a_country_that_the_world_table_has_apart_is_not_divided_out_of_a_region() -> None:
    found = shares(models(("CHN", "EU", "DEU", "USA")))
    assert {country for _, country, *_ in found} == set(), "France alone is left: it is the region"
    both = shares(models(("CHN", "EU", "GRC", "USA")))
    assert {country for _, country, *_ in both} == {"DEU", "FRA"}
