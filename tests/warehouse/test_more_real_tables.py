"""Further kinds of tables as people have them: what Excel hides, other programs' separators, levels and zeros."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from real_tables import PROVINCES as CHINESE
from real_tables import Landed, customs, output, refusal, trade, yearbook, yearbook_book

from warehouse.codes import PROVINCES
from warehouse.files import kind_of

Book = Callable[[openpyxl.Workbook], None]
CODES = sorted(PROVINCES)
STRICT = (
    (b"schemas.openxmlformats.org/spreadsheetml/2006/main", b"purl.oclc.org/ooxml/spreadsheetml/main"),
    (b"schemas.openxmlformats.org/officeDocument/2006", b"purl.oclc.org/ooxml/officeDocument"),
)  # fmt: skip


def rewritten(book: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """A workbook whose parts are changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return packed.getvalue()


def _formula(book: openpyxl.Workbook) -> None:
    book.worksheets[0]["B6"] = "=B5*2"


def _share(book: openpyxl.Workbook) -> None:
    book.worksheets[0]["B6"] = 0.115
    book.worksheets[0]["B6"].number_format = '0.0%" of all"'


def _raised(book: openpyxl.Workbook) -> None:
    mark = TextBlock(InlineFont(vertAlign="superscript"), "1")
    book.worksheets[0]["B6"] = CellRichText("10.5", mark)


def _merged(book: openpyxl.Workbook) -> None:
    book.worksheets[0]["B6"] = None
    book.worksheets[0].merge_cells("B5:B6")


def _zero(_: str, part: bytes) -> bytes:
    """A formula with the value zero, as programs write it that compute nothing; openpyxl asks Excel to compute."""
    return re.sub(rb"</f><v */>|</f><v></v>", b"</f><v>0</v>", part)


def _strict(_: str, part: bytes) -> bytes:
    for old, new in STRICT:
        part = part.replace(old, new)
    return part


def _prefixed(name: str, part: bytes) -> bytes:
    if not name.startswith("xl/worksheets/"):
        return part
    return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part).replace(b"xmlns=", b"xmlns:x=")


@pytest.mark.parametrize(
    ("change", "parts", "says"),
    [
        (_share, None, "a share"),
        (_raised, None, "is raised"),
        (_formula, _zero, "never computed"),
        (_formula, _strict, "never computed"),
        (_formula, _prefixed, "never computed"),
        (_merged, _prefixed, "merged"),
    ],
)
def test_what_excel_shows_otherwise_is_refused_by_address(
    landed: Landed, tmp_path: Path, change: Book, parts: Callable[[str, bytes], bytes] | None, says: str
) -> None:  # fmt: skip
    book = yearbook_book(tmp_path / "a.xlsx", change)
    book = rewritten(book, parts) if parts else book
    error = refusal(landed, "paper-2017", "sector_output", {"a.xlsx": book})
    assert says in error.message
    assert "(cell B6)" in str(error.found)


def _raised_name(book: openpyxl.Workbook) -> None:
    mark = TextBlock(InlineFont(vertAlign="subscript"), "2")
    book.worksheets[0]["D1"] = CellRichText("SO", mark)
    book.worksheets[0].row_dimensions[6].hidden = True
    book.create_chartsheet("chart", 0)


def test_raised_letters_of_names_hidden_rows_and_charts_do_no_harm(
    landed: Landed, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    book = yearbook_book(tmp_path / "a.xlsx", _raised_name)
    frame, notes = landed("paper-2017", "sector_output", {"a.xlsx": book})
    assert frame["value"].to_list() == [10.5] * 31
    assert any("1 hidden rows are read" in note for note in notes)
    assert capfd.readouterr() == ("", "")


def test_a_workbook_with_macros_is_read(landed: Landed, tmp_path: Path) -> None:
    book = yearbook_book(tmp_path / "a.xlsx", lambda _: None)
    assert landed("paper-2017", "sector_output", {"a.xlsm": book})[0].height == 31


def _packed(**parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/"), text)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_packed(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "ods"),
        (_packed(**{"[Content_Types].xml": "", "xl__workbook.bin": ""}), "xlsb"),
        (_packed(**{"[Content_Types].xml": "", "word__document.xml": ""}), "docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "locked"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "pointer"),
        (b"[InternetShortcut]\nURL=https://example.org\n", "shortcut"),
        (b'{"error": "login"}', "json"),
        (b"MIME-Version: 1.0\n", "mhtml"),
        (b"GRIB\x00", "grib"),
        (b"\x0e\x03\x13\x01", "hdf4"),
        (b"a,b\n1,2\n", None),
    ],
)
def test_more_kinds_of_files_are_told_by_their_bytes(
    landed: Landed, tmp_path: Path, content: bytes, kind: str | None
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert kind_of(path) == kind
    if kind is not None:
        error = refusal(landed, "open-2007", "export_total", {"t.csv": content})
        assert str(error.found).startswith(("a ", "an "))


def exports(separator: str = ",") -> list[str]:
    names = separator.join(["province", "concept", "currency", "value_million"])
    return [
        names,
        *(
            separator.join([code, "goods_by_origin", "USD", f"{at}.5"])
            for at, code in enumerate(CODES, 1)
        ),
    ]


@pytest.mark.parametrize("first", ["", "Unnamed: 0", None])
def test_a_column_of_row_numbers_is_passed_over(landed: Landed, first: str | None) -> None:
    """pandas and R write one; R's write.table gives it no heading."""
    lines = exports()
    heading = lines[0] if first is None else f"{first},{lines[0]}"
    text = "\n".join([heading, *(f"{at},{line}" for at, line in enumerate(lines[1:]))])
    frame, notes = landed("open-2007", "export_total", {"t.csv": text.encode()})
    assert frame["value_million"].sum() == pytest.approx(sum(range(1, 32)) + 15.5)
    assert any("counts the rows" in note for note in notes)


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(exports("|")),
        "\n".join(re.sub(r"([^,]+)", r'="\1"', line) for line in exports()).replace('="province"', "province"),
        "\n".join(re.sub(r"([^,]+)", "\\1\t", line) for line in exports()),
        "\n".join(exports()).replace("goods_by_origin", "Goods_by_origin"),
    ],
    ids=["bars", "forced text", "tabs behind", "other letters"],
)  # fmt: skip
def test_harmless_forms_are_read(landed: Landed, text: str) -> None:
    frame, _ = landed("open-2007", "export_total", {"t.csv": text.encode("utf-32")})
    assert frame.height == 31
    assert set(frame["concept"]) == {"goods_by_origin"}


