"""The three walks of docs/walks, as their pages have them.

What a page prints is read from the page, so that the two cannot part.  A walk that computes an edition is heavy.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb
import pytest

from tests.walking import blocks, lines, numbered, walked
from warehouse.home import Home
from warehouse.kept import kept_releases


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to walk in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("place")
def test_an_inventory_of_ones_own_is_tried_as_the_page_says(default_home: Path) -> None:
    template, tried = lines("researcher.md")[:2]
    walked(default_home, template)
    (change,) = blocks("researcher.md", "python")
    exec(compile(change, "researcher.md", "exec"), {})
    said = walked(default_home, tried)
    (promised,) = blocks("researcher.md", "text")
    assert all(line in said for line in promised.splitlines()), said
    moved = [line.split() for line in said.splitlines() if "CN-HE" in line]
    assert any(words[-1].startswith("-") and words[-1].endswith("%") for words in moved), said


@pytest.mark.heavy
def test_the_researchers_walk(own_home: Path, place: Path) -> None:
    (place / "var").symlink_to(own_home, target_is_directory=True)
    before = len(kept_releases(Home(own_home)))
    said = []
    for number, words in enumerate(lines("researcher.md")):
        said.append(walked(own_home, [numbered(word, before) for word in words]))
        if number == 0:
            (change,) = blocks("researcher.md", "python")
            exec(compile(change, "researcher.md", "exec"), {})
    planned = next(text for text in said if "steps would run" in text)
    assert "balance" not in planned
    compared = next(text for text in said if "mine.csv" in text and "CN-HE" in text)
    assert "sector_emission" in compared
    # Hebei's industry has a fifth less SO2, and nothing else moves but the index that SO2 is part of.
    with Path("moved.csv").open(encoding="utf-8", newline="") as file:
        moved = list(csv.DictReader(file))
    by_place = [row for row in moved if row["subject"] == "All emissions by province"]
    assert {(row["code"], row["pollutant"]) for row in by_place} == {
        ("CN-HE", "SO2"),
        ("CN-HE", "APE"),
    }
    consumers = [row["code"] for row in moved if row["subject"] == "For exports, by consumer"]
    assert len(consumers) > 5
    assert {float(row["change"]) < 0 for row in moved if row["unit"] == "t"} == {True}


@pytest.mark.heavy
def test_the_analysts_walk(tmp_path_factory: pytest.TempPathFactory, place: Path) -> None:
    from tests.warehouse.test_sources_cnemc import wide_file  # the archive's layout, written small

    home = tmp_path_factory.mktemp("analyst")
    (place / "var").symlink_to(home, target_is_directory=True)
    for year in (2024, 2025):
        for day in range(1, 32):
            name = f"{year}01{day:02}"
            wide_file(place, ["1001A"], {}, name=f"china_sites_{name}.csv", day=name)
    Path("stations.csv").write_text("station_code,CityZH\n1001A,北京\n", encoding="utf-8")
    said = [
        walked(home, words) for words in lines("analyst.md") if words[:2] != ["tradeplume", "plot"]
    ]
    assert any("Air quality in 2025Q1" in text for text in said)
    assert any("Air quality of Hebei in 2025Q1" in text for text in said)
    assert "</html>" in Path("review.html").read_text(encoding="utf-8")
    assert Path("provinces.csv").read_text(encoding="utf-8").startswith("place,mean_ug_m3")


def test_the_published_file_is_read_from_python_as_the_page_says(
    default_home: Path, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "var").symlink_to(default_home, target_is_directory=True)
    assert "emission_t" in "".join(
        walked(default_home, words) for words in lines("engineer.md")[:2]
    )
    for block in blocks("engineer.md", "python"):
        exec(compile(block, "engineer.md", "exec"), {})
    rows, regions = capsys.readouterr().out.split()
    assert int(rows.strip("[](),")) > 1_000_000
    assert int(regions) > 100


def test_the_new_mart_of_the_page_is_what_its_yml_promises(default_home: Path) -> None:
    """The SQL of the page on the published file: the columns, types and key that its contract names."""
    import yaml

    (sql,) = blocks("engineer.md", "sql")
    (declared,) = yaml.safe_load(blocks("engineer.md", "yaml")[0])["models"]
    plain = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"marts.\1", sql)
    with duckdb.connect(
        str(default_home / "published" / "tradeplume.duckdb"), read_only=True
    ) as connection:
        made = connection.sql(plain)
        kinds = {
            name: str(kind).lower() for name, kind in zip(made.columns, made.types, strict=True)
        }
        assert kinds == {column["name"]: column["data_type"] for column in declared["columns"]}
        (key,) = (test["unique_key"]["arguments"]["columns"] for test in declared["data_tests"])
        ((rows, keys),) = connection.sql(
            f"select count(*), count(distinct ({', '.join(key)})) from ({plain.rstrip().rstrip(';')})"
        ).fetchall()
    assert rows == keys > 0
