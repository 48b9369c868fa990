import csv
import gzip
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.health import (
    AGE_GROUPS,
    CAUSES,
    attributable_deaths,
    gemm,
    proportional,
    tabulated,
    zero_out,
)
from compute.health_ages import (
    ALL_AGES,
    AgeError,
    HealthError,
    bounds,
    demand_partition,
    holder,
)

levels = st.floats(0, 300)
causes = st.sampled_from(CAUSES)
ages = st.sampled_from((*AGE_GROUPS, ALL_AGES))


def test_a_single_cell_by_hand():
    """1000 people of 60 to 64, 500 deaths of IHD per 100,000, at 52.4 ug/m3."""
    rise = math.log(50 / 1.9 + 1) / (1 + math.exp(-(50 - 12) / 40.2))
    risk = math.exp(0.2919 * rise)
    assert gemm("IHD").relative_risk(52.4, "60-64") == pytest.approx(risk, rel=1e-14)
    deaths = attributable_deaths(1000, 500, gemm("IHD").relative_risk(52.4, "60-64"))
    assert deaths == pytest.approx(5 * (1 - 1 / risk), rel=1e-14)


def test_published_relative_risk_of_copd():
    assert gemm("COPD").relative_risk(60.0, "all") == pytest.approx(1.628, abs=5e-4)


@given(causes, ages, levels, levels)
def test_risk_rises_with_concentration_and_is_one_at_the_counterfactual(cause, age, one, other):
    curve = gemm(cause)
    low, high = sorted((one, other))
    assert 1 <= curve.relative_risk(low, age) <= curve.relative_risk(high, age)
    assert curve.relative_risk(min(low, 2.4), age) == 1


@given(causes, st.floats(0, 300), st.floats(-3, 3))
def test_a_shifted_curve_lies_on_the_side_of_the_shift(cause, level, errors):
    curve = gemm(cause)
    moved, base = (c.relative_risk(level, "60-64") for c in (curve.shifted(errors), curve))
    assert (moved - base) * errors >= 0
    assert moved >= 1


def test_risk_falls_with_age_where_theta_does():
    risks = [float(gemm("IHD").relative_risk(60, age)) for age in AGE_GROUPS]
    assert risks == sorted(risks, reverse=True)
    assert gemm("COPD").age_groups == (ALL_AGES,)
    assert gemm("IHD").age_groups == AGE_GROUPS


def test_ages_above_eighty_take_the_open_group():
    curve = gemm("stroke")
    assert curve.relative_risk(50, "85-89") == curve.relative_risk(50, "80+")
    with pytest.raises(AgeError, match="20-24"):
        curve.relative_risk(50, "20-24")


def test_vectorised_over_cells():
    cells = np.array([[0.0, 2.4], [35.0, 80.0]])
    risk = gemm("LC").relative_risk(cells, "50-54")
    assert risk.shape == (2, 2)
    assert risk[1, 1] == gemm("LC").relative_risk(80.0, "50-54")
    deaths = attributable_deaths(np.ones(2), np.array([10.0, 20.0]), risk)
    assert deaths.shape == (2, 2)
    assert deaths[0].tolist() == [0, 0]


@given(
    st.lists(st.floats(0, 40), min_size=2, max_size=6), st.floats(0, 1e6), st.floats(0, 5e3), causes
)
def test_proportional_parts_sum_to_the_deaths(parts, people, rate, cause):
    whole = sum(parts)
    deaths = attributable_deaths(people, rate, gemm(cause).relative_risk(whole, "all"))
    shares = proportional(deaths, np.array(parts)[:, None], np.array([whole]))
    expected = float(deaths) if whole > 0 else 0.0
    assert float(shares.sum()) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@given(st.floats(1, 200), st.floats(0, 1), st.floats(0.001, 0.02))
def test_zero_out_is_below_proportional_on_a_concave_curve(level, share, steepness):
    table = np.linspace(0, 200, 401)
    curve = tabulated(table, np.exp(1 - np.exp(-steepness * table)), (ALL_AGES,))
    flow = share * level
    deaths = attributable_deaths(1e6, 700, curve.relative_risk(level, ALL_AGES))
    without = zero_out(curve, ALL_AGES, 1e6, 700, level, flow)
    # between rows the table is linear: rounding of the interpolation alone
    assert float(without) <= float(proportional(deaths, flow, level)) * (1 + 1e-9) + 1e-6


