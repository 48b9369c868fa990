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

REPOSITORY = Path(__file__).resolve().parents[2]

SEEDS = {
    "region": """\
code,name,name_zh,kind,china_region,is_inland,world_region,in_footprint
CN-GD,Guangdong,广东,province,East Coast,false,China,true
CN-HE,Hebei,河北,province,North,true,China,true
CN-XZ,Tibet,西藏,province,Southwest,true,China,false
CHN,China,中国,home,,,China,false
ROW,Rest of the world,其他,foreign,,,Rest of the world,false
USA,United States,美国,foreign,,,USA,false
""",
    "sector": """\
classification,code,name,sector_group,sort_order
wiod35,c1,Agriculture,agriculture,1
wiod35,c12,Basic metals,materials industry,2
""",
    "pollutant": """\
code,name,is_index
SO2,Sulfur dioxide,false
NOx,Nitrogen oxides,false
CO,Carbon monoxide,false
NH3,Ammonia,false
BC,Black carbon,false
OC,Organic carbon,false
PM25_other,Other primary PM2.5,false
APE,Air pollutant equivalents,true
""",
    "ape_coefficient": """\
pollutant,coefficient,variant,is_default,source
SO2,0.95,default,true,law
NOx,0.95,default,true,law
CO,16.7,default,true,law
NH3,9.09,default,true,law
BC,0.59,default,true,law
OC,4,default,true,law
PM25_other,4,default,true,law
OC,2.18,smoke_dust,false,law
PM25_other,2.18,smoke_dust,false,law
""",
    "published_sector": """\
classification,concept,sector
wiod35,ferrous metals,c12
wiod35,two of agriculture,c1
""",
    "published_figure": """\
figure_id,source,where_in_source,statement,theirs,unit,concept,comparable,why_not,tolerance
p17,paper,Fig 1,Inland share of exports,19.8,%,another year,true,,5
p19,paper,Fig 1c,Indirect share,75.4,%,PM2.5,false,concentrations come later,
p44,paper,Fig 3c,Hebei in ferrous metals,15,%,wider sector,false,c12 is wider,
p54b,paper,Fig 4,APE of intermediates,3.4,Mt,another year,false,another year,
p55d,paper,Fig 4,Guangdong intermediates against final,0.6,ratio,another year,false,another year,
l01,Lin 2014,abstract,SO2 share,36,%,another year,false,another year,
z01_low,Zhao 2015,abstract,lowest pollutant,15,%,another inventory,true,,5
z01_high,Zhao 2015,abstract,highest pollutant,23,%,another inventory,true,,5
c01,CREA,headline,PM2.5 year on year,-5,%,observations,false,answered by the part on observations,
""",
}

# The marts that need no more than the linked table, the inventory and the footprint.
DESCRIPTIONS = ("_dimensions.yml", "_mrio.yml", "_inventory.yml", "_exports.yml", "_record.yml")

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
    "sector_classification": "wiod35",
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
        for model in yaml.safe_load(described.read_text(encoding="utf-8"))["models"]:
            shutil.copy(described.with_name(f"{model['name']}.sql"), marts)
    known = {path.stem for path in marts.glob("*.sql")} | {*STAND_INS, *SEEDS}
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
    for name in STAND_INS:
        (intermediate / f"{name}.sql").write_text(f"select * from fixture.{name}\n")
    (intermediate / "int_published__ours_supply_chain.sql").write_text(NO_FIGURES)
    (intermediate / "_stand_ins.yml").write_text(STAND_IN_TESTS)
    seeds = folder / "seeds" / "codes"
    seeds.mkdir(parents=True)
    for name, text in SEEDS.items():
        (seeds / f"{name}.csv").write_text(text, encoding="utf-8")
    return project


def parse(project: Path, working: Path) -> Any:
    """The project's manifest; reading it takes most of a small run."""
    return _invoke(None, project, working, "parse")


def run_dbt(manifest: Any, project: Path, working: Path, *command: str) -> dict[str, Any]:
    """Run dbt in this process; node name -> result. Raises RuntimeError when it cannot start."""
    outcome = _invoke(manifest, project, working, *command)
    return {result.node.name: result for result in outcome.results}


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
            outcome = dbtRunner(manifest=manifest).invoke(["--quiet", *command, *places])
        finally:
            DuckDBConnectionManager.close_all_connections()
    if outcome.exception or outcome.result is None:
        raise RuntimeError(f"dbt did not run: {outcome.exception}")
    return outcome.result
