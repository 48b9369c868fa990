"""A dbt project of the marts alone, with small seeds and stand-ins for the models before them."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from tests.models.seed_files import seed_definitions
from warehouse.yaml_files import yaml_content

REPOSITORY = Path(__file__).resolve().parents[2]

# Codes and coefficients are those of the project: the gate knows how many there are.
REAL_SEEDS = (
    "codes/region",
    "codes/sector",
    "codes/pollutant",
    "coefficients/ape_coefficient",
    "concordances/common_region",
    "concordances/common_sector",
)

SEEDS = {
    "published_sector": """\
classification,concept,sector
wiod35,ferrous metals,c12
wiod35,two of agriculture,c1
""",
    "published_figure": """\
figure_id,source,where_in_source,statement,theirs,unit,concept,comparable,why_not,relation,tolerance_rule
p17,paper,Fig 1,Inland share of exports,19.8,%,another year,true,,equal,points
p19,paper,Fig 1c,Indirect share,75.4,%,PM2.5,false,concentrations come later,equal,
p44,paper,Fig 3c,Hebei in ferrous metals,15,%,wider sector,false,c12 is wider,above,
p54b,paper,Fig 4,APE of intermediates,3.4,Mt,another year,false,another year,equal,
p55d,paper,Fig 4,Guangdong intermediates against final,0.6,ratio,another year,false,another year,equal,
l01,Lin 2014,abstract,SO2 share,36,%,another year,false,another year,equal,
z01_low,Zhao 2015,abstract,lowest pollutant,15,%,another inventory,true,,equal,points
z01_high,Zhao 2015,abstract,highest pollutant,23,%,another inventory,true,,equal,points
c01,CREA,headline,PM2.5 year on year,-5,%,observations,false,answered by the part on observations,equal,
""",
    "published_tolerance": """\
tolerance_rule,form,uncertainty,reason
points,absolute,5,whole per cent
""",
    "published_comparison": """\
year,figure_id,comparable,is_answered,our_concept,why_not,wanted,comparable_with,landed_concept
2017,p17,true,true,exports,,,,
""",
}

# The marts that need no more than the linked table, the inventory and the footprint.
DESCRIPTIONS = ("_dimensions.yml", "_mrio.yml", "_inventory.yml", "_exports.yml", "_record.yml")

# What the marts share with computations, as it is.
SHARED = ("int_pollutant__weight", "int_inventory__indexed", "int_inventory__intensity")

STAND_INS = (
    "int_mrio__flow",
    "int_mrio__final_demand",
    "int_mrio__output",
    "int_mrio__balance",
    "int_inventory__emission",
    "int_assumption__all",
)

# The supply chains have marts of their own, which this project leaves out: they answer no figure here.
NO_FIGURES = "select cast(null as varchar) as figure_id, cast(null as double) as ours where false\n"

VARIABLES = {
    "edition": "tiny",
    "year": 2007,
    "kind": "footprint",
    "home_region": "CHN",
    "sector_classification": "wiod35",
    "export_total_concept": "goods_and_services",
}

# A test that no mart of today needs, tried on a stand-in.
STAND_IN_TESTS = """\
models:
  - name: int_mrio__balance
    columns:
      - name: structural_change_share
        data_tests: [accepted_share]
"""


def make_project(folder: Path) -> Path:
    """The project's dbt files in a folder of its own; returns dbt's project folder."""
    project = folder / "dbt_project"
    (project / "tests" / "core").mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(REPOSITORY / "dbt_project" / name, project / name)
    shutil.copytree(REPOSITORY / "dbt_project" / "macros", project / "macros")
    core = folder / "models" / "core"
    marts = core / "marts"
    marts.mkdir(parents=True)
    for name in DESCRIPTIONS:
        described = REPOSITORY / "models" / "core" / "marts" / name
        shutil.copy(described, marts / name)
        for model in yaml_content(described.read_text(encoding="utf-8"))["models"]:
            shutil.copy(described.with_name(f"{model['name']}.sql"), marts)
    real = [REPOSITORY / "seeds" / f"{name}.csv" for name in REAL_SEEDS]
    built = {path.stem for path in (*marts.glob("*.sql"), *real)}
    known = built | {*SHARED, *STAND_INS, *SEEDS}
    for path in sorted((REPOSITORY / "dbt_project" / "tests" / "core").glob("*.sql")):
        used = set(re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8")))
        if used and used <= known:
            shutil.copy(path, project / "tests" / "core" / path.name)
    shutil.copy(REPOSITORY / "models" / "core" / "_sources.yml", core / "_sources.yml")
    for part in ("core", "estimated"):
        contracts = REPOSITORY / "models" / part / "_computed.yml"
        shutil.copy(contracts, core / f"_computed_{part}.yml")
    intermediate = core / "intermediate"
    intermediate.mkdir()
    for name in SHARED:
        shutil.copy(REPOSITORY / "models" / "core" / "intermediate" / f"{name}.sql", intermediate)
    for name in STAND_INS:
        (intermediate / f"{name}.sql").write_text(f"select * from fixture.{name}\n")
    (intermediate / "int_published__ours_supply_chain.sql").write_text(NO_FIGURES)
    (intermediate / "_stand_ins.yml").write_text(STAND_IN_TESTS)
    _write_seeds(folder / "seeds" / "codes", real)
    return project


def _write_seeds(folder: Path, real: list[Path]) -> None:
    """Seeds of the project and small ones, with the types that the project gives their columns."""
    folder.mkdir(parents=True)
    for path in real:
        shutil.copy(path, folder)
    for name, text in SEEDS.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    definitions = seed_definitions()
    columns = {name: text.splitlines()[0].split(",") for name, text in SEEDS.items()}
    types = [
        {"name": name, "config": {"column_types": _only(definitions[name]["config"], wanted)}}
        for name, wanted in columns.items()
    ]
    types += [
        {
            "name": path.stem,
            "config": {"column_types": definitions[path.stem]["config"]["column_types"]},
        }
        for path in real
    ]
    (folder / "_types.yml").write_text(yaml.safe_dump({"seeds": types}))


def _only(config: dict[str, Any], columns: list[str]) -> dict[str, str]:
    return {column: config["column_types"][column] for column in columns}


def parse(project: Path, working: Path) -> Any:
    """The project's manifest; reading it takes most of a small run."""
    return _invoke(None, project, working, "parse")


def run_dbt(manifest: Any, project: Path, working: Path, *command: str) -> dict[str, Any]:
    """Run dbt in this process; node name -> result. Raises RuntimeError when it cannot start."""
    outcome = _invoke(manifest, project, working, *command)
    return {result.node.name: result for result in outcome.results}


# No logs and no documentation: nobody reads them here.
QUIET = ("--quiet", "--log-level", "none", "--log-level-file", "none", "--no-write-json")


def _invoke(manifest: Any, project: Path, working: Path, *command: str) -> Any:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    environment = {
        "TRADEPLUME_WORK_FILE": str(working),
        "DBT_TARGET_PATH": str(project / "target"),
        "DBT_LOG_PATH": str(project / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    variables = json.dumps(VARIABLES)
    places = ["--project-dir", str(project), "--profiles-dir", str(project), "--vars", variables]
    with patch.dict(os.environ, environment):
        try:
            outcome = dbtRunner(manifest=manifest).invoke([*QUIET, *command, *places])
        finally:
            DuckDBConnectionManager.close_all_connections()
    if outcome.exception or outcome.result is None:
        raise RuntimeError(f"dbt did not run: {outcome.exception}")
    return outcome.result
