"""Small files in the publishers' genuine layouts, with made-up figures that add up."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tests.warehouse.r_files import write_rda
from warehouse.codes import PROVINCES, PROVINCES_WITH_TABLE
from warehouse.sources import ceads_co2, census, gains, provincial_io_2007, reas

NAME_OF_PROVINCE = {
    "CN-AH": "Anhui",
    "CN-BJ": "Beijing",
    "CN-CQ": "Chongqing",
    "CN-FJ": "Fujian",
    "CN-GD": "Guangdong",
    "CN-GS": "Gansu",
    "CN-GX": "Guangxi",
    "CN-GZ": "Guizhou",
    "CN-HA": "Henan",
    "CN-HB": "Hubei",
    "CN-HE": "Hebei",
    "CN-HI": "Hainan",
    "CN-HL": "Heilongjiang",
    "CN-HN": "Hunan",
    "CN-JL": "Jilin",
    "CN-JS": "Jiangsu",
    "CN-JX": "Jiangxi",
    "CN-LN": "Liaoning",
    "CN-NM": "Inner Mongolia",
    "CN-NX": "Ningxia",
    "CN-QH": "Qinghai",
    "CN-SC": "Sichuan",
    "CN-SD": "Shandong",
    "CN-SH": "Shanghai",
    "CN-SN": "Shaanxi",
    "CN-SX": "Shanxi",
    "CN-TJ": "Tianjin",
    "CN-XJ": "Xinjiang",
    "CN-YN": "Yunnan",
    "CN-ZJ": "Zhejiang",
}

# --- WIOD: an R workspace -------------------------------------------------------------------


def wiod_parts(year: int = 2007) -> dict[str, dict[str, list[Any]]]:
    """Data frames of two regions and two sectors, as columns by name."""
    size, suffix = 4, f"{year % 100:02d}"
    uses = [[10 * row + column + 1 for row in range(size)] for column in range(size)]
    uses[0][1] = 0
    demand = [[5 + row + column for row in range(size)] for column in range(10)]
    demand[4][0] = -3
    output = [
        sum(column[row] for column in uses) + sum(column[row] for column in demand)
        for row in range(size)
    ]
    return {
        f"inter{suffix}": {f"V{at + 1}": column for at, column in enumerate(uses)},
        f"final{suffix}": {f"V{at + 1}": column for at, column in enumerate(demand)},
        f"output{suffix}": {f"output{suffix}": output},
        "countries": {"countries": ["CHN", "RoW"]},
        "industries": {"industries": ["c1", "c2"]},
    }


def wiod_file(folder: Path) -> Path:
    """A WIOD file of 2007."""
    return write_rda(folder / "wiod07.rda", wiod_parts())


# --- Provincial tables: sheets of a workbook ------------------------------------------------


class Sheet:
    """What xlrd shows of a sheet."""

    visibility = 0

    def __init__(self, name: str, grid: list[list[Any]]) -> None:
        self.name, self.grid = name, grid
        self.nrows, self.ncols = len(grid), max(map(len, grid), default=0)

    def cell_value(self, row: int, column: int) -> Any:
        return self.grid[row][column]

    def cell_type(self, row: int, column: int) -> int:
        return 2 if isinstance(self.grid[row][column], (int, float)) else 1


class Book:
    """What xlrd shows of a workbook."""

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.sheets = {sheet.name: sheet for sheet in sheets}

    def sheet_names(self) -> list[str]:
        return list(self.sheets)

    def sheet_by_name(self, name: str) -> Sheet:
        return self.sheets[name]


def provincial_grid(lines_above: int = 7) -> list[list[Any]]:
    """One province's sheet in the publisher's layout, with figures that add up."""
    width = 61
    grid: list[list[Any]] = [[""] * width for _ in range(lines_above + 50)]
    code_row = lines_above
    grid[code_row][0] = "代码"
    columns = {code: 2 + code for code in provincial_io_2007.COLUMNS}
    for code, at in columns.items():
        grid[code_row][at] = str(code) if code <= 42 else float(code)
    rows = {code: code_row + code for code in provincial_io_2007.ROWS}
    for code, at in rows.items():
        grid[at][2] = str(code)
    figures = provincial_figures()
    for row, at_row in rows.items():
        for column, at_column in columns.items():
            if row <= 43 or column <= 43:
                grid[at_row][at_column] = figures.get((row, column), 0.0)
    return grid


def provincial_figures() -> dict[tuple[int, int], float]:
    """Figures by row and column code; every total is the sum of its parts."""
    cells: dict[tuple[int, int], float] = {}
    sectors = range(1, 43)
    for row in sectors:
        for column in sectors:
            cells[row, column] = float((row * 7 + column * 3) % 11)
        cells[row, 44], cells[row, 45], cells[row, 47] = 4.0, 6.0, 2.0
        cells[row, 49], cells[row, 50] = 9.0, -1.0
        cells[row, 52], cells[row, 53], cells[row, 55], cells[row, 56] = 8.0, 5.0, 3.0, 4.0
    for row in sectors:
        _row_totals(cells, row)
    for column in range(1, 59):
        cells[43, column] = sum(cells.get((row, column), 0.0) for row in sectors)
    for column in sectors:
        added = cells[column, 58] - cells[43, column]
        cells[44, column], cells[45, column] = added / 2, added / 4
        cells[46, column] = cells[47, column] = added / 8
        cells[48, column] = added
        cells[49, column] = cells[43, column] + added
    for row in range(44, 50):
        cells[row, 43] = sum(cells[row, column] for column in sectors)
    return cells


def _row_totals(cells: dict[tuple[int, int], float], row: int) -> None:
    cells[row, 43] = sum(cells[row, column] for column in range(1, 43))
    cells[row, 46] = cells[row, 44] + cells[row, 45]
    cells[row, 48] = cells[row, 46] + cells[row, 47]
    cells[row, 51] = cells[row, 49] + cells[row, 50]
    cells[row, 54] = cells[row, 48] + cells[row, 51] + cells[row, 52] + cells[row, 53]
    cells[row, 58] = cells[row, 43] + cells[row, 54] - cells[row, 55] - cells[row, 56]


def provincial_book(**changed: list[list[Any]]) -> Book:
    """A workbook of thirty sheets and a scratch sheet; ``changed`` replaces grids by name."""
    grid = provincial_grid()
    grids = dict.fromkeys(provincial_io_2007.PROVINCE_OF_SHEET, grid)
    grids |= {"HAI": provincial_grid(lines_above=4), "Sheet31": [["scratch"]]} | changed
    return Book(Sheet(name, cells) for name, cells in grids.items())


# --- CSV files ------------------------------------------------------------------------------


def write_panel(path: Path, rows: Sequence[Sequence[str]] | None = None) -> Path:
    """The panel of provincial statistics: a byte order mark and columns that are not read."""
    heading = "Year,Location,Carbon_Emission,Export,Population"
    default = [
        (str(year), name, "1.5", str(1000 + year), "1246")
        for year in (2006, 2007)
        for name in NAME_OF_PROVINCE.values()
    ]
    lines = [",".join(row) for row in (default if rows is None else rows)]
    path.write_text("\n".join([heading, *lines]) + "\n", encoding="utf-8-sig")
    return path


def write_exports(path: Path) -> Path:
    """Total exports of thirty provinces."""
    lines = [f"{code},{100 + at}" for at, code in enumerate(sorted(PROVINCES_WITH_TABLE))]
    path.write_text("\n".join(["province,export_100m_yuan", *lines]) + "\n", encoding="utf-8")
    return path


def gains_text(pollutant: str = "SO2", unit: str = "kt SO2") -> str:
    """A GAINS file of two regions, two sectors and their sum, three years."""
    empty = "," * 4
    lines = ['"EMF30 sectors"' + empty, empty, f'"Pollutant: {pollutant}"{empty}']
    lines += [f'"Scenario: ECLIPSE_V6b_CLE_base"{empty}', f'"Unit: {unit}"{empty}', empty]
    lines += ['"Region","EMF30 kt","2000","2005","2010"']
    for region in ("AFRI_EAST", gains.REGION):
        lines += [f'"{region}","CEMENT","1.5","2","3"', f'"{region}","AACID",,,']
        lines += [f'"{region}","STEEL","0.5",,"1"', f'"{region}","SUM","2","2","4"']
    return "\n".join([*lines, '"","ALL SUM","4","4","8"']) + "\n"


# --- REAS: an archive of text tables --------------------------------------------------------


def reas_tables() -> dict[str, str]:
    """Name to text of the tables of 31 provinces and seven species, and of three that are not."""
    tables = {}
    places = [*sorted(code.removeprefix("CN-") for code in PROVINCES), "HK", "MC", "WC"]
    for place in places:
        for species in (*reas.SPECIES, "CO2"):
            name = f"REASv3.2/{species}/EM_TBL_SECTOR_CHN_{place}_{species}.txt"
            tables[name] = reas_table(place, species)
    return tables


def reas_table(place: str, species: str) -> str:
    """One table: title, years, sectors, total."""
    unit = "ktNO2" if species == "NOx" else "kt"
    sectors = reas.NH3_SECTORS if species == "NH3" else reas.SECTORS
    lines = [
        f"REASv3.2 SECTOR CHN {place} {species} [{unit}/year]",
        " " * 19 + "2006           2007",
    ]
    lines += [f"{name:6}  {at:15.7E}{at + 0.5:15.7E}" for at, name in enumerate(sectors[:-1])]
    lines += [f"TOTAL   {15.0:15.7E}{18.0:15.7E}"]
    return "\n".join(lines) + "\n"


def write_reas(path: Path, tables: Mapping[str, str] | None = None) -> Path:
    """The archive of the tables."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in (reas_tables() if tables is None else tables).items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


