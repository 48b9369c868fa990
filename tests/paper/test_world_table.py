"""GTAP's real 10 x 10 data base through the models of kind `paper`: its identities hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from compute.frames import Axis, to_matrix, to_vector
from compute.leontief import LeontiefSystem, technical_coefficients
from warehouse.database import connect, ensure_schemas, write_table
from warehouse.dbt import DbtProject, DbtReport
from warehouse.edition import load_edition
from warehouse.home import Home, WorkingFile
from warehouse.sources import READERS

SAMPLE = "economy/gtap_har_samples/other__GTAP-V7/basedata.har"


@dataclass(frozen=True)
class Built:
    working: WorkingFile
    project: DbtProject
    report: DbtReport


@pytest.fixture(scope="module")
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    find: Callable[[str], Path] = request.getfixturevalue("shared_data")
    flows = READERS["gtap_har"].read([find(SAMPLE)], "gtap_flow", 2011)
    home = Home(tmp_path_factory.mktemp("gtap"))
    home.work.mkdir(parents=True)
    working = home.working_file("paper-2017", 2011)
    with connect(working.path) as con:
        ensure_schemas(con)
        write_table(con, "raw", "gtap_flow", flows)
    # China is inside EastAsia there: any region will do for the models that build here.
    variables = {**load_edition("paper-2017", home.root).variables, "home_region": "EASTASIA"}
    project = DbtProject(working, variables, home.dbt / working.name)
    return Built(working, project, project.build("world_table"))


def test_the_identities_of_the_real_data_base_hold(sample: Built) -> None:
    report = sample.report
    assert not report.errors
    assert [check.check_name for check in report.checks if not check.passed] == []
    names = {check.check_name for check in report.checks}
    assert {"gtap_rows_sum_to_make", "gtap_headers_agree", "gtap_make_is_diagonal"} <= names


def test_rows_sum_to_the_make_matrix_and_output_is_ly(sample: Built) -> None:
    with connect(sample.working.path, read_only=True) as con:
        account = con.sql(
            "select region, code as sector, output_musd, bought_musd"
            " from intermediate.int_gtap__account where block = 'intermediate' order by all"
        ).pl()
        cells = con.sql("select * from staging.stg_global_table").pl()
    axis = Axis(account.select("region", "sector"))
    supplier = ["from_region", "from_sector"]
    flows = to_matrix(
        cells.filter(block="intermediate"),
        axis,
        supplier,
        axis,
        ["to_region", "to_code"],
        "value_musd",
    )
    demand = to_vector(cells.filter(block="final_demand"), axis, supplier, "value_musd")
    output = account["output_musd"].to_numpy()
    assert np.abs((flows.sum(axis=1) + demand) / output - 1).max() < 1e-6
    assert np.abs(flows.sum(axis=0) / account["bought_musd"].to_numpy() - 1).max() < 1e-12
    own = flows.sum(axis=1) + demand  # single precision parts them from the make matrix by 3e-7
    solved = LeontiefSystem(technical_coefficients(flows, own)).solve(demand[:, None])[:, 0]
    assert np.abs(solved / own - 1).max() < 1e-8


def test_a_header_that_disagrees_is_told(sample: Built) -> None:
    with connect(sample.working.path) as con:
        con.execute(
            "update raw.gtap_flow set value_musd = value_musd * 1.01"
            " where header = 'VXSB' and commodity = 'crops'"
        )
    report = sample.project.build("world_table")
    failed = {check.check_name for check in report.checks if not check.passed}
    assert {"gtap_rows_sum_to_make", "gtap_headers_agree"} <= failed
