"""Readers of open-2017: provincial tables of 2012 and 2017, the factored ICIO, WIOD's final use of 2014."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from tests.warehouse.source_samples import Sheet, provincial_figures
from warehouse.chinese_names import PROVINCE_OF_CHINESE_NAME
from warehouse.codes import PROVINCES
from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.icio_industries import INDUSTRIES
from warehouse.sources import icio_factored, provincial_io, provincial_io_2007, wiod_2016_parts

SharedData = Callable[[str], Path]
TABLES = "economy/provincial_io_2012_2017/original_xls_2012_2017.tar.xz"
ICIO = "economy/oecd_icio_2017_7x44/"
WIOD_2014 = "economy/wiod_2016release_2014_parts/w14_parts.npz"
EXCEL = b"\xd0\xcf\x11\xe0 "

# --- Provincial tables: no library writes the old Excel format, so sheets are made up behind it ------


def grid(name: str, year: int = 2017) -> list[list[Any]]:
    """One province's sheet in the layout of 2012 and 2017, codes as text, figures that add up."""
    figures = provincial_figures()
    columns = [*provincial_io_2007.COLUMNS]
    rows = [*provincial_io_2007.ROWS]
    column_names, row_names = [*provincial_io.COLUMNS], [*provincial_io.ROWS]
    cells: list[list[Any]] = [
        [f"{name}{year}年投入产出表", *[""] * 60],
        ["代码", "", "-", *column_names],
    ]
    for code, label in zip(rows, row_names, strict=True):
        blank = code >= 44
        values = [
            figures.get((code, column), 0.0) if not blank or column <= 43 else ""
            for column in columns
        ]
        cells.append(["", "", label, *values])
    return cells


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Callable[[Sequence[tuple[str, int]]], dict[str, Any]]:
    """Names what a workbook's bytes stand for: its key in the returned dictionary."""
    sheets: dict[str, Any] = {}

    def open_sheet(_place: str, content: bytes) -> Any:
        return sheets[content.removeprefix(EXCEL).decode()]

    def prepare(named: Sequence[tuple[str, int]]) -> dict[str, Any]:
        for name, year in named:
            sheets[f"{name}{year}"] = Sheet("Sheet1", grid(name, year))
        return sheets

    monkeypatch.setattr(provincial_io, "_first_sheet", open_sheet)
    return prepare


Books = Callable[[Sequence[tuple[str, int]]], dict[str, Any]]


def write_books(folder: Path, names: Sequence[str], year: int = 2017) -> list[Path]:
    paths = []
    for name in names:
        path = folder / f"{name}.xls"
        path.write_bytes(EXCEL + f"{name}{year}".encode())
        paths.append(path)
    return paths


ALL = [(name, 2017) for name in PROVINCE_OF_CHINESE_NAME]


def test_workbooks_become_the_provincial_table(books: Books, tmp_path: Path) -> None:
    books(ALL)
    paths = write_books(tmp_path, list(PROVINCE_OF_CHINESE_NAME))
    table = validate(
        provincial_io.read(paths, "provincial_table", 2017), CONTRACTS["provincial_table"], file="x"
    )
    assert set(table["province"]) == PROVINCES
    assert table.filter(province="CN-XZ", column_code="FU_HH")[
        "column_kind"
    ].unique().to_list() == ["total"]
    assert table.filter(province="CN-XZ", row_code="01", column_code="EX")[
        "value_10k_cny"
    ].to_list() == [8.0]


def test_an_archive_of_two_years_gives_the_year_asked_for(books: Books, tmp_path: Path) -> None:
    old = [(name, 2012) for name in PROVINCE_OF_CHINESE_NAME]
    sheets = books([*ALL, *old])
    sheets["中国2012"] = Sheet("1.1", [["基本流量表"]])
    path = tmp_path / "tables.tar.xz"
    with tarfile.open(path, "w:xz") as archive:
        for key in sheets:
            member = tarfile.TarInfo(f"data/{key}.xls")
            content = EXCEL + key.encode()
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    assert provincial_io.recognises(path)
    for year in (2012, 2017):
        table = provincial_io.read([path], "provincial_table", year)
        assert table["province"].n_unique() == 31


@pytest.mark.parametrize(
    ("change", "message", "found"),
    [
        (
            lambda sheets: sheets.update({"北京2017": Sheet("s", [["北京2012年投入产出表"]])}),
            "another year",
            "2012",
        ),
        (
            lambda sheets: sheets.update({"北京2017": Sheet("s", [["天津2017年投入产出表"]])}),
            "no run",
            None,
        ),
        (
            lambda sheets: sheets.update({"北京2017": Sheet("s", [["某地2017年投入产出表"]])}),
            "not a province",
            None,
        ),
        (lambda sheets: sheets.update({"北京2017": sheets["天津2017"]}), "twice", None),
    ],
)
def test_what_is_no_table_of_the_year_is_refused(
    books: Books,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    message: str,
    found: str | None,
) -> None:
    change(books(ALL))
    paths = write_books(tmp_path, list(PROVINCE_OF_CHINESE_NAME))
    with pytest.raises(InputError) as caught:
        provincial_io.read(paths, "provincial_table", 2017)
    text = f"{caught.value} {caught.value.found}"
    assert message in text
    assert found is None or caught.value.found == found


