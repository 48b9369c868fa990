"""The pages in a real headless browser: drawn, answering, reachable by keys, readable by all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from atlas.figure import chosen_rows
from atlas.pages import FIGURES, PAGES
from atlas.sankey import draw_chains
from atlas.tables import ask
from atlas.write import folder_of
from tests.atlas.made_up import FULL, NASTY, OBSERVED
from warehouse.home import Home

DRAWN = (
    "[...document.querySelectorAll('.figure[data-present=yes]')].every(each => each.dataset.ready)"
)
ALL_PAGES = [
    "index.html",
    *(f"{FULL}-2007/{page.name}.html" for page in PAGES),
    f"{OBSERVED}-2018/air_quality.html",
]


class Opened:
    """A page, with everything it complained of and asked for beyond files."""

    def __init__(self, page: Any, home: Home) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self._home = home
        page.on("console", lambda said: self.complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def go(self, name: str) -> Any:
        """Open a page of the atlas from its file and wait until its figures are drawn."""
        self.page.goto((folder_of(self._home) / name).as_uri())
        self.page.wait_for_function(DRAWN)
        return self.page

    def choose(self, figure: str, **choices: str) -> None:
        """Choose in a figure's selects and wait until it shows the choice."""
        shared = self.page.locator("#subject")
        subject = shared.get_attribute("name") if shared.count() else None
        for select, value in choices.items():
            self.page.select_option(
                "#subject" if select == subject else f"#{figure}-{select}", value
            )
        wanted = "|".join(
            self.page.eval_on_selector_all(
                f"#subject, #{figure} select", "all => all.map(each => each.value)"
            )
        )
        self.page.wait_for_function(
            "([figure, wanted]) => document.getElementById(figure).dataset.ready === wanted",
            arg=[figure, wanted],
        )

    def traces(self, figure: str) -> list[dict[str, Any]]:
        """The data that Plotly shows."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "name => document.querySelector(`#${name} .plot`).data", figure
        )
        return found


@pytest.fixture
def opened(browser: Any, home: Home) -> Iterator[Opened]:
    context = browser.new_context(
        offline=True, viewport={"width": 1200, "height": 900}, accept_downloads=True
    )
    yield Opened(context.new_page(), home)
    context.close()


@pytest.fixture(scope="module")
def marts(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        connection.execute("use marts")
        yield connection


@pytest.mark.parametrize("name", ALL_PAGES)
def test_a_page_is_drawn_offline_accessible_and_fits_a_phone(name: str, opened: Opened) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened.go(name)
    assert opened.complaints == []
    assert all(url.startswith("file:") for url in opened.asked)
    drawn = page.eval_on_selector_all(
        ".figure:not([hidden]) .plot", "all => all.map(each => each.data?.length || 0)"
    )
    assert all(drawn)
    cells = "all => all.map(each => each.querySelectorAll('td').length)"
    assert all(page.eval_on_selector_all(".table", cells))
    if name != "index.html":
        assert page.locator("section").count() > 0
        assert page.locator("[aria-current=page]").count() == 1

    page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true; })")
    violations = Axe().run(page).response["violations"]
    assert {each["id"]: [node["html"][:90] for node in each["nodes"]] for each in violations} == {}

    page.set_viewport_size({"width": 360, "height": 740})
    # The figures follow the width as soon as the browser has told them.
    page.wait_for_function("document.documentElement.scrollWidth <= 360", timeout=10_000)


def test_numbers_on_the_map_are_those_of_the_sql_shown(
    opened: Opened, marts: duckdb.DuckDBPyConnection
) -> None:
    page = opened.go(f"{FULL}-2007/consumption.html")
    opened.choose("export_map", measure="driven_t", pollutant="SO2")
    shown = page.locator("#export_map pre code").text_content()
    rows = marts.execute(
        f"select province, driven_t from ({shown}) where pollutant = 'SO2'"
    ).fetchall()
    _, coloured = opened.traces("export_map")
    assert dict(zip(coloured["locations"], coloured["z"], strict=True)) == pytest.approx(
        dict(rows), rel=1e-6
    )


def test_a_choice_changes_the_figure(opened: Opened, marts: duckdb.DuckDBPyConnection) -> None:
    opened.go(f"{FULL}-2007/consumers.html")
    before = opened.traces("leading_consumers")
    opened.choose("leading_consumers", province="CN-HE", pollutant="NOx")
    after = opened.traces("leading_consumers")
    assert after != before
    rows = ask(marts, "leading_consumers", FULL, 2007).rows
    share = {
        row["consumer_name"]: row["emission_share"]
        for row in rows
        if (row["province"], row["pollutant"]) == ("CN-HE", "NOx")
    }
    shown = {
        name.removesuffix(" (returned)"): value
        for name, value in zip(after[0]["y"], after[0]["x"], strict=True)
    }
    assert shown == pytest.approx(share)


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_every_select_of_every_figure_answers(name: str, opened: Opened) -> None:
    folder = f"{OBSERVED}-2018" if name == "air_quality" else f"{FULL}-2007"
    page = opened.go(f"{folder}/{name}.html")
    for figure in next(each for each in PAGES if each.name == name).figures:
        section = page.locator(f"#{figure.name}")
        if section.get_attribute("data-present") == "no":
            assert figure.title in section.text_content()
            assert "Not in this edition" in page.locator(".lacking h2").text_content()
            continue
        for select in figure.selects:
            options = page.locator(
                f"#subject[name={select.name}] option, #{figure.name} select[name={select.name}] option"
            )
            values = options.evaluate_all("all => all.map(each => each.value)")
            if len(values) == 1 or section.is_hidden():
                continue
            opened.choose(figure.name, **{select.name: values[-1]})
        if section.is_hidden():
            # A page of one place leaves out what has nothing to say of it.
            assert figure.absent == ""
        elif figure.draw:
            assert opened.traces(figure.name)
        elif figure.tell:
            assert section.locator(".facts li").count() >= 2
        else:
            assert section.locator("td").count() > 0 or figure.absent in section.text_content()
    assert opened.complaints == []


def test_the_flow_diagram_is_the_one_that_python_draws(
    opened: Opened, marts: duckdb.DuckDBPyConnection
) -> None:
    opened.go(f"{FULL}-2007/supply_chains.html")
    figure = FIGURES["chains"]
    rows = ask(marts, "chains", FULL, 2007).rows
    for emitter, consumer, pollutant in (
        ("all", "all", "APE"),
        ("Hebei 河北", "all", "SO2"),
        ("Hebei 河北", "Western Europe", "NOx"),
        ("all", "China", "APE"),
    ):
        choice = {"emitter": emitter, "consumer": consumer, "pollutant": pollutant}
        opened.choose("chains", **choice)
        plot = draw_chains(chosen_rows(figure, rows, choice), choice)
        (shown,), (expected,) = opened.traces("chains"), plot["data"]
        assert named_links(shown) == pytest.approx(named_links(expected))
        assert shown["node"]["label"] == expected["node"]["label"]
        assert shown["node"]["color"] == expected["node"]["color"]
        layout = opened.page.evaluate("document.querySelector('#chains .plot').layout")
        heads = [(each["text"], each["x"]) for each in plot["layout"]["annotations"]]
        assert [(each["text"], each["x"]) for each in layout["annotations"]] == heads


def named_links(trace: dict[str, Any]) -> dict[tuple[str, str], float]:
    nodes, links = trace["node"]["label"], trace["link"]
    return {
        (f"{source} {nodes[source]}", f"{target} {nodes[target]}"): value
        for source, target, value in zip(
            links["source"], links["target"], links["value"], strict=True
        )
    }


def test_rows_are_downloaded_as_they_are_in_the_marts(
    opened: Opened, marts: duckdb.DuckDBPyConnection
) -> None:
    page = opened.go(f"{FULL}-2007/trust.html")
    with page.expect_download() as download:
        page.click("#published .csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert download.value.suggested_filename == "published.csv"
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = ask(marts, "published", FULL, 2007).rows
    assert [row["statement"] for row in rows] == [NASTY, "Another year"]
    assert [float(row["ours"]) for row in rows] == [row["ours"] for row in expected]


def test_the_sql_is_copied_and_the_picture_saved(opened: Opened) -> None:
    page = opened.go(f"{FULL}-2007/sectors.html")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#capital details.sql summary")
    page.click("#capital .copy")
    page.wait_for_function("document.querySelector('#capital .said').textContent !== ''")
    assert page.locator("#capital .said").text_content() == "The SQL is copied."
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.strip() == page.locator("#capital pre code").text_content().strip()
    with page.expect_download() as download:
        page.click("#capital .svg")
    assert download.value.suggested_filename == "capital.svg"


def test_everything_is_reached_and_changed_by_keys(opened: Opened) -> None:
    page = opened.go(f"{FULL}-2007/sectors.html")
    reached: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(() => { const e = document.activeElement;"
                " return [e.tagName, e.id || e.className || e.getAttribute('href') || ''].join(' '); })()"
            )
        )
        if reached[-1] == "SELECT sectors-pollutant":
            break
    assert reached[0] == "A skip"
    before = opened.traces("sectors")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.getElementById('sectors').dataset.ready !== 'production|APE'")
    assert opened.traces("sectors") != before
    for wanted in ("SUMMARY", "BUTTON csv", "BUTTON svg"):
        for _ in range(8):
            page.keyboard.press("Tab")
            now = page.evaluate(
                "document.activeElement.tagName + ' ' + document.activeElement.className"
            )
            if now.startswith(wanted):
                break
        assert now.startswith(wanted)
    # What has the focus shows it.
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


def test_pages_lead_to_each_other(opened: Opened) -> None:
    page = opened.go("index.html")
    page.get_by_role("link", name="Consumers", exact=True).click()
    page.wait_for_function(DRAWN)
    assert page.title().startswith("Consumers")
    page.click("nav >> text=Trust")
    page.wait_for_function(DRAWN)
    page.click(".brand")
    assert page.locator(".cards li").count() == len(PAGES)
    links = page.eval_on_selector_all(
        "a[href]", "all => all.map(each => each.getAttribute('href'))"
    )
    inside = [link for link in links if link.endswith(".html")]
    assert inside
    for link in inside:
        assert (folder_of(opened._home) / link).is_file()


def test_in_print_there_are_figures_and_no_buttons(opened: Opened) -> None:
    page = opened.go(f"{FULL}-2007/consumption.html")
    page.emulate_media(media="print")
    assert page.locator(".plot").first.is_visible()
    assert not page.locator("nav").is_visible()
    assert not page.locator(".actions").first.is_visible()
