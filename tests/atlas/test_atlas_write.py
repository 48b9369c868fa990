"""Writing the atlas: whole or not at all, the same each time, from the published file alone."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

import atlas.write
from atlas.pages import PAGES
from atlas.write import DICTIONARY, folder_of, is_written, write_atlas
from tests.atlas.made_up import FULL, NASTY, OBSERVED, PLAIN
from tests.commands import tradeplume
from warehouse.errors import HomeUnusable, NotPublished
from warehouse.home import Home

REPOSITORY = Path(__file__).parents[2]
FOLDERS = {f"{FULL}-2007", f"{PLAIN}-2007", f"{OBSERVED}-2018"}


@pytest.fixture
def own(home: Home, tmp_path: Path) -> Home:
    """A copy of the home to write to."""
    shutil.copytree(home.root, tmp_path / "home")
    return Home(tmp_path / "home")


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(home: Home) -> list[Path]:
    return list(home.published.glob(".atlas.*"))


def test_every_edition_has_every_page_and_an_index(home: Home) -> None:
    place = folder_of(home)
    pages = {path.relative_to(place).as_posix() for path in place.rglob("*.html")}
    assert pages == {
        "index.html",
        *(f"{folder}/{page.name}.html" for folder in FOLDERS for page in PAGES),
    }
    assert is_written(home)


def test_the_same_release_gives_the_same_bytes(own: Home) -> None:
    before = content(folder_of(own))
    shutil.rmtree(folder_of(own))
    assert write_atlas(own).kept == ()
    assert content(folder_of(own)) == before


def test_editions_that_did_not_change_keep_their_pages(own: Home) -> None:
    before = content(folder_of(own))
    with duckdb.connect(str(own.published_file)) as connection:
        connection.execute("update meta.release set fingerprint = 'new' where edition = ?", [PLAIN])
        connection.execute("delete from marts.fct_province_transfer where edition = ?", [PLAIN])
    assert not is_written(own)
    assert set(write_atlas(own).kept) == FOLDERS - {f"{PLAIN}-2007"}
    after = content(folder_of(own))
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {"made.json", "index.html", *(n for n in changed if n.startswith(PLAIN))}
    assert f"{PLAIN}-2007/supply_chains.html" in changed
    assert f"{PLAIN}-2007/data/transfers.js" not in after
    assert is_written(own)


def test_a_page_without_data_says_so(home: Home) -> None:
    place = folder_of(home)
    for folder, page in ((f"{FULL}-2007", "air_quality"), (f"{OBSERVED}-2018", "consumers")):
        text = (place / folder / f"{page}.html").read_text()
        assert "This edition holds no data for this question." in text
        assert 'data-present="yes"' not in text
        figures = next(each for each in PAGES if each.name == page).figures
        assert text.count('data-present="no"') == len(figures)
        assert text.count('id="lacking-title"') == 1
    trust = (place / f"{FULL}-2007" / "trust.html").read_text()
    assert "This release has no mart fct_release_change yet." in trust
    assert "differ by construction" in trust


def test_nothing_is_asked_of_the_net(home: Home) -> None:
    asked = {
        path.name: found
        for path in folder_of(home).rglob("*")
        if path.suffix in (".html", ".css")
        or path.name in ("atlas.js", "base.js", "chains.js", "words.js")
        if (
            found := re.findall(
                r"""(?:src|href)\s*=\s*["']https?:|url\(|fetch\(|@import""", path.read_text()
            )
        )
    }
    assert asked == {}


def test_text_of_the_data_cannot_become_markup(home: Home) -> None:
    place = folder_of(home) / f"{FULL}-2007"
    assert NASTY not in (place / "data" / "published.js").read_text()
    assert r"<\/script><b>bold?" in (place / "data" / "published.js").read_text()


def test_the_published_file_is_only_read(own: Home) -> None:
    before = own.published_file.read_bytes()
    shutil.rmtree(folder_of(own))
    write_atlas(own)
    assert own.published_file.read_bytes() == before


def test_a_failed_atlas_leaves_the_old_one(own: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    before = content(folder_of(own))
    with duckdb.connect(str(own.published_file)) as connection:
        connection.execute("update meta.release set fingerprint = 'new'")

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atlas.write, "write_index", fails)
    with pytest.raises(HomeUnusable, match="No space left on device"):
        write_atlas(own)
    assert content(folder_of(own)) == before
    assert leftovers(own) == []


def test_a_folder_that_cannot_be_moved_leaves_the_old_one(
    own: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(folder_of(own))
    move = Path.rename

    def fails(path: Path, target: Path) -> Path:
        if target == folder_of(own) and path.suffix != ".old":
            raise OSError(13, "Permission denied")
        return move(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    # As on a system where two folders cannot change places in one step.
    monkeypatch.setattr("atlas.write.exchange", lambda *_: False)
    with pytest.raises(HomeUnusable):
        write_atlas(own)
    assert content(folder_of(own)) == before


def test_what_a_killed_attempt_left_is_cleared_and_brought_back(own: Home) -> None:
    before = content(folder_of(own))
    folder_of(own).rename(own.published / ".atlas.1.old")
    (own.published / ".atlas.1").mkdir()
    assert not is_written(own)
    assert set(write_atlas(own).kept) == FOLDERS
    assert content(folder_of(own)) == before
    assert leftovers(own) == []


def test_without_a_release_there_is_no_atlas(tmp_path: Path) -> None:
    with pytest.raises(NotPublished):
        write_atlas(Home(tmp_path))


def test_the_command_writes_what_is_missing_and_says_where(own: Home) -> None:
    shutil.rmtree(folder_of(own))
    shown = tradeplume(own.root, "atlas", "--no-open")
    assert f"{1 + len(FOLDERS) * len(PAGES)} pages" in shown
    assert shown.splitlines()[-1] == str(folder_of(own) / "index.html")
    assert tradeplume(own.root, "atlas", "--no-open").splitlines() == [
        str(folder_of(own) / "index.html")
    ]


def test_without_a_screen_the_command_prints_the_path(own: Home) -> None:
    shown = tradeplume(own.root, "atlas", DISPLAY="", WAYLAND_DISPLAY="")
    assert str(folder_of(own) / "index.html") in shown
    if sys.platform == "linux":
        assert "open this file" in shown


def test_the_index_links_the_data_dictionary_once_it_is_there(own: Home) -> None:
    write_atlas(own)
    index = folder_of(own) / "index.html"
    assert "tradeplume dictionary" in index.read_text(encoding="utf-8")
    assert "dictionary.html" not in index.read_text(encoding="utf-8")
    (own.published / DICTIONARY).write_text("<html></html>", encoding="utf-8")
    write_atlas(own)
    assert 'href="../dictionary.html"' in index.read_text(encoding="utf-8")


def test_the_bundled_plotly_is_the_packages_and_what_its_record_says() -> None:
    from plotly.offline import get_plotlyjs_version

    assets = Path(atlas.write.__file__).parent / "assets"
    bundle = (assets / "plotly-atlas.min.js").read_bytes()
    record = yaml.safe_load((assets / "SOURCES.yml").read_text(encoding="utf-8"))
    (source,) = record["plotly-atlas.min.js"]["sources"]
    assert source["sha256"] == hashlib.sha256(bundle).hexdigest()
    assert bundle.startswith(f"/* plotly.js {get_plotlyjs_version()}, MIT".encode())
    assert f'"{get_plotlyjs_version()}"'.encode() in bundle
