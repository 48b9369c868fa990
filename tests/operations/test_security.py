"""Hostile names, packed bombs, no pickles, no telemetry, loopback alone, readers who only read."""

from __future__ import annotations

import ast
import gzip
import io
import os
import tarfile
import zipfile
from pathlib import Path

import duckdb
import pytest
from homes import make_home, make_working

from flows.run import context_of
from flows.steps import load
from service.access import Access
from service.serve import LOOPBACK, TELEMETRY_OFF, environment_of
from service.watch import waiting_for, watch_once
from warehouse import archives, landing
from warehouse.database import connect, fetch
from warehouse.edition import PACKAGE, load_edition
from warehouse.errors import EditionError, InputError
from warehouse.home import locate, prepare
from warehouse.publish import publish
from warehouse.published import open_published
from warehouse.releases import compare, kept_release

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
TABLE = PACKAGE / "bundled" / "open_2007" / "export_total.parquet"
HOSTILE = [
    "x'; drop table raw.export_total; --.parquet",
    "y\"; attach 'pwned.duckdb'; --.parquet",
    "$(touch pwned) `touch pwned`; touch pwned.parquet",
    "{{ 7 * 7 }} %s \n -rf *.parquet",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_name_is_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    folder = home.landing / "open-2007" / "export_total"
    folder.mkdir(parents=True)
    (folder / name).write_bytes(TABLE.read_bytes())
    heard: list[str] = []
    watch_once(home, lambda arrival: heard.append(arrival.edition), wait=lambda _: None)
    assert heard == ["open-2007"]
    edition = load_edition("open-2007", tmp_path)
    # The small roles are enough: a name goes the same way for all of them.
    roles = {role: edition.roles[role] for role in ("export_total", "sector_emission")}
    context = context_of(edition.model_copy(update={"roles": roles}), home)
    with connect(context.working.path) as connection:
        connection.execute("create schema raw")
    load(context)
    with connect(context.working.path, read_only=True) as connection:
        stored = fetch(
            connection, "select file_name from raw.provenance where role = 'export_total'"
        )
        assert stored == [(name,)]
        assert fetch(connection, "select count(*) from raw.export_total") == [(60,)]
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith("pwned")]


def test_a_hostile_home_is_a_folder(tmp_path: Path) -> None:
    home = make_home(tmp_path / 'o\'brien "x"; drop schema marts; --')
    publish(home, make_working(home, "open-2007", 2007))
    publish(home, make_working(home, "open-2007", 2007, factor=2.0))
    (change,) = compare(kept_release(home, 1), kept_release(home, 2))
    assert change.value_after == 42.0
    with open_published(home) as connection:
        assert fetch(connection, "select count(*) from fct_emission_inventory") == [(24,)]


def test_a_hostile_folder_in_landing_is_no_edition(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    name = "open-2007'; drop table x; --"
    (home.landing / name / "global_table").mkdir(parents=True)
    assert waiting_for(home) == [f"landing/{name!r} is not an edition"]
    with pytest.raises(EditionError):
        load_edition("../../etc/passwd", tmp_path)


def test_readers_cannot_write(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    publish(home, make_working(home, "open-2007", 2007))
    with (
        open_published(home) as connection,
        pytest.raises(duckdb.InvalidInputException, match="read-only"),
    ):
        connection.execute("delete from marts.fct_share")


def bomb(path: Path, size: int) -> Path:
    with gzip.open(path, "wb", compresslevel=9) as stream:
        for _ in range(size // 1_000_000):
            stream.write(bytes(1_000_000))
    return path


def test_a_packed_file_that_becomes_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "HARMLESS_BYTES", 2_000_000)
    folder = tmp_path / "landing" / "open-2007" / "sector_emission"
    folder.mkdir(parents=True)
    path = bomb(folder / "reas.tar.gz", 20_000_000)
    edition = load_edition("open-2007", tmp_path)
    with pytest.raises(InputError, match="becomes far too large") as raised:
        landing.resolve_role(edition, "sector_emission", tmp_path)
    assert raised.value.file == str(path)
    # It was left at the limit, not read to its end.
    assert int(str(raised.value.found).split()[2].replace(",", "")) < 20_000_000
    path.unlink()
    book = folder / "book.xlsx"
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("sheet.xml", bytes(20_000_000))
    with pytest.raises(InputError, match="becomes far too large"):
        landing.resolve_role(edition, "sector_emission", tmp_path)


@pytest.mark.parametrize(
    "name", ["../outside.csv", "/etc/outside.csv", "a/../../outside.csv", "..\\x"]
)
def test_an_archive_whose_files_would_lie_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "data.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "x")
    with pytest.raises(InputError, match="outside its folder") as raised:
        archives.refuse_bombs(path)
    assert raised.value.found is not None


def test_honest_archives_pass(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "data.tar.gz", "w:gz") as archive:
        content = os.urandom(100_000)
        member = tarfile.TarInfo("data.csv")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as book:
        book.writestr("folder/data.csv", "x")
    (tmp_path / "half.gz").write_bytes(gzip.compress(os.urandom(1000))[:300])
    archives.refuse_bombs(tmp_path)


LOADS_PICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "shelve", "marshal"}


def test_no_code_of_ours_loads_a_pickle() -> None:
    looked_at = 0
    for room in ("compute", "warehouse", "flows", "expectations", "atlas", "synth"):
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            looked_at += 1
            for node in ast.walk(ast.parse(path.read_text())):
                assert not (imported(node) & LOADS_PICKLES), path
                if isinstance(node, ast.Call):
                    words = {
                        word.arg for word in node.keywords if ast.unparse(word.value) != "False"
                    }
                    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                    assert "allow_pickle" not in words, path
                    assert name != "read_pickle", path
                    assert ast.unparse(node.func) != "joblib.load", path
    assert looked_at > 100


def imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        return {node.module.split(".")[0]}
    return set()


def test_what_is_served_stays_on_loopback_without_telemetry(tmp_path: Path) -> None:
    environment = environment_of(locate(tmp_path), Access("http://127.0.0.1:4200/api"))
    assert LOOPBACK == "127.0.0.1"
    assert environment["PREFECT_SERVER_API_HOST"] == LOOPBACK
    assert environment["PREFECT_RESULTS_DEFAULT_SERIALIZER"] == "json"
    assert set(TELEMETRY_OFF.items()) <= set(environment.items())
    for switch in (
        "DO_NOT_TRACK",
        "PREFECT_SERVER_ANALYTICS_ENABLED",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS",
        "DBT_SEND_ANONYMOUS_USAGE_STATS",
        "GX_ANALYTICS_ENABLED",
    ):
        assert environment[switch] in ("1", "false")
