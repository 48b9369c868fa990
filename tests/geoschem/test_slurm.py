"""Job scripts: their text, and a real SLURM of one node on loopback where Debian's packages are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from compute.atmosphere.geoschem.schedule import Plan, build_schedule
from geoschem.layout import Campaign, write_json
from geoschem.runner import complete_keys
from geoschem.slurm import (
    SlurmOptions,
    SlurmRefused,
    in_queue,
    script,
    stage_dependencies,
    stages,
    submit,
    submitted,
    tried,
    write_scripts,
)
from tests.geoschem.test_rehearsal import campaign_in
from warehouse.home import Home

NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue")
SEGMENTS = build_schedule(("Base", "I_EX"), Plan(2017, (1,), 1, 5))
OPTIONS = SlurmOptions(cores=1, memory_gb=0.2, hours=0.1)


def test_an_array_over_scenarios_for_each_stage(tmp_path: Path) -> None:
    by_stage = stages(SEGMENTS)
    assert len(by_stage) == 5
    options = SlurmOptions(24, 40, 30.5, ("--partition=long",))
    text = script(by_stage["nested/20170101-20170201"], Campaign(tmp_path), options)
    for line in (
        "#SBATCH --array=0-1",
        "#SBATCH --cpus-per-task=24",
        "#SBATCH --mem=40000M",
        "#SBATCH --time=1-06:30:00",
        "#SBATCH --partition=long",
        "#SBATCH --kill-on-invalid-dep=yes",
        "ulimit -s unlimited || true",
        f"  {tmp_path}/runs/Base/nested/20170101-20170201",
        f"  {tmp_path}/runs/I_EX/nested/20170101-20170201",
    ):
        assert line in text.splitlines()


def test_stages_wait_for_what_they_read() -> None:
    assert stage_dependencies(SEGMENTS) == {
        "boundary/20161201-20161227": [],
        "boundary/20161227-20170101": ["boundary/20161201-20161227"],
        "boundary/20170101-20170202": ["boundary/20161227-20170101"],
        "nested/20161227-20170101": [
            "boundary/20161201-20161227",
            "boundary/20161227-20170101",
            "boundary/20170101-20170202",
        ],
        "nested/20170101-20170201": ["nested/20161227-20170101", "boundary/20170101-20170202"],
    }


def test_hours_come_from_the_estimate(tmp_path: Path) -> None:
    stage = stages(SEGMENTS)["nested/20170101-20170201"]
    text = script(stage, Campaign(tmp_path), SlurmOptions(cores=24))
    # 31 days of 224 x 160 columns in steps of 600 s at 24 columns a core and second, half as much again
    hours = 1.5 * 31 * 224 * 160 * 144 / 24 / 24 / 3600
    assert f"#SBATCH --time={int(hours // 24)}-" in text


def test_no_slurm_is_said(tmp_path: Path) -> None:
    with pytest.raises(SlurmRefused, match="no `sbatch` here"):
        submit(
            SEGMENTS,
            Campaign(tmp_path),
            OPTIONS,
            complete=set(),
            environment={"PATH": str(tmp_path)},
        )


def test_jobs_of_before_are_looked_for_in_the_queue(tmp_path: Path) -> None:
    campaign, empty = Campaign(tmp_path / "campaign"), {"PATH": str(tmp_path / "nowhere")}
    squeue = tmp_path / "squeue"
    here = {"PATH": f"{tmp_path}:{os.defpath}"}
    squeue.write_text("#!/bin/sh\nprintf '12\\n12\\n13\\n99\\n'\n")
    squeue.chmod(0o755)
    assert in_queue(campaign, here) == []
    write_json(campaign.root / "jobs.json", {"one": "11", "two": "12", "three": "13"})
    assert in_queue(campaign, here) == ["12", "13"]
    assert in_queue(campaign, empty) == []
    squeue.write_text("#!/bin/sh\necho 'Unable to contact slurm controller' >&2\nexit 1\n")
    with pytest.raises(SlurmRefused, match=r"Unable to contact(.|\n)*remove .*jobs\.json"):
        in_queue(campaign, here)


@dataclass(frozen=True)
class Cluster:
    """A SLURM of one node."""

    environment: dict[str, str]

    def wait(self, seconds: float) -> None:
        """Until no job is left."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            queue = subprocess.run(
                ["squeue", "--noheader"], env=self.environment, capture_output=True, text=True
            )
            if queue.returncode == 0 and not queue.stdout.strip():
                return
            time.sleep(0.3)
        pytest.fail(f"jobs are left after {seconds} s:\n{queue.stdout}")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Debian's SLURM with a key, ports and folders of its own; listens on loopback alone."""
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)}: apt-get install slurmctld slurmd slurm-client munge")
    if os.geteuid() != 0:
        pytest.skip("slurmd runs as root alone")
    root = tmp_path_factory.mktemp("slurm")
    for name in ("state", "spool", "munge"):
        (root / name).mkdir(mode=0o700)
    key = root / "munge" / "key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    config = root / "slurm.conf"
    config.write_text(_config(root))
    environment = {**os.environ, "SLURM_CONF": str(config)}
    started: list[subprocess.Popen[bytes]] = []
    daemons = (
        [
            "munged",
            "--foreground",
            "--force",
            f"--key-file={key}",
            f"--socket={root}/munge/s",
            f"--pid-file={root}/munge/pid",
            f"--seed-file={root}/munge/seed",
            f"--log-file={root}/munge/log",
        ],
        ["slurmctld", "-D", "-f", str(config)],
        ["slurmd", "-D", "-f", str(config)],
    )
    try:
        for command in daemons:
            quiet = subprocess.DEVNULL
            started.append(subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet))
            time.sleep(1.0)
        _wait_until_idle(environment, root)
        yield Cluster(environment)
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(30)


