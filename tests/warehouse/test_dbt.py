"""dbt runs on a small project that has the settings of the real one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from warehouse.database import connect, ensure_schemas, fetch
from warehouse.dbt import PROJECT_FOLDER, DbtProject, without_comments
from warehouse.errors import UserFacingError
from warehouse.home import locate, prepare

pytestmark = pytest.mark.slow

MODELS = {
    "stg_code.sql": (
        "{{ config(tags=['prepare'], schema='staging') }}\n"
        "select x, {{ var('factor') }} * x as y from {{ ref('code') }}\n"
    ),
    "marts/fct_y.sql": "select '{{ var(\"edition\") }}' as edition, y from {{ ref('stg_code') }}\n",
    "marts/fct_view.sql": (
        "{{ config(materialized='view') }}\nselect edition, y from {{ ref('fct_y') }}\n"
    ),
    "broken.sql": (
        "{{ config(tags=['link'], schema='staging') }}\nselect no_such from raw.nothing\n"
    ),
    "_models.yml": """
models:
  - name: stg_code
    columns:
      - name: x
        data_tests: [unique]
  - name: fct_view
    columns:
      - {name: edition, data_type: varchar}
      - {name: y, data_type: integer}
  - name: fct_y
    description: Facts.
    columns:
      - {name: edition, data_type: varchar}
      - name: y
        data_type: integer
        description: The y.
        data_tests:
          - not_null
          - accepted_values:
              arguments: {values: [2, 4], quote: false}
          - unique:
              config: {severity: warn}
""",
}


UNIT_TEST = """
unit_tests:
  - name: twice_what_is_given
    model: stg_code
    given:
      - {input: ref('code'), rows: [{x: 3}]}
    expect: {rows: [{x: 3, y: 6}]}