def test_a_missing_province_is_named(books: Books, tmp_path: Path) -> None:
    books(ALL)
    paths = write_books(tmp_path, [name for name in PROVINCE_OF_CHINESE_NAME if name != "西藏"])
    with pytest.raises(InputError, match="missing") as caught:
        provincial_io.read(paths, "provincial_table", 2017)
    assert caught.value.found == "no table of CN-XZ"


def test_a_text_in_a_cell_and_a_doubled_code_are_refused(books: Books, tmp_path: Path) -> None:
    paths = write_books(tmp_path, ["北京"])
    for row, column, value, blamed in ((5, 9, "1 000,5", "07"), (1, 9, "06", None)):
        cells = grid("北京")
        cells[row][column] = value
        books(())["北京2017"] = Sheet("s", cells)
        with pytest.raises(InputError) as caught:
            provincial_io.read(paths, "provincial_table", 2017)
        assert caught.value.column == blamed


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tables.tar.xz"
    path.write_bytes(b"\xfd7zXZ no more")
    with pytest.raises(InputError, match="cannot be read"):
        provincial_io.read([path], "provincial_table", 2017)


@pytest.mark.parametrize(
    ("year", "output", "exports"), [(2017, 246.31, 16.256), (2012, 170.92, 14.655)]
)
def test_the_genuine_tables_have_their_published_sums(
    shared_data: SharedData, year: int, output: float, exports: float
) -> None:
    path = shared_data(TABLES)
    table = validate(
        provincial_io.read([path], "provincial_table", year),
        CONTRACTS["provincial_table"],
        file=path,
    )
    sums = {
        code: table.filter(row_kind="sector", column_code=code)["value_10k_cny"].sum() / 1e8
        for code in ("GO", "EX")
    }
    assert sums["GO"] == pytest.approx(output, abs=0.005)  # trillion yuan
    assert sums["EX"] == pytest.approx(exports, abs=0.0005)


# --- The factored ICIO ------------------------------------------------------------------------------


def write_icio(folder: Path, *, packed: bool = False) -> list[Path]:
    """Two regions: every industry sells 3 at home and 1 abroad, takes half its inputs from industry 1."""
    regions, size = ("CHN", "ROW"), len(INDUSTRIES)
    numbers = range(1, size + 1)
    flow = [f"{o},{d},{s},{3 if o == d else 1}" for o in regions for d in regions for s in numbers]
    added = [f"{region},{s},.5" for region in regions for s in numbers]
    inputs = [
        f"{region},{s},{k},{'.5' if s in (1, 2) else '0'}"
        for region in regions
        for s in numbers
        for k in numbers
    ]
    files = {
        "TradeFlow2017.csv": ["iso_o,iso_d,indcode,tradevalue", *flow],
        "vashare.csv": ["iso_o,indcode,vashare", *added],
        "IOshare.csv": ["iso_o,input_ind,output_ind,valueshare", *inputs],
    }
    paths = []
    for name, lines in files.items():
        content = ("\n".join(lines) + "\n").encode()
        if packed and name == "IOshare.csv":
            name, content = f"{name}.gz", gzip.compress(content)
        (folder / name).write_bytes(content)
        paths.append(folder / name)
    return paths


def read_icio(paths: Sequence[Path], year: int = 2017) -> pl.DataFrame:
    return icio_factored.read(paths, "global_table", year)


@pytest.mark.parametrize("packed", [False, True])
def test_shares_become_the_global_table(tmp_path: Path, packed: bool) -> None:
    paths = write_icio(tmp_path, packed=packed)
    assert all(icio_factored.recognises(path) for path in paths)
    table = validate(read_icio(paths), CONTRACTS["global_table"], file=paths[0])
    # Each industry takes inputs worth 2: 1 of industry 1, of which a quarter from abroad.
    abroad = table.filter(
        from_region="ROW",
        from_sector="A01_02",
        to_region="CHN",
        to_code="C24",
        block="intermediate",
    )
    assert abroad["value_musd"].to_list() == pytest.approx([0.25])
    final = table.filter(block="final_demand", from_region="CHN", to_region="CHN")
    by_code = dict(zip(final["from_sector"], final["value_musd"], strict=True))
    assert by_code["C24"] == pytest.approx(3.0)  # nothing of it is an input
    assert by_code["A01_02"] == pytest.approx(3 - 0.75 * 44)  # stocks drawn down: negative, kept
    assert set(final["to_code"]) == {"final_demand"}


