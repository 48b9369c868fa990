"""The customs query site's CSV files: their columns, and the direction, province and year that a name states."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from warehouse.archives import member_name
from warehouse.codes import PROVINCE_OF_DIVISION
from warehouse.errors import InputError
from warehouse.files import UNPACKING, broken, files_in, first_bytes, is_litter, readable
from warehouse.province_names import province_of_any_name
from warehouse.sources.notes import note
from warehouse.sources.text_files import HEADING_WITHIN, SEPARATORS, decoded, encoding_of

MONTH, COMMODITY, PARTNER, REGIME, PLACE = (
    "数据年月",
    "商品编码",
    "贸易伙伴编码",
    "贸易方式编码",
    "注册地编码",
)
PLACE_NAME = "注册地名称"
CURRENCY_OF_COLUMN = {"人民币": "CNY", "美元": "USD"}
_TIMES = {"": 1.0, "元": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_UNIT_OF = {"CNY": ("人民币", "元"), "USD": ("美元",)}
_WITH_UNIT = re.compile(
    r"^(人民币|美元)\s*[(（\[]\s*(?:单位\s*[:：]\s*)?([^()（）\[\]]*?)\s*[)）\]]$"
)
_KNOWN = {
    *(MONTH, COMMODITY, PARTNER, REGIME, PLACE, *CURRENCY_OF_COLUMN),
    *("商品名称", "贸易伙伴名称", "贸易方式名称", PLACE_NAME),
    *("第一数量", "第一计量单位", "第二数量", "第二计量单位"),
}
# 进出口 is imports and exports together: neither of the two.
_EXPORT = re.compile(r"export|(?<!进)出口", re.IGNORECASE)
_IMPORT = re.compile(r"import|进口", re.IGNORECASE)
_BOTH = re.compile(r"进出口|出进口")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_PLACE_IN_NAME = re.compile(r"(?<!\d)20\d\d年?[-_](\d{6}|\d{2})(?!\d)")
_CODE_IN_NAME = re.compile(r"CN-[A-Z]{2}(?![A-Z])", re.IGNORECASE)
_MONTHS = frozenset(f"{month:02d}" for month in range(1, 13))
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Part:
    """One CSV file, on disk or inside an archive: its bytes are read when they are needed.

    columns: heading, in order, without the units of amounts.  flow: `export` or `import`.  currency: of the
    amounts.  year and division: what the file's name states, when no column does.  factor: how many yuan or
    dollars one amount is.  separator and encoding: of the text.  above: lines above the heading.
    """

    name: str
    path: Path
    member: str | None
    columns: tuple[str, ...]
    flow: str
    currency: str
    year: int | None
    division: str | None
    factor: float = 1.0
    separator: str = ","
    encoding: str = "gb18030"
    above: int = 0

    @property
    def amount(self) -> str:
        """The column of amounts."""
        return next(name for name in self.columns if name in CURRENCY_OF_COLUMN)

    def content(self) -> bytes:
        """All bytes of the file."""
        if self.member is None:
            return self.path.read_bytes()
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.read(self.member)
        except UNPACKING as error:
            raise broken(self.path, "a zip archive of CSV files", error) from error

    def line_count(self) -> int:
        """How many lines the file has, blank ones at its end aside."""
        content = self.content().rstrip(b"\r\n \t\x00")
        return content.count(b"\n") + 1

    def text(self) -> str:
        """The file decoded."""
        return decoded(self.content(), self.name)


def parts_of(paths: Sequence[Path]) -> list[Part]:
    """All CSV files in the files, folders and archives, in order of their names.

    Raises InputError when a heading is not the query site's, or a name does not say export or import.
    """
    return [part for path in sorted(paths) for part in _parts(path)]


@dataclass(frozen=True)
class _Heading:
    """The heading of a file: its names as printed, where it stands, and how the text is written."""

    columns: tuple[str, ...]
    above: int
    separator: str
    encoding: str


def _heading_of(first: bytes) -> _Heading:
    """The first line that names the codes of goods; the first line where none does."""
    encoding = encoding_of(first) or encoding_of(first[:-1]) or "gb18030"
    text = first.decode(encoding, errors="ignore")
    lines = text.splitlines()[:HEADING_WITHIN]
    above = next((at for at, line in enumerate(lines) if COMMODITY in line), 0)
    line = lines[above] if lines else ""
    unquoted = re.sub(
        r'"[^"]*"', "", line
    )  # the site writes a tab behind each code, within the quotes
    bare = unquoted if any(sign in unquoted for sign in SEPARATORS) else line
    separator = max(SEPARATORS, key=lambda sign: (bare.count(sign), sign == ","))
    names = tuple(name.strip().strip('"=').strip() for name in line.split(separator))
    return _Heading(names if line else (), above, separator, encoding)


def is_customs(first: bytes) -> bool:
    """Whether a file begins with the query site's heading."""
    names = _heading_of(first).columns
    return COMMODITY in names and any(_amount(name) is not None for name in names)


def _amount(name: str) -> tuple[str, float] | None:
    """Column and factor of a heading that names an amount, as ``人民币（万元）``; None for others.

    The factor is 0 for a unit that is not known.
    """
    if name in CURRENCY_OF_COLUMN:
        return name, 1.0
    match = _WITH_UNIT.match(name)
    if match is None:
        return None
    unit = match[2]
    for ending in ("元人民币", *_UNIT_OF[CURRENCY_OF_COLUMN[match[1]]]):
        unit = unit.removesuffix(ending)
    return match[1], _TIMES.get(unit, 0.0)


