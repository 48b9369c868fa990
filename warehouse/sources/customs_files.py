"""The customs query site's CSV files: their columns, and the direction, province and year that a name states."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import InputError
from warehouse.sources.base import broken, first_bytes, readable

MONTH, COMMODITY, PARTNER, REGIME, PLACE = (
    "数据年月",
    "商品编码",
    "贸易伙伴编码",
    "贸易方式编码",
    "注册地编码",
)
PLACE_NAME = "注册地名称"
CURRENCY_OF_COLUMN = {"人民币": "CNY", "美元": "USD"}
_KNOWN = {
    *(MONTH, COMMODITY, PARTNER, REGIME, PLACE, *CURRENCY_OF_COLUMN),
    *("商品名称", "贸易伙伴名称", "贸易方式名称", PLACE_NAME),
    *("第一数量", "第一计量单位", "第二数量", "第二计量单位"),
}
_EXPORT = re.compile(r"export|出口", re.IGNORECASE)
_IMPORT = re.compile(r"import|进口", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_PLACE_IN_NAME = re.compile(r"(?<!\d)20\d\d[-_](\d{2})(?!\d)")
_ENCODINGS = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Part:
    """One CSV file, on disk or inside an archive: its bytes are read when they are needed.

    columns: heading, in order.  flow: `export` or `import`.  currency: of the amounts.  year and
    division: what the file's name states, when no column does.
    """

    name: str
    path: Path
    member: str | None
    columns: tuple[str, ...]
    flow: str
    currency: str
    year: int | None
    division: str | None

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
        except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
            raise broken(self.path, "a zip archive of CSV files", error) from error

    def text(self) -> str:
        """The file decoded; needed only where names are read and not codes."""
        content = self.content()
        for encoding in _ENCODINGS:
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise InputError(
            "The file is neither UTF-8 nor GB18030.",
            file=self.name,
            found=repr(content[:20]),
            expected=" or ".join(_ENCODINGS),
            remedy="Export the query again as CSV and put it in place unchanged.",
        )


def parts_of(paths: Sequence[Path]) -> list[Part]:
    """All CSV files in the files, folders and archives, in order of their names.

    Raises InputError when a heading is not the query site's, or a name does not say export or import.
    """
    return [part for path in sorted(paths) for part in _parts(path)]


def heading_of(first: bytes) -> tuple[str, ...]:
    """The first line cut at commas, blanks, quotes and tabs taken off."""
    line = first.partition(b"\n")[0].rstrip(b"\r")
    for encoding in _ENCODINGS:
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            continue
        if COMMODITY in text or encoding == _ENCODINGS[-1]:
            return tuple(name.strip().strip('"').strip() for name in text.split(","))
    return ()


def is_customs(first: bytes) -> bool:
    """Whether a file begins with the query site's heading."""
    names = heading_of(first)
    return COMMODITY in names and any(name in CURRENCY_OF_COLUMN for name in names)


def _parts(path: Path) -> Iterator[Part]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            if file.is_file() and file.suffix.lower() in {".csv", ".zip"}:
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
            heads = {}
            for member in sorted(archive.namelist()):
                if member.lower().endswith(".csv"):
                    with archive.open(member) as stream:
                        heads[member] = stream.read(4096)
    except (zipfile.BadZipFile, OSError, EOFError, zlib.error) as error:
        raise broken(path, "a zip archive of CSV files", error) from error
    for member, head in heads.items():
        yield _part(f"{path}:{member}", path, member, head)


def _part(name: str, path: Path, member: str | None, head: bytes) -> Part:
    columns = heading_of(head)
    _check_heading(columns, name)
    words = f"{path.parent.name}/{path.name}/{member or ''}"
    own = member or path.name
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
    year = _YEAR.search(own)
    place = _PLACE_IN_NAME.search(own)
    return Part(
        name=name,
        path=path,
        member=member,
        columns=columns,
        flow="export" if is_export else "import",
        currency=next(CURRENCY_OF_COLUMN[c] for c in columns if c in CURRENCY_OF_COLUMN),
        year=int(year[1]) if year else None,
        division=place[1] if place and PLACE not in columns else None,
    )


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