@pytest.mark.parametrize(
    ("name", "old", "new", "column"),
    [
        ("vashare.csv", "CHN,3,.5", "CHN,3,1.5", "vashare"),
        ("vashare.csv", "CHN,3,.5", "CHN,3,", "vashare"),
        ("vashare.csv", "CHN,3,.5\n", "", "vashare"),
        ("vashare.csv", "CHN,3,.5", "CHN,2,.5", None),
        ("vashare.csv", "CHN,3,.5", "DEU,3,.5", None),
        ("IOshare.csv", "CHN,1,7,.5", "CHN,1,7,.4", "valueshare"),
        ("TradeFlow2017.csv", "tradevalue", "value", None),
        ("TradeFlow2017.csv", "CHN,ROW,5,1", "CHN,ROW,5,-1", "tradevalue"),
    ],
)
def test_damaged_shares_are_refused(
    tmp_path: Path, name: str, old: str, new: str, column: str | None
) -> None:
    paths = write_icio(tmp_path)
    text = (tmp_path / name).read_text()
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_icio(paths)
    assert caught.value.file == str(tmp_path / name)
    assert caught.value.column == column


def test_a_missing_file_and_another_year_are_refused(tmp_path: Path) -> None:
    paths = write_icio(tmp_path)
    with pytest.raises(InputError, match="three files"):
        read_icio(paths[:2])
    with pytest.raises(InputError, match="another year") as caught:
        read_icio(paths, 2014)
    assert (caught.value.found, caught.value.expected) == ("2017", "2014")


def test_the_genuine_icio_has_its_published_sums(shared_data: SharedData) -> None:
    files = [
        shared_data(f"{ICIO}{name}")
        for name in ("TradeFlow2017.csv", "vashare.csv", "IOshare.csv.gz")
    ]
    table = validate(read_icio(files), CONTRACTS["global_table"], file=files[0])
    output = table.filter(block="output")
    assert output["value_musd"].sum() / 1e6 == pytest.approx(154.17, abs=0.005)
    china = table.filter(pl.col("from_region") == "CHN")
    assert china.filter(block="output")["value_musd"].sum() / 1e6 == pytest.approx(
        31.023, abs=0.0005
    )
    abroad = (
        china.filter(pl.col("to_region") != "CHN")
        .group_by("to_region")
        .agg(pl.col("value_musd").sum())
    )
    exports = dict(abroad.iter_rows())
    assert sum(exports.values()) / 1e3 == pytest.approx(2214.4, abs=0.05)
    assert exports["USA"] / 1e3 == pytest.approx(458.9, abs=0.05)


# --- WIOD 2014, final use ---------------------------------------------------------------------------


def write_parts(path: Path, **changed: Any) -> Path:
    final = np.zeros((2, 56, 2, 5), dtype=np.float32)
    final[0, 16, 1, 3] = 7.0
    final[1, 0, 1, 4] = -2.0
    words = (
        "households",
        "non-profit organisations",
        "by government",
        "fixed capital",
        "inventories",
    )
    parts = {
        "F": final,
        "cty": np.array(["CHN", "ROW"]),
        "ind": np.array([f"{start} x" for start in wiod_2016_parts.INDUSTRIES.values()]),
        "fu": np.array([f"Use {word}" for word in words]),
    } | changed
    np.savez(path, **{name: part for name, part in parts.items() if part is not None})
    return path


def test_final_use_becomes_the_structure_of_demand(tmp_path: Path) -> None:
    path = write_parts(tmp_path / "w14.npz")
    assert wiod_2016_parts.recognises(path)
    table = validate(
        wiod_2016_parts.read([path], "demand_structure", 2017),
        CONTRACTS["demand_structure"],
        file=path,
    )
    assert table.rows() == [
        ("CHN", "C26", "ROW", "gfcf", 7.0),
        ("ROW", "A01", "ROW", "inventories", -2.0),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"F": None},
        {"F": np.zeros((2, 56, 2, 4))},
        {"F": np.full((2, 56, 2, 5), np.nan)},
        {"cty": np.array(["USA", "ROW"])},
        {
            "ind": np.array(
                [f"{start} x" for start in reversed(wiod_2016_parts.INDUSTRIES.values())]
            )
        },
        {"fu": np.array(["households"] * 5)},
    ],
)
def test_parts_of_another_kind_are_refused(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = write_parts(tmp_path / "w14.npz", **changed)
    with pytest.raises(InputError) as caught:
        wiod_2016_parts.read([path], "demand_structure", 2017)
    assert caught.value.file == str(path)


def test_the_genuine_final_use_is_that_of_2014(shared_data: SharedData) -> None:
    table = wiod_2016_parts.read([shared_data(WIOD_2014)], "demand_structure", 2017)
    china = table.filter(to_region="CHN")["value_musd"].sum()
    assert china / 1e6 == pytest.approx(9.816, abs=0.0005)
    exported = table.filter(pl.col("from_region") == "CHN", pl.col("to_region") != "CHN")
    assert exported["value_musd"].sum() / 1e3 == pytest.approx(1213.3, abs=0.05)
