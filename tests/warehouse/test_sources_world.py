"""World tables of other publishers: pymrio's own test system comes back through each parser; faults are named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
import pytest

from tests.models.seed_files import seed_files
from warehouse.contracts import CONTRACTS, validate
from warehouse.edition import PACKAGE
from warehouse.errors import InputError
from warehouse.landing import sources_of
from warehouse.sources import READERS
from warehouse.sources.notes import Note, collected

world_files = pytest.importorskip(
    "tests.warehouse.world_files", reason="needs pymrio (the extra `world`)"
)

ICIO = ("C10T12", "B07_08", "C28", "D", "F", "G", "H49", "S")
EXIOBASE = (
    "Food products nec",
    "Iron ores",
    "Machinery and equipment n.e.c. (29)",
    "Electricity by coal",
    "Construction work (45)",
    "Retail trade services of motor fuel",
    "Railway transportation services",
    "Other services (93)",
)
EORA = (
    "Food & Beverages",
    "Mining and Quarrying",
    "Transport Equipment",
    "Electricity, Gas and Water",
    "Construction",
    "Wholesale Trade",
    "Transport",
    "Others",
)
GLORIA = (
    "Dairy products",
    "Iron ores",
    "Machinery and equipment",
    "Electric power generation, transmission and distribution",
    "Building construction",
    "Wholesale and retail trade; repair of motor vehicles and motorcycles",
    "Rail transport",
    "Other services",
)
WIOD = ("c3", "c2", "c13", "c17", "c18", "c20", "c24", "c35")
OURS = ("C10T12", "B07T09", "C28", "D35", "F", "G", "H49T53", "S")
AS_OURS = {name: [(code, 1.0)] for name, code in zip(world_files.SECTORS, OURS, strict=True)}
AS_WIOD = {name: [(code, 1.0)] for name, code in zip(world_files.SECTORS, WIOD, strict=True)}
REGIONS = ("CHN", "USA", "JPN", "DEU", "KOR", "ROW")  # Zimbabwe is no region of ours


def seed_parts(classification: str, codes: Sequence[str]) -> dict[str, list[tuple[str, float]]]:
    """What the seed says of eight sectors."""
    rows = pl.read_csv(seed_files()["world_sector"]).filter(classification=classification)
    return {
        name: list(rows.filter(from_code=code).select("to_code", "weight").iter_rows())
        for name, code in zip(world_files.SECTORS, codes, strict=True)
    }


def read(path: Path, year: int = 2017) -> tuple[str, pl.DataFrame, list[Note]]:
    """As a landed file is read: by the reader that recognises it, held against the contract."""
    (source,) = sources_of("global_table", [path])
    with collected() as notes:
        frame = READERS[source.reader].read(source.files, "global_table", year)
    return source.reader, validate(frame, CONTRACTS["global_table"], file=path.name), notes


def cells(frame: pl.DataFrame) -> dict[tuple[str, str, str, str], float]:
    flows = frame.filter(pl.col("block") != "output")
    keys = flows.select("from_region", "from_sector", "to_region", "to_code").iter_rows()
    return dict(zip(keys, flows["value_musd"], strict=True))


@pytest.mark.parametrize(
    ("reader", "write", "sectors", "parts", "factor"),
    [
        ("icio", world_files.icio, ICIO, AS_OURS, 1.0),
        ("exiobase3", world_files.saved, EXIOBASE, AS_OURS, 1.1297),
        ("eora26", world_files.eora, EORA, seed_parts("eora26", EORA), 1.0),
        ("gloria", world_files.gloria, GLORIA, AS_OURS, 1.0),
        ("wiod_workbook", world_files.wiod, WIOD, AS_WIOD, 1.0),
    ],
)
def test_the_test_system_comes_back_through_each_parser(
    tmp_path: Path,
    reader: str,
    write: Callable[[Path, Sequence[str]], Path],
    sectors: Sequence[str],
    parts: dict[str, list[tuple[str, float]]],
    factor: float,
) -> None:
    name, frame, notes = read(write(tmp_path, sectors))
    assert name == reader
    truth = world_files.expected(parts, REGIONS, factor)
    found = cells(frame)
    assert set(found) == set(truth)
    assert [found[key] for key in truth] == pytest.approx([*truth.values()], rel=1e-9)
    assert any("6 regions and 8 sectors" in str(note) for note in notes)
    if factor != 1.0:
        assert any("1.1297 USD per EUR, mean of 2017" in str(note) for note in notes)


def test_china_in_two_is_summed_where_the_file_has_china_beside_and_refused_where_not(
    tmp_path: Path,
) -> None:
    split = world_files.icio(tmp_path, ICIO, regions=("CHN", "USA", "CN1", "CN2", "KOR", "ZWE"))
    _, frame, _ = read(split)
    assert set(frame["from_region"]) == {"CHN", "USA", "KOR", "ROW"}
    without = world_files.icio(tmp_path, ICIO, regions=("CN1", "USA", "JPN", "CN2", "KOR", "ZWE"))
    with pytest.raises(InputError, match="China as one region") as caught:
        read(without)
    assert caught.value.found == "China in parts: CN1, CN2"
    assert "Sum CN1 and CN2 to CHN" in caught.value.remedy


def test_countries_that_an_edition_of_the_icio_lacks_are_noted_as_rest_of_the_world(
    tmp_path: Path,
) -> None:
    """The editions of 67 and of 77 regions are both taken."""
    _, _, notes = read(world_files.icio(tmp_path, ICIO))
    (said,) = [str(note) for note in notes if "rest of the world" in str(note)]
    assert "71 countries are not apart in this table" in said
    assert "BGD" in said
    assert "KOR" not in said


@pytest.mark.parametrize(
    ("changed", "year", "what", "found"),
    [
        ({"regions": (*REGIONS[:5], "QQQ")}, 2017, "regions that are not known", "1 of 6: QQQ"),
        ({"drop": ["VA", "TLS"]}, 2017, "A block of the world table is missing", "no value added"),
        ({"name": "ICIO2021_2016.csv"}, 2017, "of another year", "2016"),
        ({}, 2012, "of another year", "2017"),
    ],
)
def test_faults_of_an_icio_are_named(
    tmp_path: Path, changed: dict[str, object], year: int, what: str, found: str
) -> None:
    path = world_files.icio(tmp_path, ICIO, **changed)
    with pytest.raises(InputError, match=what) as caught:
        read(path, year)
    assert caught.value.found == found
    assert caught.value.remedy


def test_an_edition_of_the_icio_with_other_sectors_is_refused_with_the_codes(
    tmp_path: Path,
) -> None:
    path = world_files.icio(tmp_path, ("C15T16FOD", *ICIO[1:]))
    with pytest.raises(
        InputError, match="sectors that no list names; icio is the nearest"
    ) as caught:
        read(path)
    assert caught.value.found == "1 of 8 sectors: C15T16FOD"


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"unit": "kt"}, "The unit of the world table is not known"),
        ({"added": False}, "A block of the world table is missing"),
    ],
)
def test_faults_of_a_saved_system_are_named(
    tmp_path: Path, changed: dict[str, object], what: str
) -> None:
    with pytest.raises(InputError, match=what):
        read(world_files.saved(tmp_path, EXIOBASE, **changed))


def test_a_gloria_without_its_satellites_and_two_tables_of_one_role_are_refused(
    tmp_path: Path,
) -> None:
    folder = world_files.gloria(tmp_path, GLORIA)
    with pytest.raises(InputError, match="Parts of GLORIA are missing") as caught:
        read(folder / "GLORIA_MRIOs_59_2017")
    assert "GLORIA_SatelliteAccounts_" in str(caught.value.found)
    other = world_files.icio(tmp_path, ICIO)
    with pytest.raises(InputError, match="Several files fill the role global_table"):
        sources_of("global_table", [folder / "GLORIA_MRIOs_59_2017", other])


def test_weights_sum_to_one_and_divide_as_chinas_output_in_the_bundled_icio() -> None:
    rows = pl.read_csv(seed_files()["world_sector"])
    sums = rows.group_by("classification", "from_code").agg(pl.col("weight").sum())
    assert sums["weight"].to_list() == pytest.approx([1.0] * sums.height)
    sizes = dict(rows.group_by("classification").agg(pl.col("from_code").n_unique()).iter_rows())
    assert (sizes["exiobase3_ixi"], sizes["exiobase3_pxp"]) == (163, 200)
    bundled = pl.read_parquet(PACKAGE / "bundled/open_2017/global_table.parquet")
    made = (
        bundled.filter(block="output", from_region="CHN")
        .select("from_sector", "value_musd")
        .join(
            pl.read_csv(seed_files()["icio44__icio30"]), left_on="from_sector", right_on="from_code"
        )
        .group_by("to_code")
        .agg(output=pl.col("value_musd").sum())
    )
    crossing = (
        rows.filter(pl.col("weight") < 1)
        .join(made, on="to_code")
        .with_columns(
            share=pl.col("output") / pl.col("output").sum().over("classification", "from_code")
        )
    )
    assert crossing.height > 20
    assert (crossing["share"] - crossing["weight"]).abs().max() == pytest.approx(0, abs=1e-6)


def _saved(folder: Path) -> Path:
    path: Path = world_files.saved(folder, EXIOBASE)
    return path


@pytest.mark.parametrize(("cell", "is_read"), [("abc", False), ("-", False), ("1,234.5", True)])
def test_a_text_among_figures_is_named(tmp_path: Path, cell: str, is_read: bool) -> None:
    path = _saved(tmp_path)
    lines = [line.split("\t") for line in (path / "Z.txt").read_text().splitlines()]
    lines[3][2] = cell
    (path / "Z.txt").write_text("\n".join("\t".join(line) for line in lines))
    if is_read:
        assert read(path)[0] == "exiobase3"
        return
    with pytest.raises(InputError, match="does not hold a number") as caught:
        read(path)
    assert caught.value.found == repr(cell)


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    path = world_files.eora(tmp_path, EORA)
    (path / "labels_Q.txt").unlink()
    with pytest.raises(InputError, match="is missing") as caught:
        read(path)
    assert caught.value.found == "no labels_Q.txt"
    assert "indices.zip" in str(caught.value.remedy)


def test_the_year_of_a_folder_inside_counts(tmp_path: Path) -> None:
    path = _saved(tmp_path)
    outer = tmp_path / "download"
    outer.mkdir()
    path.rename(outer / "IOT_2011_pxp")
    with pytest.raises(InputError, match="of another year") as caught:
        read(outer)
    assert caught.value.found == "2011"
