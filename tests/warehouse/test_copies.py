"""Copies that share nothing a writer could reach, and folders that change places without a gap."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from warehouse import copies
from warehouse.copies import copy_apart, exchange, forbid_writing, sha256_of


def test_writing_to_a_copy_leaves_the_original(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(os.urandom(9_000_000))
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    copy_apart(source, target)
    assert sha256_of(target) == sha256_of(source) == before
    with target.open("r+b") as stream:
        stream.write(b"other")
    assert sha256_of(source) == before
    assert sha256_of(target) != before  # a changed file is read again
    with pytest.raises(FileExistsError):
        copy_apart(source, target)


def test_a_clone_that_the_disk_refuses_is_a_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copies, "_cloned", lambda *_: False)
    (tmp_path / "source").write_bytes(b"content")
    copy_apart(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b"content"


def test_who_could_read_can_read_and_nobody_can_write(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.touch()
    path.chmod(0o640)
    forbid_writing(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o440


@pytest.mark.skipif(sys.platform != "linux", reason="renameat2 is Linux's")
def test_a_folder_is_there_at_every_moment(tmp_path: Path) -> None:
    place, draft = tmp_path / "place", tmp_path / "draft"
    for folder in (place, draft):
        folder.mkdir()
        (folder / "index.html").write_text(folder.name)
    if not exchange(draft, place):
        kind = subprocess.run(["stat", "-f", "-c", "%T", tmp_path], capture_output=True, text=True)
        pytest.skip(f"not on this file system: {kind.stdout.strip()}")
    assert (place / "index.html").read_text() == "draft"
    missed, done = [], threading.Event()

    def look() -> None:
        while not done.is_set():
            if not (place / "index.html").exists():
                missed.append(1)

    reader = threading.Thread(target=look)
    reader.start()
    for _ in range(500):
        assert exchange(draft, place)
    done.set()
    reader.join()
    assert missed == []
    assert not exchange(tmp_path / "nothing", place)
