"""What a file is, by its bytes: the name may say something else. The errors for files that are something else."""

from __future__ import annotations

import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from warehouse.errors import InputError

# (first bytes, kind), the longer first where one begins as another.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"CDF", "netcdf"),
    (b"\x89HDF", "netcdf"),
    (b"GRIB", "grib"),
    (b"\x0e\x03\x13\x01", "hdf4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"version https://git-lfs.", "pointer"),
    (b"[InternetShortcut]", "shortcut"),
    (b"MIME-Version:", "mhtml"),
    (b"\x00\x05\x16\x07", "appledouble"),
    (b"\xff\xfe", "utf16"),
    (b"\xfe\xff", "utf16"),
)
_NAME: Mapping[str, str] = MappingProxyType(
    {
        "zip": "a ZIP archive",
        "xlsx": "an Excel workbook (.xlsx)",
        "xls": "an Excel workbook (.xls)",
        "xlsb": "a binary Excel workbook (.xlsb)",
        "locked": "a workbook that a password protects",
        "ods": "an OpenDocument spreadsheet (.ods)",
        "docx": "a Word document",
        "parquet": "a Parquet file",
        "pdf": "a PDF document",
        "gzip": "a file packed with gzip",
        "bzip2": "a file packed with bzip2",
        "xz": "a file packed with xz",
        "rar": "a RAR archive",
        "7z": "a 7-Zip archive",
        "zstd": "a file packed with Zstandard",
        "netcdf": "a NetCDF or HDF5 file",
        "hdf4": "an HDF4 file",
        "grib": "a GRIB file",
        "pointer": "a pointer of Git LFS, not the file itself",
        "shortcut": "a link to a web page",
        "json": "a JSON document",
        "mhtml": "a web page (MHTML)",
        "appledouble": "a companion file of macOS (AppleDouble), which holds no figures",
        "html": "a web page (HTML)",
        "xml": "an XML document",
        "utf16": "text in UTF-16",
    }
)
_REMEDY: Mapping[str, str] = MappingProxyType(
    {
        "html": (
            "If a browser shows the table, open the file in Excel and save it as .xlsx or CSV."
            " If a browser shows a login or an error page, download the file again."
        ),
        "xml": "Open the file in Excel and save it as .xlsx or CSV.",
        "appledouble": "Remove it; the file without the leading ._ is the table.",
        "mhtml": "Open the file in Excel and save it as .xlsx or CSV.",
        "xlsb": "Open the workbook in Excel and save it as .xlsx.",
        "ods": "Open the table in LibreOffice or Excel and save it as .xlsx or CSV.",
        "locked": "Open the workbook in Excel, remove the password, and save it.",
        "docx": "Get the table itself, as a workbook or CSV.",
        "pdf": "Get the table itself, as a workbook or CSV.",
        "json": "Write the table as CSV. If the text tells of an error or a login, download the file again.",
        "pointer": "Fetch the file itself: `git lfs pull`, or download it from the web page.",
        "shortcut": "Download the file that the link leads to.",
        "grib": "Download as NetCDF, or convert it: `cdo -f nc4 copy in.grib out.nc`.",
        "hdf4": "Convert it to NetCDF, or get the table itself.",
        "utf16": "Save the file as CSV in UTF-8.",
        "xlsx": "Give the file the suffix .xlsx, or save the sheet in the expected format.",
        "xls": "Open the workbook in Excel and save it in the expected format.",
        "parquet": "Give the file the suffix .parquet.",
        "netcdf": "Put the file into the folder of the role that it belongs to.",
    }
)
_JSON = re.compile(rb'[\[{]\s*["{\[]')
# Excel wraps a workbook with a password in a container of the old kind, with a stream of this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIRECTORY_BYTES = 1 << 20
_UNPACK = "Unpack it, and put the files that it holds into the folder."
_EXPECTED: tuple[tuple[str, frozenset[str]], ...] = (
    ("(.xlsx)", frozenset({"xlsx", "zip"})),
    ("(.xls)", frozenset({"xls"})),
    ("workbook", frozenset({"xlsx", "xls", "zip"})),
    ("Parquet", frozenset({"parquet"})),
    ("NetCDF", frozenset({"netcdf"})),
    ("zip", frozenset({"zip", "xlsx"})),
    ("gz", frozenset({"gzip"})),
    ("tar", frozenset({"gzip", "bzip2", "xz"})),
    ("R data", frozenset({"gzip", "bzip2", "xz"})),
    ("R workspace", frozenset({"gzip", "bzip2", "xz"})),
    ("header array", frozenset()),
    ("CSV", frozenset()),
    ("text", frozenset()),
    ("grid", frozenset()),
    ("JSON", frozenset({"json"})),
)
"""Words of what a reader expected, and the kinds that it may be: a file of such a kind is a damaged one."""