@given(causes, ages, st.floats(0, 1), st.floats(0, 1))
def test_zero_out_is_below_proportional_where_gemm_is_concave_from_zero(cause, age, first, second):
    """Above the concentration with the most deaths per ug/m3, deaths per ug/m3 fall with concentration."""
    curve = gemm(cause)
    grid = np.arange(2.5, 300.0, 0.5)
    per_unit = (1 - 1 / curve.relative_risk(grid, age)) / grid
    start = grid[int(per_unit.argmax())]
    falls = np.diff(per_unit[int(per_unit.argmax()) :])
    assert (falls <= 1e-12).all()
    low, high = sorted(start + (300 - start) * np.array([first, second]))
    deaths = attributable_deaths(1e6, 700, curve.relative_risk(high, age))
    avoided = float(zero_out(curve, age, 1e6, 700, high, high - low))
    assert avoided <= float(proportional(deaths, high - low, high)) * (1 + 1e-6) + 1e-6


def test_zero_out_of_everything_is_the_burden():
    curve, level = gemm("NCD+LRI"), np.array([10.0, 60.0])
    everything = zero_out(curve, "all", 1e5, 900, level, level)
    np.testing.assert_array_equal(
        everything, attributable_deaths(1e5, 900, curve.relative_risk(level, "all"))
    )


def test_a_table_is_linear_between_its_rows_and_not_continued():
    curve = tabulated([0, 10, 20], [[1, 1], [1.2, 1.4], [1.3, 1.5]], ("25-59", "60+"))
    assert curve.relative_risk([5, 15], "60-64").tolist() == pytest.approx([1.2, 1.45])
    assert curve.relative_risk(15, "25-29") == pytest.approx(1.25)
    assert tabulated([0, 10], [1, 2], "all").relative_risk(5, "80+") == 1.5
    with pytest.raises(HealthError, match="beyond the table"):
        curve.relative_risk(20.1, "60+")


@pytest.mark.parametrize(
    ("table", "groups", "said"),
    [
        (([0, 10], [1, 0.9]), ("all",), "below one"),
        (([0, 10], [1, math.nan]), ("all",), "missing"),
        (([10, 0], [1, 1.1]), ("all",), "ascend"),
        (([-1, 10], [1, 1.1]), ("all",), "ascend"),
        (([0, 10], [[1, 1.1]]), ("25-29", "30+"), "shape"),
        (([0, 10], [[1, 1], [1.1, 1.1]]), ("25-49", "40+"), "overlap"),
        (([0, 10], [[1, 1], [1.1, 1.1]]), ("25-49", "60+"), "missing"),
        (([0, 10], [1, 1.1]), ("adults",), "not an age group"),
    ],
)
def test_a_table_that_is_no_curve_is_refused(table, groups, said):
    with pytest.raises(HealthError, match=said):
        tabulated(*table, groups)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((-1, 10, 1.1), "number of people"),
        ((math.nan, 10, 1.1), "missing"),
        ((1, -10, 1.1), "death rate"),
        ((1, 2e5, 1.1), "more deaths than people"),
        ((1, 10, 0.9), "below one"),
    ],
)
def test_impossible_numbers_are_refused(arguments, said):
    with pytest.raises(HealthError, match=said):
        attributable_deaths(*arguments)


@pytest.mark.parametrize("level", [-0.1, math.nan, math.inf, [10, -3]])
def test_negative_or_missing_exposure_is_refused(level):
    with pytest.raises(HealthError, match=r"concentration of PM2\.5"):
        gemm("LRI").relative_risk(level, "all")


def test_a_flow_above_the_whole_is_refused():
    with pytest.raises(HealthError, match=r"more PM2\.5 than there is"):
        proportional(1.0, 5.1, 5.0)


def test_an_unknown_cause_is_refused_with_those_there_are():
    with pytest.raises(HealthError, match="NCD\\+LRI, IHD, stroke, COPD, LC, LRI"):
        gemm("asthma")


def test_age_groups_part_the_ages():
    assert (bounds("25-29"), bounds("80+"), bounds("all")) == ((25, 30), (80, 1000), (0, 1000))
    assert holder("85-89", ("75-79", "80+", "all")) == "80+"
    demand_partition(AGE_GROUPS)
    demand_partition(("0-24", "25+"))
    demand_partition(("all",))
    for groups, said in (
        (("25-29", "25+"), "overlap"),
        (("25-29", "35+"), "between"),
        (("30+",), "25 to 29"),
        (("25-79",), "from 80"),
        (("all", "25+"), "overlap"),
        ((), "no age group"),
    ):
        with pytest.raises(AgeError, match=said):
            demand_partition(groups)


