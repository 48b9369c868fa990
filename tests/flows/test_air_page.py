"""The review as a page: whole in itself, true to the marts, and its SQL can be run again."""

from __future__ import annotations

import csv
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from air_small import NAME

from atlas.air.charts import Ranked, Split, ranking, splits
from atlas.air.page import runnable, write_page
from atlas.air.province import PROVINCE_SECTIONS
from atlas.air.review import PAGE_SECTIONS
from atlas.air.section import ALL_PROVINCES, OUTSIDE_KEY_CONTROL, Question, rows_of
from warehouse.errors import UserFacingError
from warehouse.home import Home
from warehouse.period import Period
from warehouse.published import open_published

REPOSITORY = Path(__file__).parents[2]
ASKED = Question(NAME, 2018, Period.parse("2018Q1"))
_VOID = {"meta", "rect", "line", "br"}
_SHELL = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


class _Tags(HTMLParser):
    """Checks that tags close in order, and collects what would be loaded from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [str(value) for name, value in attrs if name in ("src", "href")]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(air_home: Home, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "review.html"
    write_page(path, air_home, Question(NAME, 2018, Period.parse("2018Q1")))
    assert [file.name for file in path.parent.iterdir()] == ["review.html"]
    return path.read_text(encoding="utf-8")


def test_the_page_is_well_formed_and_loads_nothing(page: str) -> None:
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.loaded == []
    assert "<script" not in page
    assert "url(" not in page


def test_the_page_has_every_part_of_a_review(page: str) -> None:
    titles = [unescape(title) for title in re.findall(r"<h2>(.*?)</h2>", page)]
    assert titles[:4] == [
        "The provinces: means over their cities",
        "Weather and emissions",
        "Nation and regions",
        "Provinces, the most polluted first",
    ]
    assert {
        "PM2.5 rose outside the key control regions",
        "Emissions raised PM2.5: the interval lies above zero",
        "Emissions' part not told from zero, or too little skill",
        "The split of every place",
        "How complete the data are",
        "Left out, filled or doubted in the observations (whole record)",
    } <= set(titles)
    assert (
        "Not told: 0 of 20 provinces outside the key control regions observed in both periods."
        in page
    )
    assert "had a rise" not in page
    assert page.count("<svg") == 2


def test_every_table_has_its_sql_and_it_gives_the_same_rows(page: str, air_home: Home) -> None:
    queries = [unescape(text) for text in _SHELL.findall(page)]
    assert len(queries) == page.count("<h2>") > len(PAGE_SECTIONS) / 2
    with open_published(air_home) as connection:
        for query in queries:
            connection.execute(query)
        for section in PAGE_SECTIONS:
            shown = rows_of(connection, section, ASKED)[1]
            text = runnable(section.query, ASKED)
            assert connection.execute(text).fetchall() == shown


def test_a_province_has_a_page_of_its_own(air_home: Home, tmp_path: Path) -> None:
    asked = Question(NAME, 2018, Period.parse("2018Q1"), "CN-HE")
    write_page(tmp_path / "hebei.html", air_home, asked)
    page = (tmp_path / "hebei.html").read_text(encoding="utf-8")
    assert "<h1>Air quality in Hebei, 2018Q1</h1>" in page
    assert "Chengde" in page
    assert "1 of 11" in page, "its mean is withheld, of how many it would be is said"
    with open_published(air_home) as connection:
        for section in PROVINCE_SECTIONS:
            shown = rows_of(connection, section, asked)[1]
            assert connection.execute(runnable(section.query, asked)).fetchall() == shown


def test_names_are_escaped_and_literals_quoted() -> None:
    drawn = ranking([Ranked("<b>&", 10.0, None, True)], [("WHO", 5.0)])
    assert "&lt;b&gt;&amp;" in drawn
    assert "<b>" not in drawn
    query = runnable(
        "select $edition, $year, $period", Question("it's", 2018, Period.parse("2018Q1"))
    )
    assert duckdb.sql(query).fetchall() == [("it's", 2018, "2018Q1")]


def test_bars_are_as_long_as_their_figures() -> None:
    drawn = ranking([Ranked("a", 40.0, 1.0, True), Ranked("b", 10.0, None, False)], [])
    longer, shorter = (float(width) for width in re.findall(r'width="([\d.]+)" height', drawn))
    assert longer == pytest.approx(4 * shorter, rel=1e-2)
    both = splits([Split("a", 10.0, -20.0, -30.0, -5.0, False)])
    (x1, w1), (x2, w2) = re.findall(r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', both)
    assert float(w2) == pytest.approx(2 * float(w1), rel=1e-2)
    assert float(x1) == pytest.approx(float(x2) + float(w2), abs=0.2), "both start at zero"
    assert "a *" in both


def test_a_folder_that_is_not_there_is_said(air_home: Home, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="cannot be written"):
        write_page(
            tmp_path / "no" / "r.html", air_home, Question(NAME, 2018, Period.parse("2018Q1"))
        )


def test_there_is_no_page_of_a_period_without_observations(air_home: Home, tmp_path: Path) -> None:
    with pytest.raises(UserFacingError, match="No place has published observations of 2011Q1"):
        write_page(tmp_path / "r.html", air_home, Question(NAME, 2018, Period.parse("2011Q1")))
    assert list(tmp_path.iterdir()) == []


def test_the_provinces_outside_the_key_regions_are_those_of_the_seed() -> None:
    with (REPOSITORY / "seeds" / "air" / "province_group.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["group_code"] == "KEY_CONTROL"]
    assert ALL_PROVINCES - len({row["province"] for row in rows}) == OUTSIDE_KEY_CONTROL
