"""A user's own tables: what goes out as CSV or Parquet comes back; what is wrong is named."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from role_samples import role_table

from warehouse.codes import PROVINCES
from warehouse.contract_rules import TOTAL_NAMES
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.sources import tidy
from warehouse.sources.notes import collected


def refusal(path: Path, role: str = "export_total") -> InputError:
    with pytest.raises(InputError) as caught:
        tidy.read([path], role, 2007)
    return caught.value


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


HEADING = "province,concept,currency,value_million\n"


@pytest.mark.parametrize("role", CONTRACTS)
@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_table_comes_back_as_it_went_out(role: str, suffix: str, tmp_path: Path) -> None:
    frame = role_table(role)
    path = tmp_path / f"{role}{suffix}"
    if suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path)
    assert tidy.recognises(path)
    assert tidy.read([path], role, 2007).equals(frame)


amounts = st.floats(
    min_value=0, exclude_min=True, max_value=1e7, allow_nan=False, allow_infinity=False
)
codes = st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12
).filter(lambda text: text.strip() == text and text.lower().strip(" .:") not in TOTAL_NAMES)
emissions = st.dictionaries(
    st.tuples(st.sampled_from(sorted(PROVINCES)), codes, st.sampled_from(["SO2", "NOx"])),
    amounts,
    min_size=1,
    max_size=20,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(emissions)
def test_any_table_survives_csv_and_parquet(
    tmp_path: Path, cells: dict[tuple[str, str, str], float]
) -> None:
    totals: dict[tuple[str, str, str], float] = {}
    for (province, _, pollutant), value in cells.items():
        key = (province, "TOTAL", pollutant)
        totals[key] = totals.get(key, 0.0) + value
    frame = pl.DataFrame(
        [(*key, value) for key, value in (cells | totals).items()],
        schema=CONTRACTS["sector_emission"].schema,
        orient="row",
    )
    path = tmp_path / "table.csv"
    frame.write_csv(path)
    assert tidy.read([path], "sector_emission", 2007).equals(frame)
    path = tmp_path / "table.parquet"
    frame.write_parquet(path)
    assert tidy.read([path], "sector_emission", 2007).equals(frame)


@pytest.mark.parametrize(
    ("line", "row", "column"),
    [
        ("CN-BJ,goods_by_origin,USD,many", 2, "value_million"),
        ("CN-BJ,goods_by_origin,USD,", 2, "value_million"),
        ("CN-BJ,goods_by_origin,USD,1_000", 2, "value_million"),
        ("CN-BJ,goods_by_origin,USD", 2, "value_million"),
        ("CN-BJ,goods_by_origin,USD,1,2", 2, None),
        ("CN-TW,goods_by_origin,USD,1", 2, "province"),
        ("CN-BJ,services,USD,1", 2, "concept"),
        ("CN-BJ,goods_by_origin,EUR,1", 2, "currency"),
        ("CN-GD,goods_by_origin,USD,3", "1 and 2", "province, concept"),
        ('CN-BJ,goods_by_origin,USD,"1', None, None),
    ],
)
def test_a_bad_row_of_a_csv_is_named(
    tmp_path: Path, line: str, row: object, column: str | None
) -> None:
    path = written(tmp_path / "t.csv", f"{HEADING}CN-GD,goods_by_origin,USD,5\n{line}\n")
    error = refusal(path)
    assert error.file == str(path)
    assert (error.row, error.column) == (row, column)


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("province,concept,currency\n", "value_million"),
        ("province,concept,currency,value\n", "value_million, value"),
        ("province,concept,currency,value_million,note\n", "note"),
        ("province,concept,currency,value_million,province\n", "province"),
    ],
)
def test_a_wrong_heading_is_named(tmp_path: Path, heading: str, column: str | None) -> None:
    cells = ",".join("1" for _ in heading.split(","))
    error = refusal(written(tmp_path / "t.csv", f"{heading}{cells}\n"))
    assert error.row == "heading"
    assert column is None or error.column == column


def test_a_csv_without_rows_is_refused(tmp_path: Path) -> None:
    assert "no rows" in refusal(written(tmp_path / "t.csv", HEADING)).message


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEADING + "CN-GD,goods_by_origin,USD,5\n", encoding="utf-8-sig")
    assert tidy.read([path], "export_total", 2007).height == 1


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le"])
def test_names_of_provinces_in_every_encoding_are_read_and_noted(
    tmp_path: Path, encoding: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((HEADING + "廣東省,goods_by_origin,USD,5\n").encode(encoding))
    with collected() as notes:
        frame = tidy.read([path], "export_total", 2007)
    assert frame.rows() == [("CN-GD", "goods_by_origin", "USD", 5.0)]
    assert "廣東省 is CN-GD" in str(notes[0])


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(HEADING.encode() + b"\xff\x80,goods_by_origin,USD,5\n")
    assert refusal(path).expected == "CSV in UTF-8, UTF-16 or GB18030"


@pytest.mark.parametrize("keep", [10, 400, -8])
def test_a_truncated_parquet_is_refused(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "t.parquet"
    role_table("export_total").write_parquet(path)
    path.write_bytes(path.read_bytes()[:keep])
    assert refusal(path).expected == "Parquet"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "t.dat", HEADING)
    assert not tidy.recognises(path)
    assert refusal(path).found == ".dat"