# --- CEADs: a workbook ----------------------------------------------------------------------


def ceads_rows() -> list[list[Any]]:
    """One province's sheet: heading, unit, blank line, total, 47 sectors."""
    heading = [component.replace("_", " ").title() for component in ceads_co2.COMPONENTS]
    heading[-1] = "Scope_1_Total"
    sectors = [[f"Sector {at}   ", *[float(at)] * len(heading)] for at in range(47)]
    total = ["Total Consumption", *[float(sum(range(47)))] * len(heading)]
    return [[None, *heading], [None] + ["Mt CO2"] * len(heading), [], total, *sectors]


def write_ceads(
    path: Path,
    changed: Mapping[str, list[list[Any]]] | None = None,
    *,
    year: int = 2007,
    without: str = "",
) -> Path:
    """The workbook: NOTE and thirty sheets; ``changed`` replaces rows by province name."""
    book = openpyxl.Workbook()
    book.active.title = "NOTE"
    rows = ceads_rows()
    for name in NAME_OF_PROVINCE.values():
        if name != without:
            sheet = book.create_sheet(f"{name.replace(' ', '')}{year}")
            for row in (changed or {}).get(name, rows):
                sheet.append(row)
    book.save(path)
    return path


# --- Census: a map and a table --------------------------------------------------------------


