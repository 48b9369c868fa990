"""The same work on every runner: order, errors, lost workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster import Cluster, cluster
from work import die_always, die_once, refuse_three, square, worker_process

from flows.fan_out import RunnerUnusable, _certificates, fan_out, parse_runner
from warehouse.errors import InputError

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with cluster(tmp_path_factory.mktemp("dask")) as started:
        yield started


@pytest.fixture(params=["here", "processes:2", "dask"])
def runner(request: pytest.FixtureRequest) -> str:
    if request.param == "dask":
        return f"dask:{request.getfixturevalue('dask').address}"
    return str(request.param)


def test_results_come_in_the_order_of_the_items(runner: str) -> None:
    told: list[tuple[int, int]] = []
    items = list(range(7, -1, -1))
    results = fan_out(square, items, runner, told=lambda *seen: told.append(seen))
    assert results == [49, 36, 25, 16, 9, 4, 1, 0]
    assert told == [(done, 8) for done in range(1, 9)]
    assert fan_out(square, [], runner) == []


def test_the_work_is_done_where_it_was_asked_for(runner: str) -> None:
    processes = set(fan_out(worker_process, [1, 2, 3, 4], runner))
    assert (processes == {os.getpid()}) == (runner == "here")


def test_an_error_of_an_item_comes_back_whole(runner: str) -> None:
    with pytest.raises(InputError) as raised:
        fan_out(refuse_three, [1, 2, 3, 4], runner)
    assert raised.value.exit_code == 3
    assert raised.value.lines() == [
        "Three is refused.", "File: three.csv", "Row: 3", "What to do: Take another.",
    ]  # fmt: skip


def test_a_lost_process_is_replaced(tmp_path: Path) -> None:
    items = [str(tmp_path / "calm"), str(tmp_path / "deadly")]
    assert fan_out(die_once, items, "processes:1") == ["calm", "deadly"]
    with pytest.raises(RunnerUnusable, match="died again and again"):
        fan_out(die_always, [1], "processes:1")


def test_a_lost_worker_of_a_cluster_is_replaced(tmp_path: Path) -> None:
    with cluster(tmp_path) as own:
        items = [str(tmp_path / "calm"), str(tmp_path / "deadly"), str(tmp_path / "calm")]
        assert fan_out(die_once, items, f"dask:{own.address}") == ["calm", "deadly", "calm"]
        assert sorted(worker.poll() is None for worker in own.workers) == [False, True]


@pytest.mark.parametrize(
    "text", ["", "dask", "dask:", "processes:0", "processes:x", "ray:1", "here:1"]
)
def test_a_runner_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(RunnerUnusable, match="no runner"):
        parse_runner(text)


def test_a_scheduler_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.fan_out.CONNECT_SECONDS", 1)
    with pytest.raises(RunnerUnusable, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        fan_out(square, [1], "dask:tcp://127.0.0.1:9")


def test_a_cluster_on_slurm_is_encrypted_with_certificates_of_its_own(tmp_path: Path) -> None:
    import dask

    with dask.config.set({"jobqueue.slurm.shared-temp-directory": str(tmp_path)}):
        given = _certificates()
    assert given["protocol"] == "tls://"
    assert given["shared_temp_directory"] == str(tmp_path)
    assert given["security"].require_encryption
    again = _certificates()
    # Nobody who has seen one cluster's key can speak to another.
    assert given["security"].tls_worker_key != again["security"].tls_worker_key
    with dask.config.set({"distributed.comm.tls.ca-file": "/own/ca.pem"}):
        own = _certificates()
    assert own["security"].tls_ca_file == "/own/ca.pem"


def test_nobody_without_the_certificate_runs_work_on_an_encrypted_scheduler() -> None:
    from distributed import Client, LocalCluster
    from distributed.security import Security

    security = Security.temporary()
    options = {"n_workers": 1, "threads_per_worker": 1, "processes": False}
    with LocalCluster(
        protocol="tls://", security=security, dashboard_address="127.0.0.1:0", **options
    ) as cluster:
        with Client(cluster, security=security) as client:
            assert client.submit(square, 3).result(timeout=60) == 9
        for stranger in (None, Security.temporary()):
            address = cluster.scheduler_address
            tried = address if stranger else address.replace("tls://", "tcp://")
            with pytest.raises((OSError, TimeoutError, ValueError)):
                Client(tried, security=stranger, timeout="3s")


def test_a_scheduler_that_asks_nobody_is_named(
    dask: Cluster, capsys: pytest.CaptureFixture[str]
) -> None:
    fan_out(square, [2], f"dask:{dask.address}")
    said = capsys.readouterr().err
    assert f"{dask.address} is not encrypted" in said
    assert "every user, can run commands as you" in said
