"""China's customs: CSV files of the official query site, by place of registration, partner, HS code and regime.

Columnar throughout: names and quantities are never read, codes become small integers, so that tens of
millions of rows stay in a few bytes each. Files come in parts; exports and imports are separate files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.contracts import CONTRACTS
from warehouse.errors import InputError
from warehouse.files import files_in
from warehouse.paper_contracts import ALL
from warehouse.province_names import province_of_any_name
from warehouse.sources.base import Publication, Reader, broken, first_bytes
from warehouse.sources.customs_checks import check_all
from warehouse.sources.customs_files import (
    COMMODITY,
    MONTH,
    PARTNER,
    PLACE,
    PLACE_NAME,
    REGIME,
    Part,
    is_customs,
    parts_of,
)
from warehouse.sources.figures import decimal_sign, plain, with_point
from warehouse.sources.notes import note
from warehouse.sources.progress import told

NAME = "customs"
YEAR_ONLY = 0  # month of a yearly figure
NO_REGIME = 0

PUBLICATION = Publication(
    producer="General Administration of Customs of the People's Republic of China",
    title="Customs statistics online query: exports and imports by place of registration",
    citation="General Administration of Customs of China, stats.customs.gov.cn.",
    licence="Official statistics; no licence stated",
    terms_of_use="Name the General Administration of Customs.",
)

_AMOUNT_PER_MILLION = 1e6
_BYTEWISE = frozenset({"utf-8-sig", "gb18030"})
_LOST = "\ufffd"


def read(paths: Sequence[Path], _role: str, year: int) -> pl.DataFrame:
    """Value of the year by flow, province, partner, commodity and regime, in million of the file's currency.

    Months are summed. HS codes of odd length get the leading zero back that a spreadsheet took. The
    province is that of registration. Defects that are mended or borne are noted in the provenance.

    Raises InputError for a heading that is not the site's, a name without direction, another year, a
    invalid code or amount, the same row twice, HS codes of several lengths in one
    flow, or amounts out of scale.
    """
    parts = parts_of(paths)
    if not parts:
        raise InputError(
            "There is no CSV file of the customs.",
            file=", ".join(str(path) for path in paths) or None,
            found="no file",
            expected="CSV files of the query site, or zip archives of them",
            remedy="Put the files in place.",
        )
    frames = [
        _part(part, year).with_columns(part=pl.lit(number, dtype=pl.Int32))
        for number, part in enumerate(told(parts, "customs files"))
    ]
    rows = pl.concat(frames)
    check_all(rows, parts)
    return _tidy(rows)


def recognises(path: Path) -> bool:
    """A CSV file with the site's heading, or a folder or archive that has one."""
    if path.is_dir():
        return any(is_customs(first_bytes(file)) for file in files_in(path, frozenset({".csv"})))
    if path.suffix.lower() == ".zip":
        try:
            return bool(parts_of([path]))
        except InputError:
            return False
    return path.suffix.lower() == ".csv" and is_customs(first_bytes(path))


def _part(part: Part, year: int) -> pl.DataFrame:
    """A file's rows: month, commodity (digits), province, partner, regime, amount, all but text narrow."""
    frame = _text(part).with_columns(pl.all().str.strip_chars("\t\"'= "))
    frame = frame.filter(~pl.all_horizontal(pl.all().fill_null("") == ""))
    if frame.is_empty():
        raise _wrong(part, 0, "rows", "no row under the heading", "rows of trade")
    value = _amounts(frame, part)
    commodity = _commodity(frame, part)
    return pl.DataFrame(
        {
            "flow": pl.repeat(part.flow, frame.height, eager=True),
            "currency": pl.repeat(part.currency, frame.height, eager=True),
            "month": _month(frame, part, year),
            "commodity": commodity,
            "province": _province(frame, part),
            "partner": _digits(
                frame, part, PARTNER, "^[0-9]{3}$", "a customs country code, three digits"
            ),
            "regime": _digits(frame, part, REGIME, "^[0-9]{2}$", "a regime, two digits")
            if REGIME in part.columns
            else pl.repeat(ALL, frame.height, eager=True).cast(pl.Categorical),
            "amount": value,
        },
    ).with_columns(pl.col("flow", "currency").cast(pl.Categorical))


