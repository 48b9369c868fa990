"""Output by province from a data terminal: its export, and the table cut from it."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError
from warehouse.sources import output_terminal
from warehouse.sources.notes import collected

EXPORT = """\
Wind,,,,,,,
Country,China,China,China,China,China,China,China
Name,China: Anhui: Output: Pig Iron: YTD,Output: Thermal Power Generating Capacity: Ningxia: YTD,\
China: Hebei: Output: Cement: YTD,China: Anhui: Output: Pig Iron: YTD,China: Hebei: Output: Steel Products: YTD,\
"Taiwan, China: Production: Crude Steel: YTD",China: Hubei: Output: Crude Steel: YTD
Frequency,Month,Month,Month,Month,Month,Month,Month
Unit,10000 tons,10000 kwh,ton,10000 tons,10000 tons,1000 tons,
ID,S1,S2,S3,S1,S4,S5,S6
Source,National Bureau of Statistics of China,,,,,,
2023-12,"2,000.50 ",0.00 ,0.00 ,"2,000.50 ",5,6,7
2024-02,300.00 ,"1,500,000.00 ",5000000,300.00 ,1,2,3
"""
CUT = """\
product,province,month,ytd_value,unit,wind_id,file
pig_iron,Anhui,2023-12,2000.5,10000 tons,S1,a.csv
nonferrous10,Inner Mongolia,2024-03,160.25,10000 tons,S7,a.csv
thermal_power,Ningxia,2024-02,1500000,10000 kWh,S2,a.csv
hydro_power,Ningxia,2024-02,1,10000 kWh,S8,a.csv
cement,China,2024-02,1,10000 tons,S9,a.csv
cement,Hebei,2024-02,0.00,10000 tons,S9,a.csv
"""


def write(folder: Path, text: str, name: str = "output.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(*paths: Path) -> list[tuple[object, ...]]:
    assert all(output_terminal.recognises(path) for path in paths)
    frame = output_terminal.read(paths, "industrial_output", 2025)
    return validate(frame, CONTRACTS["industrial_output"], file="x").sort("product").rows()


def test_the_export_is_read_in_our_units_and_its_zeros_are_empty(tmp_path: Path) -> None:
    with collected() as notes:
        rows = read(write(tmp_path, EXPORT))
    assert rows == [
        ("CN-HE", "cement", 2024, 2, "accumulated", 500.0),
        ("CN-AH", "pig_iron", 2023, 12, "accumulated", 2000.5),
        ("CN-AH", "pig_iron", 2024, 2, "accumulated", 300.0),
        ("CN-NX", "thermal_power", 2024, 2, "accumulated", 150.0),
    ]
    assert [item.text for item in notes] == [
        "2 series of other products or regions left out",
        "1 series without a unit left out",
        "2 zeros taken as empty cells, as the terminal writes them",
    ]


def test_chinese_names_and_months_are_read(tmp_path: Path) -> None:
    text = "指标名称,中国:安徽:产量:生铁:累计值\n频率,月\n单位,万吨\n指标ID,S1\n2024年3月,450\n2024-04,0.00\n"
    assert read(write(tmp_path, text)) == [("CN-AH", "pig_iron", 2024, 3, "accumulated", 450.0)]


def test_the_table_cut_from_it_gives_the_same_figures(tmp_path: Path) -> None:
    rows = read(write(tmp_path, CUT), write(tmp_path, EXPORT, "export.csv"))
    assert ("CN-NM", "non_ferrous_metals", 2024, 3, "accumulated", 160.25) in rows
    assert [row for row in rows if row[1] == "thermal_power"] == [
        ("CN-NX", "thermal_power", 2024, 2, "accumulated", 150.0)
    ]
    assert len(rows) == 5


@pytest.mark.parametrize(
    ("text", "before", "after", "message"),
    [
        (CUT, "2000.5", "2O00.5", "not hold a number"),
        (CUT, "2023-12", "2023-13", "not hold a month"),
        (CUT, "Inner Mongolia", "Inner Mongol1a", "not a province"),
        (CUT, "1500000,10000 kWh", "1500000,10000 tons", "not one of thermal_power"),
        (
            CUT,
            "pig_iron,Anhui,2023-12,2000.5,10000 tons",
            "pig_iron,Anhui,2023-12,2000.5,pieces",
            "unit",
        ),
        (CUT, "thermal_power,Ningxia,2024-02,1500000", "pig_iron,Anhui,2023-12,7", "unit"),
        (CUT, ",S1,a.csv", ",S1", "cut off"),
        (EXPORT, '"2,000.50 ",0.00', '"2,100.50 ",0.00', "twice with different values"),
        (EXPORT, "Unit,", "Measure,", "names and units"),
    ],
)
def test_what_cannot_be_read_is_refused(
    tmp_path: Path, text: str, before: str, after: str, message: str
) -> None:
    assert before in text
    path = write(tmp_path, text.replace(before, after, 1))
    with pytest.raises(InputError, match=message) as refused:
        output_terminal.read([path], "industrial_output", 2025)
    assert "output.csv" in "\n".join(refused.value.lines())
    assert refused.value.remedy


def test_bundled_sums_are_the_bureaus() -> None:
    """NBS: pig iron 85,173.67, crude steel 100,509.13, ten metals 7,918.78, cement 182,523.70 (10,000 t), 2024."""
    path = (
        Path(output_terminal.__file__).parents[1]
        / "bundled"
        / "air_cities"
        / "industrial_output.parquet"
    )
    year = pl.read_parquet(path).filter(source_year=2024, source_month=12)
    found = dict(year.group_by("product").agg(pl.col("value").sum()).rows())
    expected = {
        "pig_iron": 85_173.67,
        "crude_steel": 100_509.13,
        "non_ferrous_metals": 7_918.78,
        "cement": 182_523.70,
        "thermal_power": 63_438.1,
    }
    assert found == {name: pytest.approx(value, abs=0.06) for name, value in expected.items()}