def _records(path):
    with gzip.open(path, "rt", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


CREA_CAUSES = ("COPD", "LC", "LRI")


@pytest.fixture(scope="module")
def crea(shared_data):
    """CREA's results for Bangladesh at 60 ug/m3, 8 divisions, and the rates they come from."""
    results = _records(
        shared_data("health/crea_hia/fingerprint_0.7.2_bgd_gemmandgbd_gbd2019_2020.csv.gz")
    )
    rates = _records(shared_data("health/crea_hia/epi_rate_wide_gbd2019_countries.csv.gz"))
    deaths = [
        row
        for row in results
        if row["outcome"] == "Deaths" and row["pollutant"] == "PM25" and row["age_group"] == "25+"
    ]
    return deaths, {row["estimate"]: row for row in rates if row["iso3"] == "BGD"}


def test_creas_worked_result_to_all_printed_digits(crea):
    """Uniform 60 to 0 ug/m3: causes with one theta for all ages, central, low and high (theta -+ 2 errors)."""
    deaths, rates = crea
    errors = {"central": 0, "low": -2, "high": 2}
    compared = 0
    for row in deaths:
        if row["cause"] not in CREA_CAUSES:
            continue
        rate = float(rates[row["estimate"]][f"{row['cause']}_Deaths"])
        risk = gemm(row["cause"]).shifted(errors[row["estimate"]]).relative_risk(60.0, "all")
        ours = float(attributable_deaths(float(row["pop"]), rate, risk))
        # fifteen digits are printed; the last one is rounding
        assert ours == pytest.approx(-float(row["number"]), rel=3e-14)
        compared += 1
    assert compared == 8 * 3 * 3
    total = sum(-float(row["number"]) for row in deaths if _is(row, "COPD"))
    assert total == pytest.approx(21823.470822, abs=5e-7)


def test_creas_causes_by_age_lie_between_the_youngest_and_the_oldest(crea):
    """CREA weights ages by Bangladesh's deaths by age, which are not at hand: their mean lies within the ages'."""
    deaths, rates = crea
    for name, cause in (("NCD.LRI", "NCD+LRI"), ("IHD", "IHD"), ("Stroke", "stroke")):
        found = [row for row in deaths if _is(row, name)]
        assert len(found) == 8
        for row in found:
            people, rate = float(row["pop"]), float(rates["central"][f"{name}_Deaths"])
            youngest, oldest = (
                float(attributable_deaths(people, rate, gemm(cause).relative_risk(60.0, age)))
                for age in (AGE_GROUPS[0], AGE_GROUPS[-1])
            )
            assert oldest < -float(row["number"]) < youngest


def _is(row, cause):
    return row["cause"] == cause and row["estimate"] == "central"


def test_china_2015_within_two_percent_of_burnett_2018(shared_data):
    """2.47 million of NCD+LRI: the 0.1 degree grid with the nation's ages and rates of 2015."""
    folder = "health/gemm_and_rates"
    cells = _records(shared_data(f"{folder}/china_grid_0.1deg_province_pop_pm25_2005_2015.csv.gz"))
    level = np.array([float(row["2015_pm25"]) for row in cells])
    people = np.array([float(row["2015_pop"]) for row in cells])
    with shared_data(f"{folder}/GBD_agestructure_China_2000-2017.csv").open() as stream:
        nation = next(row for row in csv.DictReader(stream) if row["year"] == "2015")
    with shared_data(f"{folder}/GBD_incidence_China_2000-2019.csv").open(
        encoding="utf-8-sig"
    ) as stream:
        rates = next(
            row
            for row in csv.DictReader(stream)
            if row["year"] == "2015" and row["endpoint"] == "NCD+LRI"
        )
    of_age = defaultdict(float)
    number = {age: float(value) for age, value in nation.items() if age != "year"}
    everyone = sum(number.values())
    known = level > 0  # zero marks a missing value in this file: 3.8 million people
    for age, persons in number.items():
        if int(age) < 25:
            continue
        group = f"{age}-{int(age) + 4}" if int(age) < 95 else "95+"
        risk = gemm("NCD+LRI").relative_risk(level[known], group)
        deaths = attributable_deaths(people[known] * persons / everyone, float(rates[age]), risk)
        of_age[group] = float(deaths.sum())
    assert sum(of_age.values()) == pytest.approx(2.47e6, rel=0.02)
