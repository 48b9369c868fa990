"""`tradeplume sql` reads the published tables and nothing else, writes its answer and nothing else, and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from cli.main import main
from tests.operations.homes import make_home, make_working
from tests.operations.processes import REPOSITORY
from warehouse.home import Home
from warehouse.publish import publish
from warehouse.published import open_published
from warehouse.spill import left_spills, spill_folder

pytestmark = pytest.mark.slow

ENDLESS = "select count(*) from range(1000000) as a(i), range(1000000) as b(j) where i + j = 7"
HUGE = "select i, j from range(3000000) as a(i), range(40) as b(j) order by i * j, i, j"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = make_home(tmp_path_factory.mktemp("home"))
    publish(made, make_working(made, "open-2007", 2007))
    return made


def ask(home: Home, *arguments: str, expect: int = 0) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["sql", *arguments, "--home", str(home.root)])
    assert (ended.value.code or 0) == expect


def state(home: Home) -> dict[str, bytes]:
    folders = (home.published, home.releases, home.work)
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("target", ["published", "wal", "release", "elsewhere"])
def test_a_copy_among_the_common_table_expressions_writes_nothing(
    home: Home, tmp_path: Path, target: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = {
        "published": home.published_file,
        # A guarded DuckDB still lets it write its own log: the next reader would not open the file.
        "wal": Path(f"{home.published_file}.wal"),
        "release": next(home.releases.glob("*.duckdb")),
        "elsewhere": tmp_path / "pwned.csv",
    }[target]
    before = state(home)
    for options in ("", "(use_tmp_file false)", "(format parquet)"):
        query = f"with x as (copy (select 1) to '{path}' {options}) from x"
        ask(home, query, expect=1)
        ask(home, query, "--format", "csv", expect=1)
    ask(home, f"from query('with x as (copy (select 1) to ''{path}'') from x')", expect=1)
    assert "found a COPY" in capsys.readouterr().err
    assert state(home) == before
    assert not (tmp_path / "pwned.csv").exists()


@pytest.mark.parametrize(
    "query",
    [
        "from read_text('{secret}')",
        "from '{secret}'",
        "from read_csv('{secret}')",
        "from glob('{folder}/*')",
        "from read_blob('{secret}')",
        "from read_parquet('{secret}')",
        "from parquet_metadata('{secret}')",
        "from query('from read_text(''{secret}'')')",
        "from duckdb_secrets()",
    ],
)
def test_no_other_file_is_read(
    home: Home, tmp_path: Path, query: str, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("word\nswordfish\n")
    ask(home, query.format(secret=secret, folder=tmp_path), expect=1)
    said = capsys.readouterr()
    assert "swordfish" not in said.out + said.err
    assert "secret.csv" not in said.out


@pytest.mark.parametrize(
    "query", ["from 'https://example.org/x.parquet'", "select st_point(1, 2)", "from sqlite_scan('a', 'b')"]
)  # fmt: skip
def test_no_extension_is_fetched(home: Home, query: str, tmp_path: Path) -> None:
    os.environ["HOME"], kept = str(tmp_path), os.environ.get("HOME", "")
    try:
        ask(home, query, expect=1)
    finally:
        os.environ["HOME"] = kept
    assert list(tmp_path.iterdir()) == []


def test_what_was_closed_cannot_be_opened_again(home: Home) -> None:
    with open_published(home) as connection:
        for change in (
            "set enable_external_access = true",
            "set autoinstall_known_extensions = true",
            "set temp_directory = '/tmp'",
            "reset memory_limit",
            "set lock_configuration = false",
        ):
            with pytest.raises(duckdb.Error, match=r"locked|disabled"):
                connection.execute(change)
        # Nor do views of a file that somebody else made reach further.
        with pytest.raises(duckdb.PermissionException):
            connection.execute("create temp view v as from read_text('/etc/passwd'); from v")
        # Python's own tables are not names for a query.
        local_frame = pl.DataFrame({"x": [1]})
        with pytest.raises(duckdb.CatalogException):
            connection.execute("from local_frame")
        del local_frame


def test_a_query_ends_at_its_time(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    for form in ((), ("--format", "csv")):
        began = time.monotonic()
        ask(home, ENDLESS, "--timeout", "0.5", *form, expect=1)
        assert time.monotonic() - began < 20
        said = capsys.readouterr().err
        assert "The query was stopped after 0.5 seconds." in said
        assert "--timeout SECONDS" in said
    ask(home, "from dim_pollutant", "--timeout", "0")


def test_the_answer_goes_where_it_may_by_whatever_name(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(home)
    link = tmp_path / "link"
    link.symlink_to(home.published)
    file_link = tmp_path / "answer.csv"
    file_link.symlink_to(home.published_file)
    up = home.root / "landing" / ".." / "published"
    for out in (
        link / "x.csv",
        up / "x.csv",
        home.releases / "x.csv",
        home.work / "x.csv",
        file_link,
    ):
        ask(home, "from dim_pollutant", "--format", "csv", "--out", str(out), expect=1)
        assert "which the pipeline keeps" in capsys.readouterr().err
    assert state(home) == before
    # A draft of a name that could be guessed would be written through a link that waits there.
    victim, out = tmp_path / "victim", tmp_path / "own.csv"
    victim.write_text("mine")
    (tmp_path / ".own.csv.part").symlink_to(victim)
    ask(home, "from dim_pollutant", "--out", str(out))
    assert victim.read_text() == "mine"
    assert out.read_text() == "code\nSO2\n"
    assert out.stat().st_mode & 0o777 == 0o666 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_types_are_written_as_duckdb_writes_them(home: Home, tmp_path: Path) -> None:
    query = """
        select sum(i) as huge, date '2007-12-31' as day, 1.50::decimal(5, 2) as money,
               {'a': 1} as pair, [1, 2] as list, interval 1 day as length, 'x'::blob as bytes,
               null as nothing, true as yes, '101'::bit as bits, time '01:02' as hour,
               'a'::enum('a', 'b') as chosen
        from range(3) as r(i)
    """
    ask(home, query, "--out", str(tmp_path / "ours.csv"))
    duckdb.connect().sql(query).write_csv(str(tmp_path / "theirs.csv"))
    assert (tmp_path / "ours.csv").read_text() == (tmp_path / "theirs.csv").read_text()


def test_a_killed_query_leaves_nothing_for_long(home: Home, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from cli.main import main; main()", "sql", HUGE]
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path / "x.parquet")],
        env={
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "TRADEPLUME_HOME": str(home.root),
            "TRADEPLUME_MEMORY_LIMIT": "200MB",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 120
    while not any(home.temp.rglob("*.tmp")):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (left,) = left_spills(home)
    assert str(process.pid) in left.name
    with spill_folder(home) as folder:
        assert folder.parent == home.temp
        assert left_spills(home) == []
    assert list(home.temp.iterdir()) == []


def test_readers_who_may_not_write_in_the_home_have_a_place(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.spill.os.access", lambda *_: False)
    with spill_folder(home) as folder:
        assert not folder.is_relative_to(home.root)
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()