def write_census(folder: Path) -> list[Path]:
    """Table and map of three counties: a square, a square with a hole, and one without people."""
    table = folder / "population.csv"
    table.write_text(
        "CODE,NAME,POPU\n110101,Dongcheng,708829\n440305,Nanshan,1795826\n350527,Kinmen,\n",
        encoding="utf-8-sig",
    )
    x, y = (round(value) for value in census.PROJECTION.projected(116.41, 39.91))
    square = [[x - 100, y - 100], [200, 0], [0, 200], [-200, 0], [0, -200]]
    hole = [[x - 50, y - 50], [0, 100], [100, 0], [0, -100], [-100, 0]]
    geometries = [
        {"type": "Polygon", "arcs": [[0], [1]], "properties": {"CODE": 110101}},
        {"type": "MultiPolygon", "arcs": [[[0]], [[1]]], "properties": {"CODE": 440305}},
        {"type": "Polygon", "arcs": [[~0]], "properties": {"CODE": 350527}},
    ]
    topology = {
        "type": "Topology",
        "arcs": [square, hole],
        "transform": {"scale": [1.0, 1.0], "translate": [0.0, 0.0]},
        "objects": {"county": {"type": "GeometryCollection", "geometries": geometries}},
    }
    chart = folder / "counties.topojson"
    chart.write_text(json.dumps(topology, separators=(",", ":")), encoding="utf-8")
    return [table, chart]
