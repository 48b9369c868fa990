"""The command line with quick steps; in processes of its own where one is killed or two meet."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from tests.commands import small as tradeplume
from tests.operations.processes import finish, start
from tests.warehouse.role_samples import role_table

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[2]
Ask = Callable[..., str]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    tradeplume(home, "run", "--quiet")
    return home


def test_a_run_says_what_it_made_and_a_second_one_does_nothing(tmp_path: Path) -> None:
    first = tradeplume(tmp_path, "run")
    assert "load: done, 3 rows" in first
    assert "load: read (not made yet)" in first
    end = first[first.index("open-2017 2017") :]
    assert len(end.splitlines()) <= 24
    assert "tables and views" in end
    assert "published/tradeplume.duckdb" in end
    whole = tradeplume(tmp_path, "summary")
    assert "fct_output 3" in whole
    assert "Views: fct_double" in whole
    checksums = (tmp_path / "published" / "checksums.csv").read_text()
    second = tradeplume(tmp_path, "run")
    assert "done" not in second
    assert second.count("unchanged") == 6
    changed = tradeplume(tmp_path, "run", SMALL_ROWS="4")
    assert "load: read (rows changed)" in changed
    assert "publish: done" in changed
    assert (tmp_path / "published" / "checksums.csv").read_text() != checksums
    again = tradeplume(tmp_path, "run", "--force", "--quiet")
    assert [line.split(":")[0] for line in again.splitlines()] == [
        "load",
        "marts",
        "gate-marts",
        "publish",
        "parquet",
        "atlas",
    ]
    assert (tmp_path / "published" / "checksums.csv").read_text() == checksums


def test_what_is_not_published_is_published_by_the_next_run(tmp_path: Path) -> None:
    tradeplume(tmp_path, "run", "--no-publish")
    assert "Nothing is published yet" in tradeplume(tmp_path, "sql", "select 1", expect=8)
    assert "publish: done" in tradeplume(tmp_path, "run")
    (tmp_path / "published" / "tradeplume.duckdb").unlink()
    assert "(its result is not in place)" in tradeplume(tmp_path, "run")
    (tmp_path / "published" / "tradeplume.duckdb").unlink()
    assert "2 tables, 1 views" in tradeplume(tmp_path, "publish")
    assert "done" not in tradeplume(tmp_path, "run")


def test_a_second_run_at_once_is_told_who_holds_the_file(tmp_path: Path) -> None:
    wait = tmp_path / "wait"
    wait.touch()
    first = start(tmp_path / "home", "run", SMALL_WAIT=str(wait))
    while not (tmp_path / "home" / "work" / "open-2017-2017.duckdb").exists():
        assert first.poll() is None
        time.sleep(0.02)
    refused = tradeplume(tmp_path / "home", "run", expect=5)
    assert f"open-2017-2017 is in use by process {first.pid} (small.py run), since 20" in refused
    status = tradeplume(tmp_path / "home", "status")
    assert f"being written by process {first.pid}" in status
    wait.unlink()
    output, errors = first.communicate(timeout=120)
    assert first.returncode == 0, output + errors


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    tradeplume(tmp_path / "whole", "run", "--quiet")
    finish(start(tmp_path / "killed", "run", SMALL_DIE="1"), expect=-signal.SIGKILL)
    went_on = tradeplume(tmp_path / "killed", "run")
    assert "load: unchanged" in went_on
    assert "marts: done" in went_on
    whole, killed = (
        (tmp_path / name / "published" / "checksums.csv").read_text()
        for name in ("whole", "killed")
    )
    assert whole == killed


def test_a_failed_gate_keeps_what_was_published_and_is_shown(tmp_path: Path) -> None:
    tradeplume(tmp_path, "run")
    before = (tmp_path / "published" / "tradeplume.duckdb").read_bytes()
    failed = tradeplume(tmp_path, "run", expect=4, SMALL_CHECK="7")
    assert "1 of 2 checks of gate marts failed" in failed
    assert "adds_up on fct_output: found 7, allowed 1 - why" in failed
    assert (tmp_path / "published" / "tradeplume.duckdb").read_bytes() == before
    shown = tradeplume(tmp_path, "check", expect=4)
    lines = [line.strip().split()[0] for line in shown.splitlines()[1:]]
    assert lines == ["failed", "warning"]
    assert "adds_up" in tradeplume(tmp_path, "publish", expect=4)
    assert "failed 1, warnings 1" in tradeplume(tmp_path, "status")
    tradeplume(tmp_path, "run")
    assert "passed" not in tradeplume(tmp_path, "check")
    assert "passed" in tradeplume(tmp_path, "check", "--all")


def test_status_says_what_is_stale_and_why(published: Path) -> None:
    status = tradeplume(published, "status", SMALL_CHECK="0.5")
    by_step = {line.split()[0]: line.rstrip() for line in status.splitlines() if line.strip()}
    assert by_step["load"].endswith("current")
    assert "stale: check changed" in by_step["gate-marts"]
    assert "stale: gate-marts made again" in by_step["publish"]
    assert "open-2017 2017: 2 tables with 3 rows, 1 views" in status


@pytest.fixture
def ask(published: Path) -> Ask:
    """A command that only reads."""
    return partial(tradeplume, published)


def test_marts_are_listed_with_their_rows(ask: Ask) -> None:
    listed = [line.split() for line in ask("marts").splitlines()[1:]]
    assert listed[:2] == [["fct_double", "view"], ["fct_output", "3", "Gross", "output."]]
    assert listed[2][:2] == ["fct_release_change", "0"]


def test_a_table_is_described_with_its_comments(ask: Ask) -> None:
    said = ask("describe", "marts.FCT_OUTPUT")
    assert "fct_output, 3 rows" in said
    assert "Gross output." in said
    assert [line.split()[:2] for line in said.splitlines() if line.startswith("output_musd")]
    wrong = tradeplume(ask.args[0], "describe", "fct_outptu", expect=1)  # type: ignore[attr-defined]
    assert "Did you mean fct_output" in wrong


def test_sql_answers_in_every_format(ask: Ask, tmp_path: Path) -> None:
    query = "select sector, output_musd from fct_output order by sector -- with a comment"
    rows = [(0, 0.0), (1, 1.5), (2, 3.0)]
    assert "2 of 3 rows shown" in ask("sql", query, "--rows", "2")
    csv = ask("sql", query, "--format", "csv")
    assert csv.splitlines() == ["sector,output_musd", "0,0.0", "1,1.5", "2,3.0"]
    answer = json.loads(ask("sql", "-", "-f", "json", stdin=query))
    assert [tuple(row.values()) for row in answer] == rows
    out = tmp_path / "answer.parquet"
    ask("sql", query + "\n;", "--out", str(out))
    assert pl.read_parquet(out).rows() == rows
    assert [path.name for path in tmp_path.iterdir()] == ["answer.parquet"]
    assert json.loads(ask("sql", "show tables", "-f", "json")) == [
        {"name": "fct_double"},
        {"name": "fct_output"},
        {"name": "fct_release_change"},
    ]
    shown = ask("sql", "select 'a [bold] text' as t, null as n, 1234567.8 as x, 0.125 as y")
    assert shown.splitlines()[1].split() == ["a", "[bold]", "text", "1234567.8", "0.125"]
    assert "1 row\n" in shown


@pytest.mark.parametrize(
    "statement",
    [
        "delete from fct_output",
        "create table t as select 1",
        "drop view fct_double",
        "copy fct_output to 'x.csv'",
        "explain analyze copy fct_output to 'x.csv'",
        "attach 'x.duckdb'",
        "set memory_limit = '1GB'",
    ],
)
def test_sql_changes_nothing(ask: Ask, published: Path, statement: str) -> None:
    before = (published / "published" / "tradeplume.duckdb").read_bytes()
    assert "Only queries are allowed" in ask("sql", statement, expect=1)
    assert (published / "published" / "tradeplume.duckdb").read_bytes() == before


def test_sql_says_what_is_wrong(ask: Ask, published: Path, tmp_path: Path) -> None:
    wrong = ask("sql", "select output from fct_output", expect=1)
    assert "DuckDB refuses the query: Binder Error" in wrong
    assert "output_musd" in wrong  # DuckDB names the columns that come near
    assert "syntax error" in ask("sql", "selec 1", expect=1)
    late = ask("sql", "select error('too late: ' || sector) from fct_output", expect=1)
    assert "too late: 0" in late
    assert "One query is expected" in ask("sql", "select 1; select 2", expect=1)
    assert "One query is expected" in ask("sql", "-", expect=1)
    assert "is not one of table" in ask("sql", "select 1", "-f", "xml", expect=2)
    assert "Parquet needs a file" in ask("sql", "select 1", "-f", "parquet", expect=1)
    into = str(published / "published" / "tradeplume.duckdb")
    refused = ask("sql", "select 1", "-f", "csv", "--out", into, expect=1)
    assert "lies in published/ of the home" in refused
    nowhere = str(tmp_path / "no" / "x.csv")
    assert "There is no folder" in ask("sql", "select 1", "--out", nowhere, expect=1)


def test_an_unexpected_error_is_one_line_and_a_hint(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("surprise")

    monkeypatch.setattr("warehouse.published.marts", fail)
    shown = ask("marts", expect=1)
    assert shown.splitlines()[0] == "Unexpected KeyError: 'surprise'"
    assert "--debug" in shown.splitlines()[1]
    with pytest.raises(KeyError, match="surprise"):
        ask("marts", "--debug")


def test_wrong_use_is_told_apart(tmp_path: Path) -> None:
    assert "There is no step `nosuch`" in tradeplume(tmp_path, "run", "--from", "nosuch", expect=2)
    assert "no edition 'nosuch'" in tradeplume(tmp_path, "run", "-e", "nosuch", expect=2)
    assert "No such option" in tradeplume(tmp_path, "run", "--nosuch", expect=2)
    (tmp_path / "file").write_text("")
    assert "Cannot write to" in tradeplume(tmp_path / "file", "run", expect=6)


def test_editions_are_listed_with_what_fills_their_roles(tmp_path: Path) -> None:
    landed = tmp_path / "landing" / "open-2007" / "global_table"
    listed = tradeplume(tmp_path, "editions")
    assert "open-2007 2007: " in listed
    assert "global_table" in listed
    landed.mkdir(parents=True)
    (landed / "table.xyz").write_text("nonsense")
    assert "table.xyz" in tradeplume(tmp_path, "editions")


def test_editions_say_of_each_role_what_is_used_beside_landed_files(tmp_path: Path) -> None:
    """A workbook takes the place of the tables of single provinces, landed or bundled."""
    for role in ("provincial_mrio", "trade"):
        folder = tmp_path / "landing" / "open-2017" / role
        folder.mkdir(parents=True)
        role_table(role).write_csv(folder / "mine.csv")
    listed = tradeplume(tmp_path, "editions")
    ours = " ".join(listed[listed.index("open-2017 2017") :].split())
    assert "provincial_table tidy provincial_table.parquet (not used:" in ours
    assert "provincial_table your provincial_mrio" in ours
    assert "trade yours" in ours
    assert "sector_emission bundled" in ours
    assert "stats.customs.gov.cn" in ours
    elsewhere = listed[: listed.index("open-2017 2017")]
    assert "not used" not in elsewhere


def test_help_and_version_are_there_without_the_heavy_libraries() -> None:
    script = (
        "import sys\n"
        "from cli.main import main\n"
        "try:\n"
        "    main([sys.argv[1]])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'duckdb', 'polars', 'dbt', 'prefect', 'numpy', 'great_expectations'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)))\n"
    )
    for option, said in (("--help", "tradeplume run"), ("--version", "tradeplume 0.")):
        command = [sys.executable, "-c", script, option]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )
        assert said in done.stdout
        assert "loaded: []" in done.stdout
