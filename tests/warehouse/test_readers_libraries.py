"""What a reader's library raises of a damaged file reaches the user as an error of that file."""

from __future__ import annotations

import random
import shutil
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from service.retries import is_outside
from warehouse import landing, role_reading
from warehouse.edition import PACKAGE, load_edition
from warehouse.errors import InputError, UserFacingError
from warehouse.sources import READERS

TABLE = PACKAGE / "bundled" / "open_2007" / "export_total.parquet"
WORKBOOK = "economy/zhangda_provIO_2007/ChinaIO.xls"


@pytest.mark.parametrize(
    "error",
    [
        struct.error("unpack requires a buffer of 8 bytes"),
        AssertionError(),
        IndexError("list index out of range"),
        zlib.error("Error -3"),
        RuntimeError("NetCDF: HDF error"),
        OSError(5, "Input/output error"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_no_error_of_a_library_comes_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    folder = tmp_path / "landing" / "open-2007" / "export_total"
    folder.mkdir(parents=True)
    own = Path(shutil.copy(TABLE, folder / "own.parquet"))
    found = landing.resolve_role(load_edition("open-2007", tmp_path), "export_total", tmp_path)
    assert found is not None
    name = found.sources[0].reader

    def read(_files: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
        raise error

    monkeypatch.setattr(
        role_reading, "READERS", {**READERS, name: replace(READERS[name], read=read)}
    )
    with pytest.raises(InputError, match=f"Reader {name} stumbled") as raised:
        role_reading.read_role(found)
    assert raised.value.file == str(own)
    assert type(error).__name__ in str(raised.value.found)
    assert raised.value.__cause__ is error
    # A disk that fails may be well again; a damaged file stays damaged.
    assert is_outside(raised.value) == isinstance(error, OSError)


def test_an_error_of_a_bundled_file_is_the_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = landing.resolve_role(load_edition("open-2007", tmp_path), "export_total", tmp_path)
    assert found is not None
    name = found.sources[0].reader

    def read(_files: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
        raise KeyError("ours")

    monkeypatch.setattr(
        role_reading, "READERS", {**READERS, name: replace(READERS[name], read=read)}
    )
    with pytest.raises(KeyError, match="ours"):
        role_reading.read_role(found)


def test_a_damaged_workbook_never_raises_anything_else(
    tmp_path: Path, shared_data: Callable[[str], Path]
) -> None:
    """Three of 63 damaged .xls ended with struct.error when it was tried in November 2026."""
    content = shared_data(WORKBOOK).read_bytes()
    chance = random.Random(20261130)
    reader = READERS["provincial_io_2007"]
    refused = 0
    for number in range(24):
        broken = bytearray(content)
        if number % 3 == 0:
            broken = broken[: chance.randrange(512, len(broken))]
        else:
            for _ in range(200 if number % 3 == 1 else 2000):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
        path = tmp_path / "ChinaIO.xls"
        path.write_bytes(broken)
        try:
            reader.read([path], "provincial_table", 2007)
        except UserFacingError:
            refused += 1
    assert refused >= 20