def test_a_point_that_may_group_thousands_is_refused(landed: Landed) -> None:
    lines = exports(";")
    german = [
        *lines[:1],
        *(line.replace(".5", ".512") for line in lines[1:9]),
        *(line[:-2] for line in lines[9:]),
    ]
    error = refusal(landed, "open-2007", "export_total", {"t.csv": "\n".join(german).encode()})
    assert error.expected == "1512 or 1.512"


@pytest.mark.parametrize("form", ['"{}\t"', '="{}"'])
def test_customs_codes_kept_as_text_are_read(landed: Landed, form: str) -> None:
    """The query site writes a tab behind each cell, Excel's own trick is a formula."""
    lines = customs("1000000", "2000000").strip().splitlines()
    written = [",".join(form.format(cell) for cell in line.split(",")) for line in lines[1:]]
    heading = ",".join(f'"{name}\t"' for name in lines[0].split(",")) if "\t" in form else lines[0]
    assert trade(landed, "\n".join([heading, *written, ""]))[0] == [1000000, 2000000]


# --- Zeros and levels of a whole table ---------------------------------------------------------


def test_zeros_of_a_whole_province_or_pollutant_are_refused(landed: Landed) -> None:
    lines = exports()
    lines[1] = lines[1].replace("1.5", "0")
    error = refusal(landed, "open-2007", "export_total", {"t.csv": "\n".join(lines).encode()})
    assert "zeros stand where figures are missing" in error.message
    rows = [
        f"{code},PP,{name},{0 if name == 'BC' else 5}" for code in CODES for name in ("BC", "SO2")
    ]
    text = "\n".join(["province,source_sector,pollutant,emission_t", *rows])
    error = refusal(landed, "open-2007", "sector_emission", {"t.csv": text.encode()})
    assert "pollutant BC" in str(error.found)


def monthly(*columns: str) -> bytes:
    rows = [f"{name},{','.join(columns)}" for name in CHINESE]
    months = ",".join(f"2025年{at}月" for at in range(len(columns) + 1, 1, -1))
    return "\n".join(["指标：生铁产量_累计值(万吨)", f"地区,{months}", *rows]).encode()


@pytest.mark.parametrize(
    ("columns", "says"), [(("20", "80"), "falls"), (("0", "80"), "zeros stand")]
)
def test_accumulated_output_neither_falls_nor_is_zero_everywhere(
    landed: Landed, columns: tuple[str, ...], says: str
) -> None:
    error = refusal(landed, "air-open", "industrial_output", {"a.csv": monthly(*columns)})
    assert says in error.message
    frame, _ = landed("air-open", "industrial_output", {"a.csv": monthly("81.25", "81.25")})
    assert (frame["value"] == 81.25).sum() == 62


AGES = [f"{low}-{low + 4}" for low in range(0, 80, 5)]


@pytest.mark.parametrize(
    ("people", "oldest", "says"), [(8e4, 8e4, "too few people"), (8e7, 0, "no people")]
)
def test_people_of_ages_are_persons_and_none_is_zero(
    landed: Landed, people: float, oldest: float, says: str
) -> None:
    rows = [
        *(f"CHN,{age.replace('-', '–')},2017,{people}" for age in AGES),
        f"CHN,80+,2017,{oldest}",
    ]
    text = "\n".join(["region,age_group,source_year,population_persons", *rows])
    error = refusal(landed, "open-2017", "age_structure", {"t.csv": text.encode()})
    assert says in error.message


def test_a_risk_that_falls_is_refused(landed: Landed) -> None:
    heading = "curve,cause,age_group,pm25_ug_m3,relative_risk,low_relative_risk,high_relative_risk"
    rows = [f"mine,IHD,all,{level},{2 - level / 500},1,3" for level in (0, 50, 100)]
    text = "\n".join([heading, *rows])
    error = refusal(landed, "open-2017", "relative_risk", {"t.csv": text.encode()})
    assert "falls as the concentration rises" in error.message


def test_a_product_of_the_yearbook_may_be_zero_in_a_province(landed: Landed) -> None:
    assert output(landed, yearbook(["0", *["10.5"] * 30]))[0]["CN-BJ"] == 0
