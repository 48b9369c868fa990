"""Files that do not fit together in open-2017: `try` and the loading of a run name each, with the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.role_samples import role_table
from warehouse.database import ensure_schemas
from warehouse.edition import load_edition
from warehouse.errors import InputError
from warehouse.landing import resolve
from warehouse.loading import load_roles
from warehouse.trial import Trial, try_files

EDITION = load_edition("open-2017")
WORLD, BOOK = "global_table", "provincial_mrio"
Rows = list[tuple[str, str, str, str, str, float]]


def landed(home: Path, role: str, name: str, frame: pl.DataFrame) -> Path:
    folder = home / "landing" / "open-2017" / role
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_csv(folder / name)
    return folder / name


def tried(tmp_path: Path, role: str, frame: pl.DataFrame) -> Trial:
    frame.write_csv(tmp_path / "mine.csv")
    return try_files(EDITION, role, [tmp_path / "mine.csv"], tmp_path / "home")


def loaded(home: Path, role: str) -> tuple[str, ...]:
    """What a run says when it loads the role; raises what it would refuse."""
    with duckdb.connect() as con:
        ensure_schemas(con)
        return load_roles(con, EDITION, home, only={role, "sector_emission"}).lines


def world(regions: Sequence[str], blocks: Sequence[str]) -> pl.DataFrame:
    """A closed table of one sector: each region sells to itself and to the first."""
    rows: Rows = []
    for region in regions:
        rows += [
            (region, "C24", region, "C24", "intermediate", 2.0),
            (region, "C24", regions[0], "households", "final_demand", 3.0),
            (region, "C24", region, "output", "output", 5.0),
        ]
    frame = role_table(WORLD)
    kept = [row for row in rows if row[4] in blocks]
    return pl.DataFrame(kept, schema=frame.schema, orient="row")


BLOCKS = ("intermediate", "final_demand", "output")
FAULTS = (
    (WORLD, world(("CN1", "CN2", "USA"), BLOCKS), "China in parts: CN1, CN2", "Sum CN1 and CN2 to CHN"),
    (WORLD, world(("CHN", "CN1", "CN2"), BLOCKS), "CHN and CN1, CN2", "Sum CN1 and CN2 into CHN"),
    (WORLD, world(("CHN", "USA"), BLOCKS), "nothing for 29 of 30", "Take the whole table"),
    *(
        (
            WORLD,
            world(("CHN", "USA"), [each for each in BLOCKS if each != block]),
            f"no rows of {block}",
            "Take the publisher's whole table",
        )
        for block in BLOCKS
    ),
    (
        BOOK,
        role_table(BOOK).filter(pl.col("from_province") != "CN-GD"),
        "only as one of the two: CN-BJ, CN-GD",
        "Take the whole table",
    ),
)  # fmt: skip


@pytest.mark.parametrize(("role", "frame", "found", "remedy"), FAULTS)
def test_a_table_that_does_not_fit_is_named_by_try_and_by_a_run(
    tmp_path: Path, role: str, frame: pl.DataFrame, found: str, remedy: str
) -> None:
    fault, *_ = tried(tmp_path, role, frame).faults
    landed(tmp_path / "home", role, "mine.csv", frame)
    with pytest.raises(InputError) as refused:
        loaded(tmp_path / "home", role)
    for error in (fault.error, refused.value):
        assert found in str(error.found)
        assert remedy in error.remedy


def test_two_files_of_a_role_are_named_by_try_before_a_run_refuses_them(tmp_path: Path) -> None:
    home = tmp_path / "home"
    landed(home, BOOK, "older.csv", role_table(BOOK))
    (said,) = [
        note for note in tried(tmp_path, BOOK, role_table(BOOK)).notes if "older.csv" in note
    ]
    assert "move older.csv out first" in said
    landed(home, BOOK, "mine.csv", role_table(BOOK))
    with pytest.raises(InputError, match="Several files fill the role provincial_mrio") as refused:
        loaded(home, BOOK)
    assert "older.csv" in str(refused.value.file)


def test_a_file_of_the_same_name_takes_the_place_of_the_landed_one(tmp_path: Path) -> None:
    landed(tmp_path / "home", BOOK, "mine.csv", role_table(BOOK))
    assert not any("move" in note for note in tried(tmp_path, BOOK, role_table(BOOK)).notes)


def test_tables_of_single_provinces_beside_a_workbook_are_said_to_be_idle(tmp_path: Path) -> None:
    home = tmp_path / "home"
    landed(home, BOOK, "book.csv", role_table(BOOK))
    said = [note for note in tried(tmp_path, "provincial_table", role_table("provincial_table")).notes
            if "are not used" in note]  # fmt: skip
    assert len(said) == 1
    assert "move the files of provincial_mrio out of the landing folder" in said[0]
    landed(home, "provincial_table", "mine.csv", role_table("provincial_table"))
    notes = {each.role: each.notes for each in resolve(EDITION, home)}
    assert notes["provincial_table"] == (said[0],)
    assert not notes[BOOK]
