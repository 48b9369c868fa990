"""Damage of five kinds in four files: each answered with the file, what is lost, and the command that mends it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.doctor import Finding, findings
from cli.main import main
from cli.status import state_of
from tests.operations.homes import make_home, make_working
from tests.operations.processes import finish, start
from warehouse.errors import DamagedFile
from warehouse.home import Home
from warehouse.publish import fault_of_published, publish
from warehouse.releases import kept_release
from warehouse.request import DEFAULT_EDITION

pytestmark = pytest.mark.slow

SEED = 20261130
Damage = Callable[[bytes, random.Random], bytes]


def truncated(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(1, len(content))]


def emptied(_content: bytes, _chance: random.Random) -> bytes:
    return b""


def replaced(content: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(len(content))


def head_lost(content: bytes, chance: random.Random) -> bytes:
    return chance.randbytes(4096) + content[4096:]


def scattered(content: bytes, chance: random.Random) -> bytes:
    """A wrong byte in every block, as a failing disk leaves them."""
    found = bytearray(content)
    for block in range(0, len(found), 16384):
        place = min(block + chance.randrange(16384), len(found) - 1)
        found[place] ^= 0xFF
    return bytes(found)


# All five in `make drills`, the two that DuckDB answers in ways of their own always.
KINDS = (
    truncated,
    scattered,
    *(pytest.param(kind, marks=pytest.mark.heavy) for kind in (emptied, replaced, head_lost)),
)
FILES = ("working", "published", "release", "seal")


def path_of(home: Home, file: str) -> Path:
    return {
        "working": home.working_file(DEFAULT_EDITION, 2017).path,
        "published": home.published_file,
        "release": kept_release(home, 1).path,
        "seal": kept_release(home, 2).seal,
    }[file]


@pytest.fixture(scope="module")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("made"))
    publish(made, make_working(made, DEFAULT_EDITION, 2017, rows=2000))
    publish(made, make_working(made, DEFAULT_EDITION, 2017, rows=2000, factor=2.0))
    # What `status` asks of dbt is remembered in the home, and so in its copies.
    for working in made.working_files():
        state_of(made, working)
    return made


@pytest.fixture
def home(tmp_path: Path, two_releases: Home) -> Home:
    return Home(Path(shutil.copytree(two_releases.root, tmp_path / "home")))


def bad(home: Home) -> list[Finding]:
    return [each for each in findings(home) if each.state == "bad"]


def say(capsys: pytest.CaptureFixture[str], home: Home, *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--home", str(home.root)])
    said = capsys.readouterr()
    assert "Unexpected" not in said.err, said.err
    assert "please report" not in said.err
    return int(ended.value.code or 0), said.out + said.err


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES)
def test_damage_is_answered_clearly(
    home: Home, file: str, kind: Damage, capsys: pytest.CaptureFixture[str]
) -> None:
    path = path_of(home, file)
    path.chmod(0o644)
    path.write_bytes(kind(path.read_bytes(), random.Random(SEED)))
    code, said = say(capsys, home, "doctor")
    if file == "seal" and kind is emptied:
        # As one of before December 2026: by the checksums of its tables.
        assert code == 0
        assert "release 2 is whole, by the checksums of its tables" in said
        return
    assert code == 6
    assert "DAMAGED" in said
    mends = {
        "working": "tradeplume run --edition open-2017 --force",
        "published": "tradeplume releases publish 2",
        "release": "release 1 is damaged",
        "seal": "release 2 is damaged",
    }
    assert mends[file] in said
    # status still shows what it can, and no command ends with a riddle.
    code, said = say(capsys, home, "status")
    assert code == 0
    assert "Schedules" in said
    if file == "published":
        code, said = say(capsys, home, "releases", "publish", "2")
        assert code == 0, said
        assert fault_of_published(home) == ""
    if file == "release":
        code, said = say(capsys, home, "releases", "publish", "1")
        assert code == 6
        assert "This release is lost" in said


@pytest.mark.parametrize("kind", [truncated, scattered])
def test_the_advice_of_a_damaged_working_file_works(tmp_path: Path, kind: Damage) -> None:
    finish(start(tmp_path, "run", "--quiet"))
    home = make_home(tmp_path)
    sums = home.checksums_file.read_text()
    path = home.working_file(DEFAULT_EDITION, 2017).path
    path.write_bytes(kind(path.read_bytes(), random.Random(SEED)))
    said = finish(start(tmp_path, "run", "--quiet"), expect=6)
    assert f"{path} is damaged" in said
    assert "What was computed for it is lost; your files" in said
    assert "`tradeplume run --edition open-2017 --force` computes it again" in said
    finish(start(tmp_path, "run", "--force", "--quiet"))
    assert home.checksums_file.read_text() == sums


def test_doctor_names_what_killed_processes_left_and_who_holds_what(home: Home) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from warehouse.home import locate\n"
        "from warehouse.locks import hold\n"
        "from warehouse.scratch import scratch\n"
        "home = locate(Path(sys.argv[1]))\n"
        "lock = home.working_file('open-2017', 2017).lock\n"
        "with hold(lock, 'x'), scratch('variant', home.work):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(home.root)], check=False)
    assert done.returncode == -signal.SIGKILL
    found = {each.what: each for each in findings(home)}
    assert any("which is gone" in what for what in found)
    assert any("that a killed process left" in what for what in found)
    assert bad(home) == []


def test_doctor_says_when_a_library_is_not_the_one_needed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.doctor.requires", lambda _: ["duckdb>=99", "no-such-library>=1"])
    assert [each.what for each in bad(home)] == [
        f"duckdb {__import__('duckdb').__version__} is installed, needed is >=99",
        "no-such-library is not installed",
    ]


def test_doctor_of_no_home_and_of_one_that_may_not_be_written(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (nothing,) = findings(make_nothing(tmp_path))
    assert "does not exist" in nothing.what
    monkeypatch.setattr("cli.doctor.os.access", lambda *_: False)
    assert next(findings(home)).what.endswith("reading works, a run does not")


def make_nothing(tmp_path: Path) -> Home:
    return Home(tmp_path / "nothing")


def test_a_home_that_may_not_be_read_is_said_so(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def forbidden(_: Home) -> list[object]:
        raise PermissionError(13, "Permission denied", str(home.work))

    monkeypatch.setattr(Home, "working_files", forbidden)
    code, said = say(capsys, home, "status")
    assert code == 6
    assert f"Cannot write to {home.work} (Permission denied)" in said or "Permission" in said


def test_which_file_of_many_is_damaged_is_known(home: Home) -> None:
    other = make_working(home, "other", 2012, rows=2000)
    publish(home, other)
    other.path.write_bytes(scattered(other.path.read_bytes(), random.Random(SEED)))
    with pytest.raises(DamagedFile) as raised:
        publish(home)
    assert str(other.path) in raised.value.message
    assert "--edition other --force" in raised.value.remedy
    assert os.environ.get("TRADEPLUME_HOME") != str(home.root)


def test_damaged_checksums_are_said_and_written_again(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    content = home.checksums_file.read_bytes()
    home.checksums_file.write_bytes(replaced(content, random.Random(SEED)))
    code, said = say(capsys, home, "doctor")
    assert code == 6
    assert f"{home.checksums_file} is damaged" in said
    assert "`tradeplume publish` writes it again" in said
    publish(home)
    assert home.checksums_file.read_bytes() == content
