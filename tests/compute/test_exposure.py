import numpy as np
import pytest

from compute.exposure import (
    ExposureError,
    exposure_curve,
    people_above_because,
    population_weighted_mean,
    receptor_weights,
)

CONCENTRATION = np.array([3.0, 10.0, 36.0, 80.0])
PEOPLE = np.array([1.0, 2.0, 4.0, 8.0])


def test_population_weighted_mean_by_hand():
    assert population_weighted_mean(CONCENTRATION, PEOPLE) == pytest.approx(
        (3 + 20 + 144 + 640) / 15
    )


def test_curve_counts_people_strictly_above():
    curve = exposure_curve(CONCENTRATION, PEOPLE, np.array([0.0, 3.0, 5.0, 35.0, 80.0, 90.0]))
    assert curve.people_above.tolist() == [15.0, 14.0, 14.0, 12.0, 0.0, 0.0]


def test_curve_agrees_with_counting_on_random_cells():
    rng = np.random.default_rng(0)
    levels, people = rng.uniform(0, 100, 500).round(), rng.uniform(0, 1e5, 500)
    thresholds = np.arange(0.0, 101.0)
    expected = [people[levels > threshold].sum() for threshold in thresholds]
    np.testing.assert_allclose(exposure_curve(levels, people, thresholds).people_above, expected)


def test_people_above_because_of_a_source():
    without = np.array([3.0, 4.0, 30.0, 70.0])
    assert people_above_because(CONCENTRATION, without, PEOPLE, 35.0) == 4.0
    assert people_above_because(CONCENTRATION, without, PEOPLE, 5.0) == 2.0


def test_receptor_rows_sum_to_one():
    weights = receptor_weights(np.array([[1.0, 3.0], [0.0, 2.0]]))
    np.testing.assert_allclose(weights, [[0.25, 0.75], [0.0, 1.0]])


@pytest.mark.parametrize(
    "call",
    [
        lambda: population_weighted_mean(CONCENTRATION, PEOPLE[:2]),
        lambda: population_weighted_mean(CONCENTRATION, -PEOPLE),
        lambda: population_weighted_mean(CONCENTRATION, 0 * PEOPLE),
        lambda: population_weighted_mean(np.array([np.nan, 1, 1, 1]), PEOPLE),
        lambda: exposure_curve(CONCENTRATION, PEOPLE, np.array([5.0, 5.0])),
        lambda: receptor_weights(np.array([[0.0, 0.0]])),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(ExposureError):
        call()