"""


def make_project(root: Path) -> DbtProject:
    folder = root / "project"
    shutil.copytree(PROJECT_FOLDER, folder, ignore=shutil.ignore_patterns("tests"))
    shutil.rmtree(folder / "macros" / "tests", ignore_errors=True)
    for name, text in MODELS.items():
        path = root / "models" / "core" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (root / "seeds" / "codes").mkdir(parents=True)
    (root / "seeds" / "codes" / "code.csv").write_text("x\n1\n2\n")
    home = locate(root / "home")
    prepare(home, needed_bytes=0)
    working = home.working_file("open-2007", 2007)
    with connect(working.path) as connection:
        ensure_schemas(connection)
    variables = {"edition": "open-2007", "year": 2007, "factor": 2}
    return DbtProject(working, variables, home.dbt / working.name, folder)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> DbtProject:
    return make_project(tmp_path_factory.mktemp("dbt"))


def again(project: DbtProject, **variables: object) -> DbtProject:
    changed = {**project.variables, **variables}
    return DbtProject(project.working, changed, project.target, project.folder)


def test_a_selector_builds_its_models_and_tests(project: DbtProject) -> None:
    prepared = project.build("prepare")
    assert prepared.rows == {"seeds.code": 2, "staging.stg_code": 2}
    assert [(check.check_name, check.scope) for check in prepared.checks] == [
        ("unique_stg_code_x", "stg_code.x")
    ]
    marts = project.build("marts")
    assert marts.rows == {"marts.fct_y": 2}
    assert marts.errors == ()
    assert {check.suite for check in marts.checks} == {"marts"}
    assert all(check.passed and check.measured == 0 for check in marts.checks)
    with connect(project.working.path) as connection:
        assert fetch(connection, "select y from marts.fct_view order by y") == [(2,), (4,)]
    # Nothing of dbt lies in the project's folder.
    assert not (project.folder / "target").exists()
    assert not (project.folder / "logs").exists()
    assert project.log.exists()


def test_the_file_is_free_for_other_processes_after_a_build(project: DbtProject) -> None:
    project.build("prepare")
    script = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('select 1')"
    command = [sys.executable, "-c", script, str(project.working.path)]
    subprocess.run(command, check=True, timeout=60)


def test_failing_tests_are_results_and_not_errors(project: DbtProject) -> None:
    changed = again(project, factor=0)
    changed.build("prepare")
    report = changed.build("marts")
    found = {check.check_name.split("_")[0]: check for check in report.checks}
    assert report.errors == ()
    assert (found["not"].passed, found["not"].measured) == (True, 0)
    assert (found["accepted"].passed, found["accepted"].severity) == (False, "error")
    assert (found["unique"].passed, found["unique"].severity) == (False, "warn")
    assert found["unique"].measured == 1
    assert "value_field 0" in found["accepted"].detail


def test_a_model_that_fails_is_named_with_the_databases_words(project: DbtProject) -> None:
    report = project.build("link")
    (error,) = report.errors
    assert error.name == "broken"
    assert error.compiled_path is not None
    assert "raw.nothing" in error.compiled_path.read_text()
    shown = str(error.as_error(project.log))
    assert "dbt could not build broken" in shown
    assert "Table with name nothing does not exist" in shown
    assert str(error.compiled_path) in shown


@pytest.mark.parametrize(
    ("name", "sql", "named"),
    [
        ("fct_y", "select edition from {ref}", "missing in definition"),
        ("fct_y", "select edition, cast(y as double) as y from {ref}", "data type mismatch"),
        ("fct_view", "select edition from {ref}", "missing in definition"),
    ],
)
def test_a_mart_that_breaks_its_contract_is_not_built_and_names_the_column(
    name: str, sql: str, named: str, tmp_path: Path
) -> None:
    project = make_project(tmp_path)
    model = tmp_path / "models" / "core" / "marts" / f"{name}.sql"
    kept = model.read_text().replace("select", "with kept as (select", 1)
    model.write_text(f"{kept.rstrip()})\n{sql.format(ref='kept')}\n")
    project.build("prepare")
    (error,) = project.build("marts").errors
    assert error.name == name
    shown = str(error.as_error(project.log))
    assert re.search(rf"\| y +\|.*\| {named}", shown), shown


def test_a_selector_that_selects_nothing_is_an_error(project: DbtProject) -> None:
    with pytest.raises(UserFacingError, match="`assemble` selects nothing"):
        project.build("assemble")


def parts_of(project: DbtProject, selector: str) -> dict[str, Mapping[str, str]]:
    return {node.name: node.parts for node in project.outline([selector])[selector]}


def changed_by(project: DbtProject, path: Path, text: str) -> set[str]:
    """The nodes of `prepare` whose parts change with a file."""
    before, kept = parts_of(again(project), "prepare"), path.read_text()
    path.write_text(text)
    try:
        after = parts_of(again(project), "prepare")
    finally:
        path.write_text(kept)
    return {name for name in before if after[name] != before[name]}


def test_the_outline_says_what_every_node_reads_and_makes(project: DbtProject) -> None:
    nodes = {node.label: node for node in project.outline(["prepare"])["prepare"]}
    assert nodes["code"].table == "seeds.code"
    assert (nodes["stg_code"].table, nodes["stg_code"].reads) == (
        "staging.stg_code",
        ("seeds.code",),
    )
    assert (nodes["unique_stg_code_x"].table, nodes["unique_stg_code_x"].reads) == (
        "",
        ("staging.stg_code",),
    )
    assert list(nodes).index("code") < list(nodes).index("stg_code"), "parents first"


def test_parts_change_with_what_a_selector_builds_and_nothing_else(project: DbtProject) -> None:
    prepared, marts = parts_of(project, "prepare"), parts_of(project, "marts")
    assert set(prepared) == {"seed.tradeplume.code", "model.tradeplume.stg_code"} | {
        name for name in prepared if name.startswith("test.")
    }
    # stg_code uses the variable, and no mart does.
    tripled = parts_of(again(project, factor=3), "prepare")
    assert {name for name in prepared if prepared[name] != tripled[name]} == {
        "model.tradeplume.stg_code"
    }
    assert parts_of(again(project, factor=3), "marts") == marts
    seed = project.folder.parent / "seeds" / "codes" / "code.csv"
    assert changed_by(project, seed, "x\n1\n2\n3\n") == {"seed.tradeplume.code"}
    assert parts_of(again(project), "prepare") == prepared


def test_comments_and_layout_of_sql_change_nothing(project: DbtProject) -> None:
    model = project.folder.parent / "models" / "core" / "stg_code.sql"
    text = model.read_text()
    assert changed_by(project, model, f"-- it's why\n{{# and how #}}\n{text}\n") == set()
    assert changed_by(project, model, text.replace("select x", "select\n    x")) == set()
    assert changed_by(project, model, text.replace("* x", "* x + 1")) == {
        "model.tradeplume.stg_code"
    }
    assert without_comments("select '-- no comment' -- one") == "select '-- no comment'"


def test_some_nodes_of_a_selector_can_be_built_alone(project: DbtProject) -> None:
    project.build("prepare")
    labels = {node.name: node.label for node in project.outline(["prepare"])["prepare"]}
    tests = [name for name, label in labels.items() if label == "unique_stg_code_x"]
    alone = project.build("prepare", tests)
    assert ([check.check_name for check in alone.checks], alone.rows) == (["unique_stg_code_x"], {})
    model = project.build("prepare", ["model.tradeplume.stg_code"])
    assert (model.checks, model.rows) == ((), {"staging.stg_code": 2})


def test_unit_tests_run_when_code_is_tested_and_not_with_a_run(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    with pytest.raises(UserFacingError, match="selects nothing"):
        project.try_rules(["prepare"])
    (tmp_path / "models" / "core" / "_unit_tests.yml").write_text(UNIT_TEST)
    project = again(project)
    report = project.build("prepare")
    assert "twice_what_is_given" not in [check.check_name for check in report.checks]
    labels = [node.label for node in project.outline(["prepare"])["prepare"]]
    assert "stg_code" in labels
    assert "twice_what_is_given" not in labels
    assert [(check.check_name, check.passed) for check in project.try_rules(["prepare"])] == [
        ("twice_what_is_given", True)
    ]


def test_the_log_has_what_dbt_says_and_not_what_it_thinks(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    project.build("prepare")
    text = project.log.read_text()
    assert "stg_code" in text
    assert "[debug" not in text
    (tmp_path / "models" / "core" / "bad.sql").write_text("select * from {{ ref('nobody') }}")
    with pytest.raises(UserFacingError, match="nobody"):
        again(project).build("prepare")
    assert "nobody" in project.log.read_text().removeprefix(text), "it is written on"


def test_a_home_outlives_the_checkout_that_used_it(tmp_path: Path) -> None:
    first = make_project(tmp_path / "first")
    expected = parts_of(first, "prepare")
    for part in ("project", "models", "seeds"):
        shutil.move(tmp_path / "first" / part, tmp_path / "second" / part)
    moved = DbtProject(first.working, first.variables, first.target, tmp_path / "second/project")
    assert moved.build("prepare").rows == {"seeds.code": 2, "staging.stg_code": 2}
    assert parts_of(moved, "prepare") == expected


def test_what_dbt_kept_and_refuses_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home met it: a description had moved to another yml, and dbt found the model twice."""
    project = make_project(tmp_path)
    run, asked = DbtProject._run, []

    def refusing(self: DbtProject, manifest: object, *arguments: str) -> object:
        asked.append(arguments)
        if arguments == ("parse",):
            problem = ValueError("dbt found two schema.yml entries for the same resource")
            return SimpleNamespace(result=None, exception=problem, success=False)
        return run(self, manifest, *arguments)

    monkeypatch.setattr(DbtProject, "_run", refusing)
    assert project.build("prepare").rows == {"seeds.code": 2, "staging.stg_code": 2}
    assert asked[:2] == [("parse",), ("parse", "--no-partial-parse")]


def test_a_project_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    (tmp_path / "models" / "core" / "bad.sql").write_text("select * from {{ ref('nobody') }}")
    with pytest.raises(UserFacingError, match="nobody") as raised:
        project.build("prepare")
    assert "could not read its project" in raised.value.message
