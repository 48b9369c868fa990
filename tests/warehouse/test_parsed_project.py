"""What dbt has parsed is kept for every home, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warehouse import parsed_project
from warehouse.parsed_project import PARSED, borrow, lend


@pytest.fixture
def target(tmp_path: Path) -> Path:
    made = tmp_path / "home" / "target"
    made.mkdir(parents=True)
    (made / PARSED).write_bytes(b"parsed")
    return made


def test_another_home_finds_it_under_the_same_key_alone(target: Path, tmp_path: Path) -> None:
    kept, other = tmp_path / "kept", tmp_path / "other"
    assert not borrow("a", other, kept)
    lend("a", target, kept)
    assert not borrow("b", other, kept)
    assert borrow("a", other, kept)
    assert (other / PARSED).read_bytes() == b"parsed"


def test_the_newest_are_kept(target: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for number in range(20):
        lend(f"{number:02}", target, kept)
        os.utime(kept / f"{number:02}.msgpack", (number, number))
    lend("last", target, kept)
    found = sorted(path.stem for path in kept.iterdir())
    assert found == [*(f"{number:02}" for number in range(5, 20)), "last"]


def test_a_copy_that_fails_leaves_nothing(
    target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(parsed_project.shutil, "copyfileobj", full)
    kept = tmp_path / "kept"
    lend("a", target, kept)
    assert list(kept.iterdir()) == []
