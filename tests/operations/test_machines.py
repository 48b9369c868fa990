"""Several editions on a cluster of separate processes: the same marts as one process makes."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import dask
import pytest
from cluster import REPOSITORY, cluster
from homes import make_home
from slurm import missing, slurm
from small_worker import small_steps

from flows.many import bring_in, compute_many
from warehouse.database import connect, fetch
from warehouse.errors import HomeLocked, UserFacingError
from warehouse.home import Home
from warehouse.locks import hold
from warehouse.parcel import Parcel, pack, unpack

pytestmark = pytest.mark.slow

EDITIONS = ["scenario-a", "scenario-b", "scenario-c", "open-2007"]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.run.all_steps", small_steps())


def home_with_editions(root: Path) -> Home:
    home = make_home(root)
    (root / "editions").mkdir()
    for number, name in enumerate(EDITIONS[:3]):
        (root / "editions" / f"{name}.yml").write_text(
            f"name: {name}\nextends: open-2007\nyear: {2007 + number}\n"
        )
    return home


def published(home: Home) -> str:
    return home.checksums_file.read_text()


@pytest.fixture
def alone(tmp_path: Path) -> Home:
    """What one process makes."""
    home = home_with_editions(tmp_path / "alone")
    assert compute_many(home, EDITIONS, say=lambda _: None) == EDITIONS
    return home


def test_a_cluster_that_loses_a_worker_makes_the_same_marts(
    tmp_path: Path, alone: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = home_with_editions(tmp_path / "home")
    wait = tmp_path / "wait"
    wait.touch()
    monkeypatch.setenv("SMALL_WAIT", str(wait))
    with cluster(tmp_path, preload="small_worker") as dask:

        def lose_a_worker() -> None:
            # Both workers are in the middle of an edition: their first step waits for the file to go.
            time.sleep(5)
            dask.workers[0].kill()
            wait.unlink()

        killer = threading.Thread(target=lose_a_worker)
        killer.start()
        said: list[str] = []
        assert compute_many(home, EDITIONS, f"dask:{dask.address}", say=said.append) == EDITIONS
        killer.join()
        assert sorted(worker.poll() is None for worker in dask.workers) == [False, True]
    assert said[0] == "4 of 4 editions to compute: scenario-a, scenario-b, scenario-c, open-2007"
    assert said[1:5] == [f"{number} of 4 computed" for number in range(1, 5)]
    assert published(home) == published(alone)
    # What workers made counts as made here.
    assert compute_many(home, EDITIONS, say=said.append) == []


def test_a_parcel_keeps_tables_views_and_comments(tmp_path: Path, alone: Home) -> None:
    working = alone.working_file("scenario-b", 2008)
    other = make_home(tmp_path / "other").working_file("scenario-b", 2008)
    unpack(pack(working), other)
    query = """
        select 'table', schema_name, table_name, comment, sql from duckdb_tables()
        union all select 'view', schema_name, view_name, comment, sql from duckdb_views() where not internal
        union all select 'column', schema_name, table_name || '.' || column_name, comment, data_type
        from duckdb_columns() where not internal order by all
    """
    found = []
    for path in (working.path, other.path):
        with connect(path, read_only=True) as connection:
            found.append(
                fetch(connection, query)
                + fetch(connection, "from marts.fct_output order by all")
                + fetch(connection, "from meta.step order by all")
            )
    assert found[0] == found[1]
    assert ("table", "marts", "fct_output", "Gross output.") in [row[:4] for row in found[0]]
    assert not list(other.path.parent.glob(".parcel-*"))


def test_views_of_a_parcel_may_read_one_another_whatever_their_names(tmp_path: Path) -> None:
    working = make_home(tmp_path / "home").working_file("open-2007", 2007)
    with connect(working.path) as connection:
        for statement in (
            "create schema a",
            "create schema b",
            "create table b.rows as select 7 as answer",
            "create view b.last as select answer from b.rows",
            "create view a.first as select answer from b.last",
        ):
            connection.execute(statement)
    other = make_home(tmp_path / "other").working_file("open-2007", 2007)
    unpack(pack(working), other)
    with connect(other.path, read_only=True) as connection:
        assert fetch(connection, "from a.first") == [(7,)]


def test_a_parcel_whose_view_reads_nothing_says_so(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    working = home.working_file("open-2007", 2007)
    files = {
        "schema.sql": b"create view main.lost as from nowhere;",
        "load.sql": b"",
        "comments.sql": b"",
    }
    with pytest.raises(UserFacingError, match="nowhere"):
        unpack(Parcel("open-2007", 2007, files), working)
    assert not working.path.exists()


def test_a_parcel_never_leaves_its_folder_and_waits_for_no_writer(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    working = home.working_file("open-2007", 2007)
    with pytest.raises(UserFacingError, match=r"\.\./outside"):
        unpack(Parcel("open-2007", 2007, {"../outside": b"x"}), working)
    assert not (tmp_path / "outside").exists()
    assert not working.path.exists()
    with hold(working.lock, working.name), pytest.raises(HomeLocked):
        bring_in(home, Parcel("open-2007", 2007, {}))


@pytest.mark.heavy
def test_slurm_runs_an_edition_by_the_same_path(
    tmp_path: Path, alone: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := missing():
        pytest.skip(f"no SLURM here: {reason}")
    home = home_with_editions(tmp_path / "home")
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY}{os.pathsep}{Path(__file__).parent}")
    monkeypatch.chdir(tmp_path)
    loopback = {
        "jobqueue.slurm.memory": "1GB",
        "jobqueue.slurm.scheduler-options": {"host": "127.0.0.1"},
        "jobqueue.slurm.worker-extra-args": ["--host", "127.0.0.1", "--preload", "small_worker", "--no-dashboard"],
    }  # fmt: skip
    with slurm() as environment, dask.config.set(loopback):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        said: list[str] = []
        assert compute_many(home, EDITIONS, "slurm:1", say=said.append) == EDITIONS
    assert "4 of 4 computed" in said
    assert published(home) == published(alone)
    # Each job left its log where it was submitted.
    assert list(tmp_path.glob("slurm-*.out"))