def _parts(path: Path) -> Iterator[Part]:
    if path.is_dir():
        for file in files_in(path, frozenset({".csv", ".zip"})):
            yield from _parts(file)
    elif path.suffix.lower() == ".zip":
        yield from _archived(readable(path))
    else:
        yield _part(str(path), path, None, first_bytes(readable(path)))


def _archived(path: Path) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(path) as archive:
            bad = archive.testzip()
            if bad is not None:
                raise zipfile.BadZipFile(f"{bad} is damaged")
            heads, litter = {}, 0
            for member in sorted(archive.infolist(), key=lambda each: each.filename):
                name = member_name(member)
                if name.lower().endswith(".csv"):
                    litter += is_litter(Path(name))
                    if not is_litter(Path(name)):
                        with archive.open(member) as stream:
                            heads[member.filename] = (name, stream.read(_HEAD_BYTES))
    except UNPACKING as error:
        raise broken(path, "a zip archive of CSV files", error) from error
    if litter:
        note(f"{litter} companion files of macOS in the archive are passed over.", path.name)
    for inside, (name, head) in heads.items():
        yield _part(f"{path}:{name}", path, inside, head)


def _part(name: str, path: Path, member: str | None, head: bytes) -> Part:
    heading = _heading_of(head)
    amounts = [amount for column in heading.columns if (amount := _amount(column)) is not None]
    columns = tuple(
        amount[0] if (amount := _amount(column)) is not None and amount[1] else column
        for column in heading.columns
    )
    _check_heading(columns, name)
    own = name.rpartition(":")[2] if member else path.name
    words = f"{path.parent.name}/{path.name}/{own if member else ''}"
    if _BOTH.search(own):
        words = own
    is_export, is_import = (bool(pattern.search(own)) for pattern in (_EXPORT, _IMPORT))
    if is_export == is_import:
        is_export, is_import = (bool(pattern.search(words)) for pattern in (_EXPORT, _IMPORT))
    if is_export == is_import:
        raise InputError(
            "The name does not say whether the file holds exports or imports; the columns do not either.",
            file=name,
            found=own,
            expected="a name with export or 出口, import or 进口, as export-2017-44_p1-10.csv",
            remedy="Rename the file.",
        )
    factor = amounts[0][1]
    if factor != 1.0:
        note(f"Amounts are multiplied by {factor:,.0f}, as the heading says.", Path(name).name)
    year = _YEAR.search(own)
    return Part(
        name=name,
        path=path,
        member=member,
        columns=columns,
        flow="export" if is_export else "import",
        currency=next(CURRENCY_OF_COLUMN[c] for c in columns if c in CURRENCY_OF_COLUMN),
        year=int(year[1]) if year else None,
        division=None if {PLACE, PLACE_NAME} & {*columns} else _division(own, name),
        factor=factor,
        separator=heading.separator,
        encoding=heading.encoding,
        above=heading.above,
    )


def _division(own: str, name: str) -> str | None:
    """The province that a file's name states, as two digits of GB/T 2260; None when it states none.

    Raises InputError for two digits that may be a month: 11 and 12 are Beijing and Tianjin, November and December.
    """
    code = _CODE_IN_NAME.search(own)
    stems = re.split(r"[-_.\s（）()]+", PurePosixPath(own).stem)
    named = [code[0]] if code else []
    provinces = {
        province
        for word in (*named, *(stem for stem in stems if not stem.isdigit()))
        if (province := province_of_any_name(word)) is not None
    }
    if len(provinces) == 1:
        province = provinces.pop()
        return next(digits for digits, of in PROVINCE_OF_DIVISION.items() if of == province)
    place = _PLACE_IN_NAME.search(own)
    if place is None:
        return None
    if place[1] in _MONTHS:
        province_name = PROVINCE_OF_DIVISION.get(place[1])
        raise InputError(
            "No column names the province, and the digits in the file's name may be a month.",
            file=name,
            column=f"{PLACE} or {PLACE_NAME}",
            found=f"{place[1]} in the name: month {int(place[1])}"
            + (f", or {province_name}" if province_name else ""),
            expected="a column with the place of registration, or a name as export-2017-440000.csv",
            remedy="Export the query with the place of registration, or write six digits into the name.",
        )
    return place[1][:2]


def _check_heading(columns: Sequence[str], name: str) -> None:
    named = [column for column in columns if column]
    required = [COMMODITY, PARTNER]
    missing = [column for column in required if column not in named]
    amounts = [column for column in named if column in CURRENCY_OF_COLUMN]
    unknown = [column for column in named if column not in _KNOWN]
    twice = len(set(named)) != len(named)
    if missing or len(amounts) != 1 or unknown or twice:
        raise InputError(
            "The heading is not that of the customs query site.",
            file=name,
            row="line 1",
            column=", ".join(missing + unknown)
            or ("a name stands twice" if twice else " or ".join(CURRENCY_OF_COLUMN)),
            found=", ".join(columns)[:300] or "an empty line",
            expected=f"{COMMODITY}, {PARTNER}, {PLACE}, one of {' or '.join(CURRENCY_OF_COLUMN)}",
            remedy="Export the query again as CSV and put it in place unchanged.",
        )
