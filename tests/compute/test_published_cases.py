"""Published worked examples; the numbers, their sources and tolerances are in tests/reference."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.balance import gras
from compute.leontief import (
    LeontiefSystem,
    emission_intensity,
    multipliers,
    output_for,
    technical_coefficients,
)

REFERENCE = Path(__file__).parents[1] / "reference"


def published(name: str) -> dict[str, Any]:
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


def test_miller_blair_two_sectors():
    case = published("miller_blair_two_sectors.json")
    rtol = case["relative_tolerance"]
    a = technical_coefficients(case["flows"], case["output"])
    np.testing.assert_allclose(a, case["coefficients"], rtol=rtol)
    np.testing.assert_allclose(output_for(a, np.eye(2)), case["leontief_inverse"], rtol=rtol)
    np.testing.assert_allclose(output_for(a, case["demand"]), case["output"], rtol=rtol)
    np.testing.assert_allclose(output_for(a, case["new_demand"]), case["new_output"], rtol=rtol)
    labour = np.array(case["labour_intensity"])
    np.testing.assert_allclose(
        labour * output_for(a, case["new_demand"]), case["new_labour"], rtol=rtol
    )
    assert multipliers(a, labour) @ case["new_demand"] == pytest.approx(
        sum(case["new_labour"]), rel=rtol
    )
    layer = np.array(case["new_demand"], dtype=float)
    for expected in case["layers"]:
        np.testing.assert_allclose(layer, expected, rtol=rtol)
        layer = a @ layer


def test_miller_blair_ras():
    case = published("miller_blair_ras.json")
    output = np.array(case["new_output"])
    result = gras(
        np.array(case["coefficients"]) * output,
        case["row_totals"],
        case["column_totals"],
        tolerance=1e-13,
    )
    rtol = case["relative_tolerance"]
    np.testing.assert_allclose(result.table, case["balanced_flows"], rtol=rtol)
    np.testing.assert_allclose(
        technical_coefficients(result.table, output), case["balanced_coefficients"], rtol=rtol
    )


def test_gras_without_positive_entries_in_a_column():
    case = published("junius_oosterhaven_gras.json")
    result = gras(
        case["prior_without_positive_entries_in_last_column"],
        case["row_totals"],
        case["column_totals"],
    )
    np.testing.assert_allclose(
        result.table,
        case["balanced_without_positive_entries_in_last_column"],
        rtol=0,
        atol=case["absolute_tolerance"],
    )


def test_kitzes_footprint():
    case = published("kitzes_2013.json")
    atol = case["absolute_tolerance"]
    demand = np.array(case["demand"], dtype=float)
    a = technical_coefficients(case["flows"], case["output"])
    f = emission_intensity(case["emission"], case["output"])
    total_intensity = multipliers(a, np.diag(f))
    np.testing.assert_allclose(total_intensity, case["total_intensity"], atol=atol)
    np.testing.assert_allclose(total_intensity @ demand, case["production_based"], atol=atol)
    np.testing.assert_allclose(multipliers(a, f) * demand, case["consumption_based"], atol=atol)
    np.testing.assert_allclose(f * output_for(a, demand), case["production_based"], atol=1e-12)

    layers = sum(np.diag(f) @ np.linalg.matrix_power(a, t) @ np.diag(demand) for t in range(11))
    np.testing.assert_allclose(layers.sum(axis=1), case["layers_0_to_10_production"], atol=1e-6)
    np.testing.assert_allclose(layers.sum(axis=0), case["layers_0_to_10_consumption"], atol=1e-6)


class TestEurostatGermany1995:
    case = published("eurostat_germany_1995.json")
    atol = case["absolute_tolerance"]
    output = np.array(case["output"])
    a = technical_coefficients(case["flows"], output)

    def test_coefficients(self):
        for row, column, expected in self.case["coefficient_cells"]:
            assert self.a[row, column] == pytest.approx(expected, abs=self.atol)

    def test_leontief_inverse(self):
        diagonal = np.diag(output_for(self.a, np.eye(6)))[:3]
        np.testing.assert_allclose(
            diagonal, self.case["leontief_diagonal_first_three"], atol=self.atol
        )

    @pytest.mark.parametrize(
        ("input_row", "expected"),
        [
            ("output", "output_multipliers"),
            ("gross_value_added", "value_added_multipliers"),
            ("employment", "employment_multipliers"),
        ],
    )
    def test_multipliers(self, input_row, expected):
        per_output = technical_coefficients([self.case[input_row]], self.output)[0]
        np.testing.assert_allclose(
            multipliers(self.a, per_output), self.case[expected], atol=self.atol
        )

    def test_value_added_coefficients(self):
        np.testing.assert_allclose(
            technical_coefficients([self.case["gross_value_added"]], self.output)[0],
            self.case["value_added_coefficients"],
            atol=self.atol,
        )

    @pytest.mark.parametrize("pollutant", sorted(case["emission_coefficients"]))
    def test_emission_coefficients(self, pollutant):
        np.testing.assert_allclose(
            emission_intensity(self.case["emission"][pollutant], self.output),
            self.case["emission_coefficients"][pollutant],
            atol=self.atol,
        )

    def test_emission_multipliers(self):
        expected = self.case["emission_multipliers"]
        emission = np.array([self.case["emission"][pollutant] for pollutant in expected])
        np.testing.assert_allclose(
            multipliers(self.a, emission_intensity(emission, self.output)),
            list(expected.values()),
            atol=6e-7,  # six decimals given
        )

    def test_ghosh_supply_side(self):
        # Output coefficients B = diag(x)^-1 Z are the transpose of technical ones of Z'.
        b_transposed = technical_coefficients(np.transpose(self.case["flows"]), self.output)
        system = LeontiefSystem(b_transposed)
        np.testing.assert_allclose(
            system.solve_transposed(np.eye(6))[0], self.case["ghosh_first_column"], atol=self.atol
        )
        linkages = system.solve_transposed(np.ones(6))
        printed = np.array(self.case["forward_linkages"])
        sound = np.setdiff1d(np.arange(6), self.case["forward_linkages_misprinted"])
        np.testing.assert_allclose(linkages[sound], printed[sound], atol=self.atol)

    def test_the_misprinted_linkage_contradicts_the_printed_ones(self):
        # g = 1 + B g, so the first printed linkage determines the second.
        b = technical_coefficients(np.transpose(self.case["flows"]), self.output).T
        g = np.array(self.case["forward_linkages"])
        others = [0, 2, 3, 4, 5]
        implied = (g[0] - 1 - b[0, others] @ g[others]) / b[0, 1]
        assert implied == pytest.approx(1.6910, abs=5e-4)
        assert abs(implied - g[1]) > 0.02
