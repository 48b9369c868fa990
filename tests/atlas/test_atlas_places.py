"""The pages of one province and one consumer: what they say, the address that keeps a choice, clicks on maps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from atlas.drawing import ASSETS, GREY
from atlas.figure import states
from atlas.pages import FIGURES, PAGES
from atlas.tables import Rows, ask
from atlas.words import amount, interval, ordinal, share, ug
from atlas.write import folder_of
from tests.atlas.made_up import FULL, OBSERVED
from warehouse.home import Home

DRAWN = (
    "[...document.querySelectorAll('.figure[data-present=yes]')].every(each => each.dataset.ready)"
)


@pytest.fixture(scope="module")
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 900})
    yield context.new_page()
    context.close()


def go(page: Any, home: Home, name: str) -> None:
    page.goto(f"{(folder_of(home) / f'{FULL}-2007').as_uri()}/{name}")
    page.wait_for_function(DRAWN)


def test_numbers_in_words_have_three_digits_at_most() -> None:
    assert [ug(value) for value in (None, 0.0123, 0.5, 12.345)] == ["-", "0.012", "0.5", "12.3"]
    assert [amount(value) for value in (78556.1, 171.5, 4.567)] == ["78,600", "172", "4.57"]
    assert [share(value) for value in (0.0123, 0.124, 1.0)] == ["1.2%", "12%", "100%"]
    assert [ordinal(rank) for rank in (1, 2, 11, 22, 31)] == ["1st", "2nd", "11th", "22nd", "31st"]
    assert interval(None, 2.0) == ""
    assert interval(1.0, 2.0) == " (90% interval 1.0 to 2.0)"


def test_a_province_is_told_what_the_marts_say(marts: duckdb.DuckDBPyConnection) -> None:
    rows = ask(marts, "province_breathes", FULL, 2007).rows
    told = states(FIGURES["province_breathes"], rows)["CN-HE"]
    ((put, total),) = marts.execute(
        "select (select sum(pm25_ug_m3) from fct_pm25_attribution where receptor = 'CN-HE'),"
        " (select sum(pm25_ug_m3) from fct_pm25_province where province = 'CN-HE' and scenario = 'Base')"
    ).fetchall()
    assert told["finding"] == f"Exports put {ug(put)} µg/m³ of PM2.5 over Hebei"
    assert told["facts"][0][1] == f"{ug(total)} µg/m³"
    assert share(put / total) in told["facts"][0][2]
    # The rest of the world is never first, and what returns to China is no foreign consumer.
    assert "Rest of the world" not in told["facts"][1][1]
    assert "China" not in told["facts"][1][1]
    assert "Countries without a row of their own" in told["facts"][1][2]


def test_what_is_assumed_is_said_where_it_is_and_hatched(marts: duckdb.DuckDBPyConnection) -> None:
    makes = states(FIGURES["province_makes"], ask(marts, "province_makes", FULL, 2007).rows)
    assert makes["CN-HE|SO2"]["notes"][0].startswith("Assumed: where 25% of the exports of Hebei")
    assert makes["CN-GD|SO2"]["notes"] == ()
    rows = ask(marts, "pm25_sources", FULL, 2007).rows
    plots = states(FIGURES["province_whom"], rows)
    traces = plots["CN-HE|consumer"]["data"]
    looks = [("pattern" in each["marker"], each["marker"]["color"] == GREY) for each in traces]
    # Known and assumed of those with a name, then of those that stand apart.
    assert looks == [(False, False), (True, False), (False, True), (True, True)]
    assert set(traces[0]["y"][-2:]) == {"Rest of the world", "China (returned)"}
    whole = sum(sum(each["x"]) for each in traces)
    ((put,),) = marts.execute(
        "select sum(pm25_ug_m3) from fct_pm25_attribution where receptor = 'CN-HE'"
    ).fetchall()
    assert whole == pytest.approx(put, rel=1e-5)
    (only,) = plots["CN-HE|exporter"]["data"]
    assert "pattern" not in only["marker"]


def test_near_ties_stand_first_together() -> None:
    columns = ("name", "consumers", "consumers_at_the_top", "consumer_share", "rest_of_world_share")
    columns += (
        "total_ug_m3",
        "export_ug_m3",
        "export_share",
        "export_p05_ug_m3",
        "export_p95_ug_m3",
    )
    columns += ("export_rank", "provinces", "exporters", "exporters_at_the_top", "exporter_share")
    columns += (
        "own_exports_share",
        "export_deaths",
        "observed_ug_m3",
        "returned_ug_m3",
        "province",
    )
    values = ("Hebei", "Japan and India", 2, 0.2, None, 50.0, 5.0, 0.1, None, None)
    values += (1, 31, "Hebei", 1, 0.4, 0.4, None, None, None, "CN-HE")
    told = states(FIGURES["province_breathes"], Rows(columns, (values,)))["CN-HE"]
    assert told["facts"][1][1:] == ("Japan and India", "Each calls for about 20% of it: a tie.")
    assert len(told["facts"]) == 3
    assert told["notes"] == ()


def test_the_address_keeps_the_choice_and_takes_it_up(page: Any, home: Home) -> None:
    go(page, home, "province.html#province=CN-GD&province_whom.side=exporter")
    assert page.locator("h1").text_content() == "Guangdong 广东"
    assert page.locator("#province_whom-side").input_value() == "exporter"
    assert "over Guangdong" in page.locator("#province_breathes h2").text_content()
    page.select_option("#subject", "CN-SX")
    page.wait_for_function(
        "document.querySelector('#province_breathes h2').textContent.includes('Shanxi')"
    )
    assert page.url.endswith("#province=CN-SX&province_whom.side=exporter")
    page.reload()
    page.wait_for_function(DRAWN)
    assert page.locator("h1").text_content() == "Shanxi 山西"
    go(page, home, "province.html#province=nowhere")
    page.wait_for_function("document.querySelector('h1').textContent === 'Hebei 河北'")
    said = page.locator(".subject .said").text_content()
    assert said == "There is no province nowhere here."


def test_a_choice_goes_along_to_the_other_pages(page: Any, home: Home) -> None:
    go(page, home, "province.html")
    page.select_option("#subject", "CN-SX")
    page.click("nav >> text=Consumers")
    page.wait_for_url("**/consumers.html#province=CN-SX")
    page.wait_for_function(DRAWN)
    assert page.locator("#leading_consumers-province").input_value() == "CN-SX"
    assert "Shanxi" in page.locator("#leading_consumers h2").text_content()
    page.select_option("#leading_consumers-pollutant", "NOx")
    page.click("nav >> text=Whose consumption")
    page.wait_for_url("**/consumption.html#province=CN-SX&pollutant=NOx")
    page.wait_for_function(DRAWN)
    assert page.locator("#export_map-pollutant").input_value() == "NOx"
    assert page.locator("#pm25_sources-receptor").input_value() == "CN-SX"
    page.click("nav >> text=Province by province")
    page.wait_for_function("document.querySelector('h1').textContent === 'Shanxi 山西'")


def test_a_country_within_a_region_shows_what_the_marts_divide_and_no_more(
    page: Any, home: Home
) -> None:
    go(page, home, "consumer.html#consumer=KOR")
    assert page.locator("h1").text_content() == "South Korea (derived)"
    shown = page.locator(".figure:visible").evaluate_all("all => all.map(each => each.id)")
    assert shown == ["country_drives", "country_emits"]
    go(page, home, "consumer.html#consumer=USA")
    page.wait_for_function("document.querySelector('h1').textContent.startsWith('United States')")
    shown = page.locator(".figure:visible").evaluate_all("all => all.map(each => each.id)")
    assert shown == ["consumer_puts", "consumer_over", "consumer_through", "consumer_emits"]


def test_a_click_on_a_map_opens_the_page_of_the_province(page: Any, home: Home) -> None:
    go(page, home, "../index.html")
    # A path has the index of its place among those of its trace.
    click = """at => {
        const plot = document.querySelector('.plot');
        const path = plot.querySelectorAll('.choroplethlayer .trace')[1].querySelectorAll('path')[at];
        const box = path.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2];
    }"""
    places = page.evaluate("document.querySelector('.plot').data[1].locations")
    page.mouse.click(*page.evaluate(click, places.index("CN-SX")))
    page.wait_for_url("**/province.html#province=CN-SX")
    page.wait_for_function(DRAWN)
    assert page.locator("h1").text_content() == "Shanxi 山西"
    page.evaluate(
        "const plot = document.querySelector('#province_whom .plot');"
        "plot.emit('plotly_click', {points: [{data: plot.data[0],"
        " pointNumber: plot.data[0].meta.codes.indexOf('USA')}]})"
    )
    page.wait_for_url("**/consumer.html#consumer=USA")
    page.wait_for_function(DRAWN)
    assert page.locator("h1").text_content() == "United States 美国"


def test_a_page_without_data_leads_to_the_edition_that_has_them(page: Any, home: Home) -> None:
    go(page, home, "province.html")
    page.click("nav >> text=Air quality review")
    page.wait_for_url(f"**/{OBSERVED}-2018/air_quality.html")
    page.wait_for_function(DRAWN)
    page.click("nav >> text=Province by province")
    page.wait_for_url(f"**/{FULL}-2007/province.html")


def test_titles_are_findings_of_the_chosen_rows(marts: duckdb.DuckDBPyConnection) -> None:
    plots = states(FIGURES["exposure"], ask(marts, "exposure", FULL, 2007).rows)
    assert plots["CHN|reduced"]["finding"] == (
        "Exports lift 7 million people in China above 35 µg/m³"
    )
    ((name, tonnes),) = marts.execute(
        "select name, sum(output_musd * emission_t_per_musd) as t from fct_export_output as o"
        " inner join fct_emission_intensity as i on o.edition = i.edition and producer_province = province"
        " and producer_sector = sector inner join dim_region on code = province"
        " where o.edition = ? and pollutant = 'SO2' group by name order by t desc limit 1",
        [FULL],
    ).fetchall()
    plots = states(FIGURES["export_map"], ask(marts, "export_map", FULL, 2007).rows)
    assert plots["driven_t|SO2"]["finding"] == (
        f"{name} emits most for exports: {amount(tonnes)} t of SO2"
    )


def test_every_title_and_label_has_its_chinese_and_a_click_shows_it(page: Any, home: Home) -> None:
    chinese = json.loads((ASSETS / "strings.zh.json").read_text(encoding="utf-8"))
    wanted = {text for each in PAGES for text in (each.title, each.question)}
    wanted |= {figure.title for figure in FIGURES.values()}
    wanted |= {select.label for figure in FIGURES.values() for select in figure.selects}
    assert wanted - set(chinese) == set()
    go(page, home, "province.html#province=CN-HE")
    page.click(".language")
    assert page.locator("nav [aria-current]").text_content() == "分省"
    assert page.locator("#province_whom h2").text_content() == chinese["For whom, and through whom"]
    page.select_option("#subject", "CN-SX")
    page.wait_for_function("document.querySelector('h1').textContent === 'Shanxi 山西'")
    assert page.locator("#province_breathes .facts .quiet").first.text_content() == "它呼吸"
    page.click(".language")
    assert "over Shanxi" in page.locator("#province_breathes h2").text_content()
    assert page.locator("nav [aria-current]").text_content() == "Province by province"