def _amounts(frame: pl.DataFrame, part: Part) -> pl.Series:
    """The amounts in single yuan or dollars. A comma that groups no thousands may be a decimal one: refused."""
    texts = frame.get_column(part.amount)
    if part.separator != ",":
        texts = _with_points(texts, frame, part)
    is_grouped = texts.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$").fill_null(False)
    _refuse(
        texts.str.contains(",", literal=True).fill_null(False) & ~is_grouped, frame, part, part.amount,
        f"an amount in {part.currency}; a comma groups three digits, a decimal sign is a point",
    )  # fmt: skip
    value = texts.str.replace_all(",", "").cast(pl.Float64, strict=False)
    _refuse(
        value.is_null() | ~value.is_finite() | (value < 0), frame, part, part.amount,
        f"an amount in {part.currency}",
    )  # fmt: skip
    return value * part.factor


def _with_points(texts: pl.Series, frame: pl.DataFrame, part: Part) -> pl.Series:
    """The amounts of a file that no comma separates, with decimal points; what may be either is refused."""
    each = [plain(text) for text in texts.unique().drop_nulls()]
    sign, open_cell = decimal_sign(each)
    if open_cell is not None:
        _refuse(
            (texts == open_cell).fill_null(False), frame, part, part.amount,
            f"{open_cell.replace(',', '')} or {open_cell.replace(',', '.')}; nothing in the file tells which",
        )  # fmt: skip
    if sign == ".":
        return texts
    note("Amounts have a decimal comma; read so.", Path(part.name).name)
    return texts.replace({text: with_point(plain(text)) for text in texts.unique().drop_nulls()})


def _text(part: Part) -> pl.DataFrame:
    """The columns that are used, as text. Bytes outside them may be of any encoding."""
    wanted = [
        name
        for name in (MONTH, COMMODITY, PARTNER, REGIME, PLACE, part.amount)
        if name in part.columns
    ]
    # Codes and amounts are single bytes in GB18030 too; the rest is decoded where it is needed.
    is_bytes = part.encoding in _BYTEWISE
    if PLACE not in wanted and PLACE_NAME in part.columns:
        wanted.append(PLACE_NAME)
        is_bytes = False
    frame = _cut(part, is_bytes=is_bytes)
    if is_bytes and any(frame[name].str.contains(_LOST, literal=True).any() for name in wanted):
        frame = _cut(part, is_bytes=False)
    return frame.select(_narrow(frame.get_column(name)) for name in wanted)


def _narrow(texts: pl.Series) -> pl.Series:
    """The texts with full-width digits and signs as ASCII."""
    if not texts.str.contains(r"[^\x00-\x7f]").any():
        return texts
    return texts.replace({text: plain(text) for text in texts.unique().drop_nulls()})


def _cut(part: Part, *, is_bytes: bool) -> pl.DataFrame:
    """All columns as text. is_bytes: without decoding, what is not ASCII is lost."""
    source: Path | io.BytesIO = io.BytesIO(part.content()) if part.member else part.path
    if not is_bytes:
        source = io.BytesIO(part.text().encode())
    # A comma at the line's end makes one more column than the heading may have.
    names = [name or f"unnamed {at}" for at, name in enumerate(part.columns)] + ["beyond"]
    try:
        frame = pl.read_csv(
            source,
            has_header=False,
            skip_lines=part.above + 1,
            separator=part.separator,
            encoding="utf8-lossy",
            infer_schema=False,
            schema=dict.fromkeys(names, pl.String),
            missing_columns="insert",
        )
        if frame.height < part.line_count() - part.above - 1:  # a quote has swallowed lines
            frame = _by_line(part, names)
    except (PolarsError, OSError):
        frame = _by_line(part, names)
    for name in set(names) - set(part.columns):
        filled = frame.get_column(name).str.strip_chars().fill_null("") != ""
        _refuse(filled, frame, part, name, "no further cell behind the last column")
    return frame


def _by_line(part: Part, names: Sequence[str]) -> pl.DataFrame:
    """The file's rows by the slower reader, which takes a quote within a name (17") as it stands."""
    try:
        lines = csv.reader(
            io.StringIO(part.text(), newline=""), delimiter=part.separator, strict=True
        )
        rows = list(lines)[part.above + 1 :]
    except csv.Error as error:
        raise broken(Path(part.name), "CSV in GB18030", error) from error
    for at, row in enumerate(rows):
        if row and len(row) > len(names):
            raise _wrong(
                part, at, "the last columns", f"{len(row)} cells", f"{len(part.columns)} cells"
            )
    filled = [[*row, *[None] * (len(names) - len(row))] for row in rows if any(row)]
    return pl.DataFrame(filled, schema=dict.fromkeys(names, pl.String), orient="row")


