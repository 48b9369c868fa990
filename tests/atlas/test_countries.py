"""Consumers by country beside the regions of the world table, and direct and indirect in two readings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import duckdb
import pytest

from atlas.figure import states
from atlas.pages import FIGURES
from atlas.picture import caption, drawn
from atlas.readings import MEANS
from atlas.tables import ask, sql_text
from tests.atlas.made_up import FULL
from warehouse.home import Home


@pytest.fixture
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


def test_countries_sum_to_the_regions_of_the_table(marts: duckdb.DuckDBPyConnection) -> None:
    totals: dict[tuple[str, ...], float] = defaultdict(float)
    for row in ask(marts, "country_consumers", FULL, 2007).rows:
        totals[row["split"], row["province"], row["pollutant"]] += row["driven_t"]
    places = {key[1:] for key in totals}
    assert len(places) == 12 * 3
    for place in places:
        assert totals["country", *place] == pytest.approx(totals["region", *place], rel=1e-6)


def test_both_splits_are_offered_and_only_what_is_derived_is_dotted(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    plots = states(FIGURES["country_consumers"], ask(marts, "country_consumers", FULL, 2007).rows)
    exact, derived, apart = plots["country|CN-HE|SO2"]["data"]
    assert derived["name"] == "derived within its region"
    assert derived["y"] == ["South Korea"]
    assert "pattern" in derived["marker"]
    assert "pattern" not in exact["marker"]
    # What is left of the rest of the world is no country: it stands apart, and has no page.
    pages = dict(zip(apart["y"], apart["meta"]["codes"], strict=True))
    assert pages == {"Rest of the world": None, "China (returned)": "CHN"}
    by_region = plots["region|CN-HE|SO2"]["data"]
    assert {name for trace in by_region for name in trace["y"]} == {
        "United States", "Germany", "France", "Japan", "Rest of the world", "China (returned)",
    }  # fmt: skip
    assert not any("pattern" in trace["marker"] for trace in by_region)
    whole = [
        sum(sum(trace["x"]) for trace in plots[f"{split}|CN-HE|SO2"]["data"])
        for split in ("country", "region")
    ]
    assert whole == pytest.approx([1, 1])


def test_a_country_within_a_region_has_a_page_that_says_derived(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    rows = ask(marts, "country_emits", FULL, 2007).rows
    assert rows.distinct("consumer") == ["KOR"]
    told = states(FIGURES["country_drives"], rows)["KOR|SO2"]
    assert told["finding"].endswith("in China (derived)")
    assert told["facts"][1][1] == "25%"
    assert told["notes"][0].startswith("Derived: the world table has the Rest of the world as one.")
    (options,) = (select.options(rows) for select in FIGURES["country_drives"].selects[:1])
    assert [option.label for option in options] == ["South Korea (derived)"]


def test_a_region_with_one_consumer_goes_by_its_name(marts: duckdb.DuckDBPyConnection) -> None:
    shown = {row["consumed_in"] for row in ask(marts, "consumer_heat", FULL, 2007).rows}
    # Germany and France are Western Europe together; Japan is alone of East Asia.
    assert shown == {"United States", "Western Europe", "Japan", "Rest of the world", "China"}
    assert "{{" not in sql_text("consumer_heat", FULL, 2007)


@pytest.mark.parametrize("reading", ["exporter", "final_producer"])
def test_direct_and_indirect_carry_the_name_of_their_reading(home: Home, reading: str) -> None:
    picture = drawn(home, "export_bars", {"reading": reading, "pollutant": "SO2"}, edition=FULL)
    title = picture.plot["layout"]["title"]["text"].replace("<br>", " ")
    assert f"(reading {reading})" in title
    assert MEANS[reading] in caption(picture)
    direct, *indirect = picture.plot["data"]
    assert direct["name"].startswith("direct")
    assert all(trace["name"].startswith("indirect") for trace in indirect)
    measure = {"exporter": "indirect_share", "final_producer": "indirect_share_final_producer"}[
        reading
    ]
    for name in ("export_map", "pm25_map"):
        picture = drawn(home, name, {"measure": measure}, edition=FULL)
        assert f"(reading {reading})" in picture.plot["data"][1]["colorbar"]["title"]["text"]
        assert f"(reading {reading})" in picture.plot["layout"]["title"]["text"].replace(
            "<br>", " "
        )
        assert MEANS[reading] in caption(picture)


def test_both_readings_hold_the_same_emissions(marts: duckdb.DuckDBPyConnection) -> None:
    plots = states(FIGURES["export_bars"], ask(marts, "export_map", FULL, 2007).rows)
    whole = [
        sum(sum(trace["x"]) for trace in plots[f"{reading}|SO2"]["data"])
        for reading in ("exporter", "final_producer")
    ]
    assert whole[0] == pytest.approx(whole[1])
    told = states(FIGURES["province_makes"], ask(marts, "province_makes", FULL, 2007).rows)[
        "CN-HE|SO2"
    ]
    questions = [question for question, _, _ in told["facts"]]
    assert questions[1:3] == ["Indirect, reading exporter", "Indirect, reading final_producer"]