def _config(root: Path) -> str:
    host = socket.gethostname().split(".")[0]
    ports = []
    for _ in range(2):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            ports.append(probe.getsockname()[1])
    return f"""ClusterName=made-up
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={root}/munge/s
StateSaveLocation={root}/state
SlurmdSpoolDir={root}/spool
SlurmctldPidFile={root}/slurmctld.pid
SlurmdPidFile={root}/slurmd.pid
SlurmctldLogFile={root}/slurmctld.log
SlurmdLogFile={root}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SchedulerParameters=sched_interval=1,bf_interval=1
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
JobCompType=jobcomp/none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def _wait_until_idle(environment: dict[str, str], root: Path) -> None:
    for _ in range(100):
        answer = subprocess.run(
            ["sinfo", "--noheader", "--format=%t"], env=environment, capture_output=True, text=True
        )
        if answer.stdout.strip() == "idle":
            return
        time.sleep(0.2)
    log = (root / "slurmctld.log").read_text()[-800:]
    pytest.skip(f"SLURM does not start on this machine: {answer.stdout}{answer.stderr}{log}")


def test_slurm_accepts_every_script(cluster: Cluster, tmp_path: Path) -> None:
    paths = write_scripts(SEGMENTS, Campaign(tmp_path), OPTIONS)
    assert len(paths) == 5
    for path in paths.values():
        assert "to start at" in tried(path, cluster.environment)
    wrong = SlurmOptions(1, 0.2, 0.1, ("--partition=nowhere",))
    path = next(iter(write_scripts(SEGMENTS, Campaign(tmp_path), wrong).values()))
    with pytest.raises(SlurmRefused, match="partition"):
        tried(path, cluster.environment)


def test_jobs_run_in_order_and_a_crash_stops_its_own_scenario_alone(
    cluster: Cluster, complete_home: Home
) -> None:
    """The nested stages of both scenarios; the fake program crashes in Base's spin-up."""
    campaign = campaign_in(complete_home)
    for done in campaign.runs.glob("*/nested/*/done.json"):
        done.unlink()
    before = complete_keys(SEGMENTS, campaign)
    assert len(before) == 2 * 3
    environment = {**cluster.environment, "FAKE_GCCLASSIC": "Base/nested/20161227:silent"}
    jobs = submit(SEGMENTS, campaign, OPTIONS, complete=before, environment=environment)
    assert list(jobs) == ["nested/20161227-20170101", "nested/20170101-20170201"]
    assert submitted(campaign) == jobs
    assert set(in_queue(campaign, cluster.environment)) <= set(jobs.values())
    assert jobs["nested/20170101-20170201"] in in_queue(campaign, cluster.environment)
    cluster.wait(300)
    assert in_queue(campaign, cluster.environment) == []
    after = complete_keys(SEGMENTS, campaign)
    assert after - before == {"I_EX/nested/20161227-20170101", "I_EX/nested/20170101-20170201"}
    log = (campaign.root / "slurm" / "tp-nested-20161227-20170101-0.log").read_text()
    assert "Base/nested/20161227-20170101 stopped with code 0" in log

    # Submitted again, it goes on with what is left.
    submit(SEGMENTS, campaign, OPTIONS, complete=after, environment=cluster.environment)
    cluster.wait(300)
    assert complete_keys(SEGMENTS, campaign) == {segment.key for segment in SEGMENTS}