def _commodity(frame: pl.DataFrame, part: Part) -> pl.Series:
    codes = frame.get_column(COMMODITY)
    _refuse(
        ~codes.str.contains("^[0-9]{1,8}$").fill_null(False),
        frame,
        part,
        COMMODITY,
        "2 to 8 digits",
    )
    odd = codes.str.len_bytes() % 2 == 1
    if odd.any():
        note(f"{odd.sum()} HS codes had lost their leading zero; restored.", Path(part.name).name)
        codes = pl.select(pl.when(odd).then(pl.lit("0") + codes).otherwise(codes)).to_series()
    chapter = codes.str.slice(0, 2).cast(pl.Int16)
    _refuse((chapter < 1) | (chapter > 99), frame, part, COMMODITY, "a chapter of 01 to 99")
    return codes.cast(pl.Categorical)


def _month(frame: pl.DataFrame, part: Part, year: int) -> pl.Series:
    """Month of the year; ``YEAR_ONLY`` where the file has yearly figures."""
    if MONTH not in part.columns:
        if part.year is not None and part.year != year:
            raise _wrong(part, None, MONTH, f"{part.year} in the name", str(year))
        if part.year is None:
            note(
                f"Neither a column nor the name states the year; {year} assumed.",
                Path(part.name).name,
            )
        return pl.repeat(YEAR_ONLY, frame.height, dtype=pl.Int8, eager=True)
    stated = frame.get_column(MONTH).str.replace_all("[-/年月.]", "")
    right = stated.str.contains(f"^{year}((0[1-9])|(1[0-2]))?$").fill_null(False)
    _refuse(~right, frame, part, MONTH, f"a month of {year}, as {year}01")
    return stated.str.slice(4).replace("", str(YEAR_ONLY)).cast(pl.Int8)


def _province(frame: pl.DataFrame, part: Part) -> pl.Series:
    if PLACE in part.columns:
        division = frame.get_column(PLACE).fill_null("")
        known = division.str.contains("^([0-9]{2}|[0-9]{6})$")
        code = division.str.slice(0, 2).replace_strict(PROVINCE_OF_DIVISION, default=None)
        _refuse(~known | code.is_null(), frame, part, PLACE, "a province of GB/T 2260, 11 to 65")
        return code.cast(pl.Categorical)
    if PLACE_NAME in part.columns:
        names = frame.get_column(PLACE_NAME).fill_null("")
        of_name = {name: province_of_any_name(name) for name in names.unique()}
        code = names.replace_strict(of_name, default=None, return_dtype=pl.String)
        _refuse(code.is_null(), frame, part, PLACE_NAME, "a province")
        return code.cast(pl.Categorical)
    province = PROVINCE_OF_DIVISION.get(part.division or "")
    if province is None:
        raise _wrong(
            part, None, PLACE, part.division or "neither in a column nor in the name",
            f"column {PLACE}, or a name as export-2017-44.csv",
        )  # fmt: skip
    return pl.repeat(province, frame.height, eager=True).cast(pl.Categorical)


def _digits(frame: pl.DataFrame, part: Part, column: str, pattern: str, expected: str) -> pl.Series:
    codes = frame.get_column(column)
    _refuse(~codes.str.contains(pattern).fill_null(False), frame, part, column, expected)
    return codes.cast(pl.Categorical)


def _refuse(wrong: pl.Series, frame: pl.DataFrame, part: Part, column: str, expected: str) -> None:
    if wrong.any():
        row = wrong.arg_max() or 0
        raise _wrong(part, row, column, repr(frame.get_column(column)[row]), expected)


def _wrong(part: Part, row: int | None, column: str, found: str, expected: str) -> InputError:
    return InputError(
        "The customs file holds something else than expected.",
        file=part.name,
        row=None if row is None else f"line {row + part.above + 2}",
        column=column,
        found=found,
        expected=expected,
        remedy="Export the query again as CSV and put it in place unchanged.",
    )


def _tidy(rows: pl.DataFrame) -> pl.DataFrame:
    keys = ["flow", "province", "partner", "commodity", "regime", "currency"]
    return (
        rows.group_by(keys, maintain_order=True)
        .agg((pl.col("amount").sum() / _AMOUNT_PER_MILLION).alias("value_million"))
        .with_columns(pl.col(keys).cast(pl.String))
        .rename({"partner": "partner_code", "commodity": "commodity_code", "regime": "regime_code"})
        .select(CONTRACTS["trade"].column_names)
    )


READER = Reader(
    name=NAME,
    roles=("trade",),
    read=read,
    recognises=recognises,
    publication=PUBLICATION,
    max_files=None,
    marks=(MONTH, COMMODITY, PARTNER, REGIME, PLACE, "人民币", "美元", "贸易伙伴名称", "商品名称"),
)
