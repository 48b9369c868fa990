"""A review of thin data: one landed city, and five provinces. It ranks none, and says "none" of nothing."""

from __future__ import annotations

import io
from datetime import date

import pytest
import yaml
from air_files import days_of, until_published
from rich.console import Console

from atlas.air.level_queries import PROVINCES
from atlas.air.page import write_page
from atlas.air.review import SECTIONS
from atlas.air.section import Question, rows_of
from cli.air_review import print_review
from flows.progress import PlainProgress
from flows.run import context_of, run
from warehouse.edition import load_edition
from warehouse.home import Home, locate
from warehouse.period import Period
from warehouse.published import open_published
from warehouse.sources.base import role_frame

DAYS = [day for year in (2017, 2018) for day in days_of(date(year, 1, 1), date(year, 3, 31))]
PLACES = {
    "one-city": (("city", "\u5317\u4eac"),),
    "five-provinces": tuple(("province", f"CN-{code}") for code in ("BJ", "HE", "SX", "NM", "XJ")),
}
pytestmark = pytest.mark.timeout(1800)  # two whole runs, on a machine that others share
# Of both homes, so that dbt, which reads its project for each set of variables, reads it once.
EDITION = "air-thin"
LEVEL_UG_M3 = {2017: 275.0, 2018: 250.0}
NOT_SAID = (
    "No province outside the key control regions had a rise.",
    "No province had a heavily polluted day.",
    "In no place does the interval of the emissions' part lie above zero.",
    "PM2.5 in China was",
)


@pytest.fixture(scope="module", params=PLACES)
def thin_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Levels of 250 ug/m3, 10 % more a year before. The home has the name of the case."""
    name = str(request.param)
    place = locate(tmp_path_factory.mktemp("thin") / name)
    (place.root / "editions").mkdir(parents=True)
    written = {"name": EDITION, "extends": "air-caqra"}
    (place.root / "editions" / f"{EDITION}.yml").write_text(yaml.safe_dump(written))
    rows = [
        (kind, code, day, "PM2.5", "hourly", 24, 0, 0, 0, LEVEL_UG_M3[day.year] + day.day)
        for kind, code in PLACES[name]
        for day in DAYS
    ]
    folder = place.landing / EDITION / "observation"
    folder.mkdir(parents=True)
    role_frame(rows, "observation").write_parquet(folder / "days.parquet")
    watcher = PlainProgress(Console(quiet=True), details=False)
    run(context_of(load_edition(EDITION, place.root), place), watcher, steps=until_published())
    return place


def reviewed(home: Home) -> tuple[str, str]:
    """What the terminal prints, in one line, and the page."""
    asked = Question(EDITION, 2018, Period.parse("2018Q1"))
    text, path = io.StringIO(), home.root / "review.html"
    print_review(Console(file=text, width=300), home, asked)
    write_page(path, home, asked)
    return " ".join(text.getvalue().split()), path.read_text(encoding="utf-8")


def test_neither_the_terminal_nor_the_page_claims_what_thin_data_cannot_tell(
    thin_home: Home,
) -> None:
    printed, page = reviewed(thin_home)
    for said in (printed, page):
        for claim in NOT_SAID:
            assert claim not in said
        assert "Not told: " in said
    assert "In 2018Q1 PM2.5 in China is not told" in page
    counted = {
        "one-city": ("1 of 339 cities with enough days.", "1 of 31 provinces with enough days."),
        # Means over area have no heavily polluted days, and no cities.
        "five-provinces": (
            "5 of 31 provinces with enough days.",
            "0 of 31 provinces with enough days of their cities.",
            "Means over area",
        ),
    }
    for sentence in counted[thin_home.root.name]:
        assert sentence in printed


def test_no_place_has_a_rank_and_no_mean_over_area_heavily_polluted_days(thin_home: Home) -> None:
    asked = Question(EDITION, 2018, Period.parse("2018Q1"))
    provinces = next(each for each in SECTIONS if each.query == PROVINCES)
    with open_published(thin_home) as connection:
        columns, rows = rows_of(connection, provinces, asked)
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    assert len(found) == len(PLACES[thin_home.root.name])
    assert {row["rank"] for row in found} == {None}
    is_city = thin_home.root.name == "one-city"
    assert {row["heavily polluted days (%)"] for row in found} == ({100.0} if is_city else {None})
