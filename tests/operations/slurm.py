"""A SLURM of one node on loopback, from Debian's packages (slurmctld, slurmd, slurm-client, munge)."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "sinfo")
START_SECONDS = 60


def missing() -> str:
    """Why no SLURM can be started here; empty when it can."""
    absent = [name for name in PROGRAMS if shutil.which(name, path=_search_path()) is None]
    if absent:
        return f"not installed: {', '.join(absent)} (Debian: slurmctld slurmd slurm-client munge)"
    return "" if os.geteuid() == 0 else "its daemons are started as root here"


@contextmanager
def slurm() -> Iterator[dict[str, str]]:
    """Starts it; gives the environment in which its commands find it."""
    with ExitStack() as stack:
        # munge wants a folder that nobody else may write, with a short path for its socket.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="slurm-", dir="/run")))
        folder.chmod(0o755)
        key, munge = folder / "munge.key", folder / "munge.socket"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        for name in ("state", "spool"):
            (folder / name).mkdir()
        (folder / "slurm.conf").write_text(_configuration(folder, munge))
        (folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        environment = {"SLURM_CONF": str(folder / "slurm.conf"), "PATH": _search_path()}
        private = ("pid-file", "log-file", "seed-file")
        files = [f"--{name}={folder / name}" for name in private]
        stack.enter_context(
            _daemon(
                ["munged", "--foreground", "--force", f"--socket={munge}", f"--key-file={key}", *files],
                folder, environment,
            )
        )  # fmt: skip
        _wait(munge.exists, folder)
        stack.enter_context(_daemon(["slurmctld", "-D"], folder, environment))
        stack.enter_context(_daemon(["slurmd", "-D"], folder, environment))
        _wait(lambda: "idle" in _sinfo(environment), folder)
        yield environment


def _configuration(folder: Path, munge: Path) -> str:
    controller, node = _free_ports(2)
    name = socket.gethostname().split(".")[0]
    memory_mb = psutil.virtual_memory().total // 2**20 * 9 // 10
    return f"""
ClusterName=drill
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={munge}
SlurmctldPort={controller}
SlurmdPort={node}
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/linear
MpiDefault=none
ReturnToService=2
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
NodeName={name} NodeAddr=127.0.0.1 CPUs={os.cpu_count()} RealMemory={memory_mb} State=UNKNOWN
PartitionName=drill Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


def _search_path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin"


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


@contextmanager
def _daemon(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[None]:
    log = folder / f"{command[0]}.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=stream, stderr=stream, cwd=folder
        )
        try:
            yield
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(timeout=20)


def _sinfo(environment: dict[str, str]) -> str:
    asked = subprocess.run(
        ["sinfo", "--noheader", "--format=%T"],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=30,
    )  # fmt: skip
    return asked.stdout


def _wait(ready: Callable[[], bool], folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            logs = "\n".join(
                f"{log.name}: {log.read_text()[-1500:]}" for log in folder.glob("*.log")
            )
            raise TimeoutError(f"SLURM did not start: {logs}")
        time.sleep(0.2)
