"""Damaged customs files: each is refused with a precise message, or borne and noted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

from damage import (
    Damage,
    at,
    cases,
    edit,
    emptied,
    halved,
    html,
    line,
    noise_bytes,
    prove,
    read,
)

GB = "gb18030"
FIRST, MONTHLY = "export-2017-13_p1.csv", "import-2017_p1.csv"


def _cell(number: int, text: str) -> Callable[[str], str]:
    """Another text in a cell of a line of customs (cells are quoted)."""

    def changed(row: str) -> str:
        cells = re.findall(r'"[^"]*"', row)
        cells[number] = f'"{text}"'
        return ",".join(cells) + ",\r"

    return changed


def _zipped(folder: Path) -> Path:
    file = folder / FIRST
    archive = folder / "export-2017-13.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.write(file, file.name)
    file.unlink()
    return archive


def _times(factor: int) -> Callable[[str], str]:
    """Amounts (the last quoted cell of a line) in another unit."""

    def scaled(text: str) -> str:
        return re.sub(
            r'"([\d,]+)",\r\n', lambda m: f'"{int(m[1].replace(",", "")) * factor:,}",\r\n', text
        )

    return scaled


def _rename(old: str, new: str) -> Callable[[Path], object]:
    return lambda folder: (folder / old).rename(folder / new)


def _twice(folder: Path) -> None:
    (folder / "export-2017-13_p2.csv").write_bytes((folder / FIRST).read_bytes())


def _yearly_beside_monthly(folder: Path) -> None:
    text = (folder / MONTHLY).read_bytes().decode(GB)
    rows = [row.partition(",")[2] for row in text.split("\r\n")[:20]]
    (folder / "import-2017_year.csv").write_bytes("\r\n".join(rows).encode(GB))


def _chapters(folder: Path) -> None:
    text = (folder / FIRST).read_bytes().decode(GB)
    rows = [re.sub(r'^"\d+\t"', '"84\t"', row) for row in text.split("\r\n")[:2]]
    (folder / "export-2017-13_chapters.csv").write_bytes(("\r\n".join(rows) + "\r\n").encode(GB))


def _in_dollars(folder: Path) -> None:
    text = (folder / FIRST).read_bytes().decode(GB)
    (folder / "export-2017-13_usd.csv").write_bytes(text.replace("人民币", "美元").encode(GB))


DAMAGES = (
    Damage("empty", at(FIRST, emptied), "empty.*0 bytes"),
    Damage("web page", at(FIRST, html), "heading.*DOCTYPE"),
    Damage("other bytes", at(FIRST, noise_bytes), "heading"),
    Damage("cut in half", at(FIRST, halved), "CSV|something else"),
    Damage("truncated zip", lambda folder: halved(_zipped(folder)), "zip archive"),
    Damage("commodity column lost", at(FIRST, edit(lambda t: t.replace("商品编码", "编号", 1), GB)), "商品编码"),
    Damage("amounts in ten thousand",
           at(FIRST, edit(lambda t: t.replace("人民币", "人民币(万元)", 1), GB)), "out of scale"),
    Damage("amounts a thousandfold", at(MONTHLY, edit(_times(1000), GB)), "out of scale"),
    Damage("text for an amount", at(FIRST, line(1, _cell(12, "n/a"), GB)), "line 2.*人民币.*n/a"),
    Damage("dash for an amount", at(FIRST, line(3, _cell(12, "-"), GB)), "line 4.*人民币"),
    Damage("negative amount", at(FIRST, line(1, _cell(12, "-5"), GB)), "line 2.*-5"),
    Damage("letters in an HS code", at(FIRST, line(1, _cell(0, "84A1\t"), GB)), "line 2.*商品编码.*84A1"),
    Damage("chapter zero", at(FIRST, line(1, _cell(0, "00123400\t"), GB)), "line 2.*chapter"),
    Damage("ISO partner code", at(FIRST, line(1, _cell(2, "USA\t"), GB)), "line 2.*贸易伙伴编码.*USA"),
    Damage("regime of one digit", at(FIRST, line(1, _cell(4, "1\t"), GB)), "line 2.*贸易方式编码"),
    Damage("unknown province", at(FIRST, line(1, _cell(6, "99\t"), GB)), "line 2.*注册地编码.*99"),
    Damage("one cell more",
           at(FIRST, line(2, lambda r: r.rstrip("\r") + '"7",\r', GB)), "line 3.*no further cell|CSV"),
    Damage("month of another year", at(MONTHLY, line(4, _cell(0, "201801\t"), GB)), "line 5.*数据年月.*201801"),
    Damage("thirteenth month", at(MONTHLY, line(4, _cell(0, "201713\t"), GB)), "line 5.*201713"),
    Damage("year of another name", _rename(FIRST, "export-2016-13_p1.csv"), "2016 in the name.*2017"),
    Damage("no direction in the name", _rename(FIRST, "2017-13_p1.csv"), "exports or imports"),
    Damage("a part twice", _twice, "same row stands in the files twice"),
    Damage("the same in dollars", _in_dollars, "same row stands in the files twice"),
    Damage("a row twice", at(FIRST, edit(lambda t: t + t.split("\r\n")[1] + "\r\n", GB)), "same row.*twice"),
    Damage("chapters beside 8 digits", _chapters, "several lengths"),
    Damage("years beside months", _yearly_beside_monthly, "Yearly and monthly"),
    Damage("heading alone", at(FIRST, edit(lambda t: t.split("\r\n")[0] + "\r\n", GB)), "rows|CSV"),
    Damage("a province dropped", lambda folder: (folder / FIRST).unlink(),
           "exports: no rows.*CN-HE", is_noted=True),
    Damage("no year anywhere", _rename(FIRST, "export-13_p1.csv"), "states the year", is_noted=True),
    Damage("lost zeros", lambda _: None, "leading zero; restored", is_noted=True),
    Damage("a month dropped",
           at(MONTHLY, edit(lambda t: "\r\n".join(r for r in t.split("\r\n") if "201703" not in r), GB)),
           "imports: no rows for the months 3", is_noted=True),
)  # fmt: skip


@cases(*DAMAGES)
def test_damage_shows(damage: Damage, copy_of: Callable[[str], Path]) -> None:
    prove(damage, "customs", "trade", copy_of("trade"))


def test_a_zip_archive_and_utf8_read_as_the_files_do(copy_of: Callable[[str], Path]) -> None:
    folder = copy_of("trade")
    plain = read("customs", "trade", sorted(folder.iterdir()))
    _zipped(folder)
    file = folder / MONTHLY
    file.write_bytes(file.read_bytes().decode(GB).encode("utf-8-sig"))
    again = read("customs", "trade", sorted(folder.iterdir()))
    columns = ["flow", "province", "partner_code", "commodity_code", "regime_code"]
    assert again.sort(columns).equals(plain.sort(columns))


def test_provinces_are_read_by_name_where_the_query_had_no_code(
    copy_of: Callable[[str], Path],
) -> None:
    folder = copy_of("trade")
    plain = read("customs", "trade", [folder / FIRST])
    edit(
        lambda t: "\r\n".join(re.sub(r'"13\t",|注册地编码,', "", row) for row in t.split("\r\n")),
        GB,
    )(folder / FIRST)
    (folder / FIRST).rename(folder / "export-2017.csv")
    assert read("customs", "trade", [folder / "export-2017.csv"]).equals(plain)
