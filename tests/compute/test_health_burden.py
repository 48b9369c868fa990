import numpy as np
import pytest

from compute.health import AGE_GROUPS, attributable_deaths, gemm, tabulated
from compute.health_ages import HealthError
from compute.health_burden import (
    Baseline,
    Residents,
    burden,
    burden_of_means,
    by_part,
    of_provinces,
    response,
)

CELL, PROVINCE = np.array([0, 1, 1, 2]), np.array([0, 0, 1, 1])
PERSONS = np.array([1e6, 2e6, 5e5, 3e6])
LEVEL = np.array([20.0, 60.0, 110.0])
RESIDENTS = Residents(CELL, PROVINCE, PERSONS, 2)


def baseline(ages=AGE_GROUPS) -> Baseline:
    rng = np.random.default_rng(3)
    share = rng.dirichlet(np.ones(len(ages)), 2)
    rate = np.sort(rng.uniform(10, 9000, (2, len(ages))), axis=1)
    return Baseline(tuple(ages), share, rate, np.full(rate.shape, 0.05))


def test_burden_agrees_with_one_cell_and_age_after_another():
    base, curve = baseline(), gemm("IHD")
    found = burden(curve, base, RESIDENTS, LEVEL)
    for entry, (cell, province) in enumerate(zip(CELL, PROVINCE, strict=True)):
        for place, age in enumerate(AGE_GROUPS):
            expected = attributable_deaths(
                PERSONS[entry] * base.share[province, place],
                base.rate_per_100k[province, place],
                curve.relative_risk(LEVEL[cell], age),
            )
            assert found[place, entry] == pytest.approx(float(expected), rel=1e-13)
    np.testing.assert_allclose(
        RESIDENTS.summed(found).sum(axis=0),
        [found[:, :2].sum(), found[:, 2:].sum()],
    )


@pytest.mark.parametrize("cause", ["NCD+LRI", "COPD"])
def test_finer_ages_above_eighty_change_nothing_where_rates_are_the_same(cause):
    base = baseline()
    finer = Baseline(
        (*AGE_GROUPS[:-1], "80-84", "85+"),
        np.concatenate([base.share[:, :-1], 0.5 * base.share[:, [-1, -1]]], axis=1),
        base.rate_per_100k[:, [*range(12), -1]],
        np.zeros((2, 13)),
    )
    for one in (burden(gemm(cause), each, RESIDENTS, LEVEL).sum(axis=0) for each in (base, finer)):
        np.testing.assert_allclose(one, burden(gemm(cause), base, RESIDENTS, LEVEL).sum(axis=0))


def test_parts_of_the_air_share_the_deaths_of_every_cell():
    deaths = burden(gemm("NCD+LRI"), baseline(), RESIDENTS, LEVEL).sum(axis=0)
    parts = np.array([0.2, 0.5, 0.3])[:, None] * LEVEL
    parts[0, 1], parts[1, 1] = 0.6 * LEVEL[1], 0.1 * LEVEL[1]
    found = by_part(deaths, parts, LEVEL, RESIDENTS)
    np.testing.assert_allclose(found.sum(axis=0), RESIDENTS.summed(deaths), rtol=1e-13)
    assert found[0, 0] == pytest.approx(0.2 * deaths[0] + 0.6 * deaths[1])


def test_the_mean_of_a_province_is_another_answer_than_its_cells():
    curve, base = gemm("IHD"), baseline()
    cells = RESIDENTS.summed(burden(curve, base, RESIDENTS, LEVEL)).sum(axis=0)
    means = burden_of_means(curve, base, RESIDENTS, LEVEL)
    assert np.abs(means / cells - 1).max() > 0.001
    flat = np.full(3, 40.0)
    np.testing.assert_allclose(
        burden_of_means(curve, base, RESIDENTS, flat),
        RESIDENTS.summed(burden(curve, base, RESIDENTS, flat)).sum(axis=0),
    )


@pytest.mark.parametrize("cause", ["NCD+LRI", "LRI"])
def test_the_response_is_the_burden_anew(cause):
    """Polynomials of order four along both errors stay within 1 % of computing anew, within two errors."""
    curve, base = gemm(cause), baseline()
    answer = of_provinces([response(curve, base, RESIDENTS, LEVEL, 0.15)], 2)
    for theta, exposure, rate in ((0, 0, 0), (1.3, -0.7, 0), (-2, 2, 1), (0.4, 1.1, -2)):
        deaths = answer.deaths(*(np.array([float(one)]) for one in (theta, exposure, rate)))[0]
        moved = burden(curve.shifted(theta), base, RESIDENTS, LEVEL * np.exp(0.15 * exposure))
        expected = RESIDENTS.summed(moved).sum(axis=0) * (1 + 0.05 * rate)
        np.testing.assert_allclose(deaths, expected, rtol=0.01)


def test_a_draw_beyond_the_table_of_a_curve_is_held_at_its_end():
    curve = tabulated([0, 120], [1, 2], "all", [0, 0.1])
    base = baseline(("all",))
    found = of_provinces([response(curve, base, RESIDENTS, LEVEL, 0.15)], 2)
    assert np.isfinite(found.level).all()
    with pytest.raises(HealthError, match="beyond the table"):
        burden(curve, base, RESIDENTS, LEVEL * 2)


def test_a_province_without_people_is_refused():
    with pytest.raises(HealthError, match="no people"):
        Residents(CELL, PROVINCE, PERSONS, 3).mean(LEVEL)
