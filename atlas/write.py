"""The atlas of a home: written aside from the published file, then moved into place."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from atlas.front import front_of
from atlas.site import Edition, editions, write_assets, write_edition, write_index
from warehouse.copies import exchange
from warehouse.errors import NotPublished
from warehouse.home import Home, unusable
from warehouse.locks import hold
from warehouse.published import open_published

_RECORD = "made.json"
_PATIENCE_SECONDS = 600.0
_CODE = Path(__file__).parent


@dataclass(frozen=True)
class Atlas:
    """A written atlas. kept: editions whose pages were taken over unchanged."""

    index: Path
    pages: int
    bytes: int
    kept: tuple[str, ...]

    def lines(self) -> tuple[str, ...]:
        """The atlas in words."""
        kept = f", unchanged: {', '.join(self.kept)}" if self.kept else ""
        return (f"{self.index}: {self.pages} pages, {self.bytes / 1e6:.1f} MB{kept}",)


DICTIONARY = "dictionary.html"
"""The data dictionary beside the published file; `tradeplume dictionary` writes it."""
DOCUMENTATION = "docs"
"""The folder of the documentation beside the published file."""
SITE = Path(__file__).resolve().parents[1] / "site"
"""The documentation as `make docs` builds it, in a checkout and in a wheel."""


def folder_of(home: Home) -> Path:
    """Where the atlas of a home lies."""
    return home.published / "atlas"


def write_atlas(home: Home) -> Atlas:
    """Write the atlas of what is published; the one that was there stays whole until the new one is.

    An edition that has not changed since keeps its pages. The same release gives the same bytes.
    Raises NotPublished, HomeUnusable, HomeLocked; the published file is only read.
    """
    if not home.published_file.exists():
        raise NotPublished(
            f"Nothing is published yet: {home.published_file} does not exist.",
            remedy="Run `tradeplume run` first.",
        )
    place = folder_of(home)
    draft = home.published / f".atlas.{os.getpid()}"
    with hold(home.publish_lock, "Writing the atlas", wait_seconds=_PATIENCE_SECONDS):
        _clear(home)
        try:
            kept = _fill(home, draft, before=place)
            _swap(draft, place)
        except OSError as error:
            raise unusable(home.published, error.strerror or str(error)) from error
        finally:
            _clear(home)
    files = [path for path in place.rglob("*") if path.is_file()]
    pages = sum(path.suffix == ".html" for path in files)
    return Atlas(place / "index.html", pages, sum(path.stat().st_size for path in files), kept)


def is_written(home: Home) -> bool:
    """Whether the atlas in place shows what is published now, as the code is now."""
    place = folder_of(home)
    if not (home.published_file.exists() and (place / "index.html").exists()):
        return False
    with open_published(home) as connection:
        keys = {edition.folder: _key(edition) for edition in editions(connection)}
    return {name: key for name, (key, _) in _record(place).items()} == keys


def _fill(home: Home, draft: Path, before: Path) -> tuple[str, ...]:
    """Write all pages into a new folder; returns the editions whose pages were taken over."""
    recorded = _record(before)
    record: dict[str, tuple[str, Mapping[str, int]]] = {}
    found: dict[Edition, Mapping[str, int]] = {}
    kept: list[str] = []
    write_assets(draft)
    # One thread: sums of doubles come out the same to the last bit.
    with open_published(home, repeatable=True) as connection:
        for edition in editions(connection):
            key = _key(edition)
            old_key, counts = recorded.get(edition.folder, ("", {}))
            if old_key == key and (before / edition.folder).is_dir():
                shutil.copytree(before / edition.folder, draft / edition.folder)
                kept.append(edition.folder)
            else:
                counts = write_edition(connection, edition, draft / edition.folder)
            record[edition.folder], found[edition] = (key, counts), counts
        front = front_of(connection, list(found))
    dictionary = f"../{DICTIONARY}" if (home.published / DICTIONARY).exists() else None
    write_index(found, draft, dictionary, front, _documentation(home))
    text = json.dumps(record, indent=1, sort_keys=True)
    (draft / _RECORD).write_text(text + "\n", encoding="utf-8")
    return tuple(kept)


def _documentation(home: Home) -> str | None:
    """The documentation beside the atlas, as a link; the built site is copied there. None without one."""
    place = home.published / DOCUMENTATION
    built = SITE / "index.html"
    there = place / "index.html"
    if built.exists() and not (there.exists() and there.read_bytes() == built.read_bytes()):
        draft = home.published / f".{DOCUMENTATION}.{os.getpid()}"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(SITE, draft)
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    return f"../{DOCUMENTATION}/index.html" if there.exists() else None


def _swap(draft: Path, place: Path) -> None:
    """Put the new folder in the place of the old one, in one step where the system can.

    Elsewhere in two, between which the folder is missing; the old one comes back if the second fails.
    """
    if place.exists() and exchange(draft, place):
        return
    old = draft.with_name(f"{draft.name}.old")
    if place.exists():
        place.rename(old)
    try:
        draft.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


def _clear(home: Home) -> None:
    """Remove what a killed attempt left; the lock is ours. A folder moved away by it comes back."""
    place = folder_of(home)
    for leftover in sorted(home.published.glob(".atlas.*")):
        if leftover.suffix == ".old" and not place.exists():
            leftover.rename(place)
        else:
            shutil.rmtree(leftover, ignore_errors=True)


def _record(place: Path) -> dict[str, tuple[str, Mapping[str, int]]]:
    """What the atlas in place was made from; nothing when it does not say so."""
    try:
        content = json.loads((place / _RECORD).read_text(encoding="utf-8"))
        return {
            str(name): (str(key), {str(k): int(v) for k, v in counts.items()})
            for name, (key, counts) in content.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def _key(edition: Edition) -> str:
    """What the pages of an edition are made from: its run, and the code, queries and Plotly that draw it."""
    return hashlib.sha256(f"{edition.fingerprint} {_code_checksum()}".encode()).hexdigest()


@cache
def _code_checksum() -> str:
    total = hashlib.sha256(version("plotly").encode())
    for path in sorted(_CODE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            total.update(path.relative_to(_CODE).as_posix().encode())
            total.update(path.read_bytes())
    return total.hexdigest()