UNPACKING = (
    OSError,
    EOFError,
    RuntimeError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
)
"""What reading gzip, bzip2, xz, ZIP and tar raises of a damaged file.

Of a member with a password it is a RuntimeError, of a method that Python does not know a NotImplementedError."""


def first_bytes(path: Path, count: int = 4096) -> bytes:
    """The first bytes of a file; empty when it cannot be read."""
    try:
        with path.open("rb") as stream:
            return stream.read(count)
    except OSError:
        return b""


def kind_of(path: Path) -> str | None:
    """The kind of a file by its first bytes (``html``, ``zip``, ``xlsx``, ``utf16`` ...); None for plain text."""
    head = first_bytes(path, 1024)
    kind = next((name for magic, name in _MAGIC if head.startswith(magic)), None)
    if kind == "zip":
        return _kind_of_zip(path)
    if kind == "xls" and _ENCRYPTED in first_bytes(path, _DIRECTORY_BYTES):
        return "locked"
    if kind is not None:
        return kind
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<table", b"<body", b"<meta")):
        return "html"
    if text.startswith(b"<?xml"):
        return "html" if b"<html" in text else "xml"
    return "json" if _JSON.match(text) else None


def described(kind: str) -> str:
    """A kind in words, with its article."""
    return _NAME[kind]


def remedy_for(kind: str) -> str:
    """What to do with a file that is of this kind where another one is expected."""
    return _REMEDY.get(kind, _UNPACK)


def readable(path: Path) -> Path:
    """The path itself when it is a file with bytes that may be read; otherwise InputError."""
    if not path.is_file():
        raise InputError(
            "The file does not exist.",
            file=path,
            found="a folder" if path.is_dir() else "nothing",
            expected="a file",
            remedy="Put the file in place, or correct the edition.",
        )
    if path.stat().st_size == 0:
        raise InputError(
            "The file is empty.",
            file=path,
            found="0 bytes",
            expected="the publisher's file",
            remedy="Copy or download the file again.",
        )
    return path


def broken(path: Path, kind: str, error: Exception) -> InputError:
    """The error for a file that its format's library cannot open.

    kind: what the reader expected, in words.  A sound file of another kind is named as that.
    """
    really = kind_of(path)
    if really is not None and really not in _expected(kind):
        return InputError(
            f"The file is {described(really)}, whatever its name says.",
            file=path,
            found=described(really),
            expected=kind,
            remedy=remedy_for(really),
        )
    return InputError(
        f"The file cannot be read as {kind}; it is damaged or of another kind.",
        file=path,
        found=f"{type(error).__name__}: {error}".splitlines()[0][:200],
        expected=kind,
        remedy="Copy or download the file again.",
    )


def _expected(kind: str) -> frozenset[str]:
    """The kinds that an expectation names; every kind for one that names none, so that nothing is claimed."""
    words = [word for word, _ in _EXPECTED if word.casefold() in kind.casefold()]
    if "(.xls" in kind:  # the text names which of the two workbooks
        words = [word for word in words if word != "workbook"]
    named = [kinds for word, kinds in _EXPECTED if word in words]
    return frozenset().union(*named) if named else frozenset(_NAME)


def _kind_of_zip(path: Path) -> str:
    """An office document by the names that it packs; `zip` for every other archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype"):
                return "ods"
    except UNPACKING:
        return "zip"
    if "[Content_Types].xml" not in names:
        return "zip"
    if "xl/workbook.bin" in names:
        return "xlsb"
    return "docx" if any(name.startswith("word/") for name in names) else "xlsx"


def is_litter(path: Path) -> bool:
    """Whether a file is one that systems leave beside files: hidden, of macOS, of Windows, or a lock of Office."""
    return (
        path.name.startswith((".", "~$"))
        or "__MACOSX" in path.parts
        or path.name.casefold() in {"thumbs.db", "desktop.ini"}
    )


_NOTICES = frozenset({"readme", "license", "licence", "copying", "说明", "使用说明"})
_NOTICE_SUFFIXES = frozenset(
    {"", ".txt", ".md", ".rst", ".pdf", ".htm", ".html", ".doc", ".docx", ".rtf"}
)


def is_notice(path: Path) -> bool:
    """Whether a file tells of the files beside it: a read-me or a licence, by its name."""
    name = "".join(letter for letter in path.stem.casefold() if letter.isalnum())
    return name in _NOTICES and path.suffix.lower() in _NOTICE_SUFFIXES


def files_in(path: Path, suffixes: frozenset[str]) -> list[Path]:
    """The file itself, or the files of a folder with one of the suffixes (lower case); sorted.

    Litter and read-me files are left out.
    """
    inside = sorted(path.rglob("*")) if path.is_dir() else [path]
    return [
        file
        for file in inside
        if file.suffix.lower() in suffixes
        and not file.is_dir()
        and not is_litter(file)
        and not is_notice(file)
    ]
