"""What many draws say: moments, ranks, means at the point, coverage of known truths."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute._checks import InvalidInput
from compute.uncertainty.drive import drive_of
from compute.uncertainty.inventory import inventory_factors
from compute.uncertainty.sampling import Emissions, Plan, TableDraws, draw_block
from compute.uncertainty.statistics import Moments, Winners, quantiles, variance_shares
from compute.uncertainty.table import CellNoise, LinkedTable, gravity_noise, trade_split
from tests.compute.uncertainty_samples import World, draws_of, world

pytestmark = pytest.mark.slow

TRUTHS = 200


@given(st.integers(1, 60), st.lists(st.integers(1, 59), max_size=4), st.integers(0, 9))
def test_moments_do_not_depend_on_the_parts(count: int, cuts: list[int], seed: int) -> None:
    draws = np.random.default_rng(seed).lognormal(0, 1, (count, 3))
    total = Moments.none(3)
    for part in np.split(draws, sorted(cut for cut in cuts if cut < count)):
        if len(part):
            total += Moments.of(part)
    assert total.count == count
    assert total.mean == pytest.approx(draws.mean(axis=0))
    expected = draws.var(axis=0, ddof=1) if count > 1 else 0
    assert total.variance == pytest.approx(expected, abs=1e-9)
    assert total.standard_error == pytest.approx(np.sqrt(total.variance / count))


def test_quantiles_and_shares_of_variance() -> None:
    draws = np.array([np.arange(101.0), np.arange(101.0) * 2])
    assert quantiles(draws)[:, 0] == pytest.approx([4.1, 50, 95.9])
    assert quantiles(draws)[:, 1] == pytest.approx([8.2, 100, 191.8])
    assert quantiles(draws[:, :1]).tolist() == [[0, 0]] * 3
    with pytest.raises(InvalidInput):
        quantiles(np.zeros((3, 0)))
    shares = variance_shares(np.array([[1.0, 0], [3, 0]]), np.array([4.0, 0]))
    assert shares.tolist() == [[0.25, 0], [0.75, 0]]


def test_winners_are_counted() -> None:
    values = np.array([[[1.0, 2], [5, 4]], [[3, 2], [5, 6]], [[1, 9], [7, 0]]])
    counts = (Winners.of(values[:2]) + Winners.of(values[2:])).counts
    assert counts.tolist() == [[1, 2], [2, 1]]
    assert (Winners.none(2, 2) + Winners.of(values)).counts.tolist() == counts.tolist()


def headline(made: World, *label: str) -> int:
    return [each[: len(label)] for each in made.headlines.labels].index(label)


def test_headlines_are_the_sums_they_say() -> None:
    made = world(1)
    drive = drive_of(made.table)
    values, consumers = made.headlines.values(made.emissions.tonnes, drive)
    found = dict(zip((label[:4] for label in made.headlines.labels), values, strict=True))
    assert len(found) == len(values)
    tonnes = made.emissions.tonnes[1]  # SO2
    driven = drive.consumer.reshape(3, 4, 3) * tonnes[:, :3]  # consumer, province, sector
    for number, province in enumerate(made.headlines.provinces):
        assert found["export_emission", province, "SO2", "all"] == pytest.approx(
            driven[:, number].sum()
        )
        assert found["export_emission", province, "SO2", "China"] == pytest.approx(
            driven[2, number].sum()
        )
        assert found["inventory_total", province, "SO2", "all"] == pytest.approx(
            tonnes[number].sum()
        )
    total = found["export_emission", "CHN", "SO2", "all"]
    assert total == pytest.approx(driven.sum())
    for pair in (("direct", "indirect"), ("Asia", "China")):
        assert sum(found["export_emission", "CHN", "SO2", part] for part in pair) == pytest.approx(
            total
        )
    assert found["export_share", "CHN", "SO2", "all"] == pytest.approx(total / tonnes.sum())
    direct = (drive.direct * tonnes[:, :3].ravel()).sum()
    assert found["direct_share", "CHN", "SO2", "all"] == pytest.approx(direct / total)
    layers = [
        value for key, value in found.items() if key[0] == "production_layer" and key[2] == "SO2"
    ]
    assert len(layers) == 5
    assert sum(layers) == pytest.approx(total)
    nox = found["export_emission", "CHN", "NOx", "all"]
    assert found["export_emission", "CHN", "APE", "all"] == pytest.approx(1.0 * nox + 0.5 * total)
    assert consumers[4, 1] == pytest.approx(driven.sum(axis=(1, 2)))


def test_concentrations_are_emissions_times_sensitivities() -> None:
    made = world(2)
    answer = np.random.default_rng(0).random((2, 2, 4, 3))
    heads = replace(made.headlines, receptors=("CN-AA", "CN-BB"), sensitivity=answer)
    drive = drive_of(made.table)
    values = heads.values(made.emissions.tonnes, drive)[0]
    exported = made.emissions.tonnes[:, :, :3] * drive.consumer.sum(axis=0).reshape(4, 3)
    assert values[-2:] == pytest.approx([(each * exported).sum() for each in answer])
    assert heads.labels[-1] == ("export_pm25", "CN-BB", "all", "all", "ug/m3")
    with pytest.raises(InvalidInput):
        replace(made.headlines, receptors=("CN-AA",), sensitivity=answer)


def test_draws_come_again_with_their_seed() -> None:
    made, plan = world(3, divided=True), Plan(40, seed=5, table_draws=10)
    first, again = draws_of(made, plan)[0], draws_of(made, plan)[0]
    assert (first == again).all()
    assert (draws_of(made, Plan(40, seed=6, table_draws=10))[0] != first).any()


@pytest.mark.parametrize("tables", [0, 300])
def test_the_mean_of_the_draws_meets_the_point(tables: int) -> None:
    made = world(4)
    draws, _ = draws_of(made, Plan(3000, table_draws=tables))
    point = made.headlines.values(made.emissions.tonnes, drive_of(made.table))[0]
    # Shares are ratios of what is drawn: their mean is not at the ratio of the means.
    linear = np.array([label[4] == "t" for label in made.headlines.labels])
    error = draws.std(axis=0) / np.sqrt(tables or 3000)
    distance = np.abs(draws.mean(axis=0) - point)[linear] / error[linear]
    assert distance.max() < 5


def test_sources_alone_make_most_of_the_variance() -> None:
    made = world(5, divided=True)
    draws, alone = draws_of(made, Plan(900, table_draws=300))
    assert set(alone) == {"inventory", "stand_in", "table", "trade_split", "gravity"}
    shares = np.array([values.var(axis=0) for values in alone.values()]) / draws.var(axis=0)
    whole = shares.sum(axis=0)[headline(made, "export_emission", "CHN", "SO2", "all")]
    assert whole == pytest.approx(1, abs=0.25)


def test_full_solutions_and_first_order_agree_on_the_interval() -> None:
    made = world(6)
    quick, full = (
        quantiles(draws_of(made, Plan(60, table_draws=60, full=solved))[0].T)
        for solved in (False, True)
    )
    place = headline(made, "export_emission", "CHN", "SO2", "all")
    assert quick[:, place] == pytest.approx(full[:, place], rel=0.03)


def test_rebalancing_narrows_what_the_table_adds() -> None:
    made = world(7)
    spread = {
        balanced: draws_of(made, Plan(60, table_draws=60, rebalance=balanced))[1]["table"].std(
            axis=0
        )
        for balanced in (False, True)
    }
    place = headline(made, "export_emission", "CHN", "SO2", "all")
    assert 0 < spread[True][place] < spread[False][place]


def test_trade_between_provinces_that_is_known_has_no_gravity() -> None:
    made = world(9)
    known = replace(made, errors=replace(made.errors, distance_km=None))
    assert set(draws_of(known, Plan(5, table_draws=5))[1]) == {"inventory", "table", "trade_split"}


def test_tables_are_drawn_with_a_table_only() -> None:
    made = world(8)
    base = drive_of(made.table)
    with pytest.raises(InvalidInput):
        draw_block(Plan(5, table_draws=5), range(5), made.headlines, made.emissions, base)
    tables = TableDraws(made.table, made.errors)
    with pytest.raises(InvalidInput):
        draw_block(Plan(5), range(5), made.headlines, made.emissions, base, tables)


def observed(truth: World, seed: int) -> World:
    """What statistics would say of a true economy, whose table and inventory they get wrong.

    Cells err about the truth with mean one, so that sums of many are right. Published intervals of an
    inventory are of the truth about the estimate: the estimate is the truth divided by an error.
    """
    table, errors = truth.table, truth.errors
    change = (
        CellNoise(table, errors.cell).draw(seed, 0)
        + trade_split(table, errors.concentration, seed, 0)
        + gravity_noise(
            table,
            errors.distance_km,
            errors.exponent_deviation,
            errors.distance_coefficient,
            seed,
            0,
        )
    )
    factors = inventory_factors(truth.emissions.error, 4, seed, 0).transpose(0, 2, 1)
    seen = LinkedTable(
        table.flows + change.flows,
        table.demand + change.demand,
        table.provinces,
        table.consumer,
        table.is_home,
    )
    tonnes = truth.emissions.tonnes / factors[:, :, truth.emissions.group]
    emissions = Emissions(tonnes, truth.emissions.group, truth.emissions.error)
    return World(seen, emissions, truth.headlines, errors)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """On 200 synthetic economies with known truth, about 90 in 100 within the 90 % interval.

    The number within is binomial: 0.9 of 200 with a standard deviation of 0.021; three of them each way.
    """
    labels = [
        ("export_emission", "CHN", "SO2", "all"),
        ("export_emission", "CN-BB", "NOx", "direct"),
        ("export_emission", "CN-AA", "SO2", "Asia"),
        ("direct_share", "CHN", "SO2", "all"),
    ]
    within = np.zeros(len(labels))
    for number in range(TRUTHS):
        truth = world(1000 + number)
        seen = observed(truth, 5000 + number)
        places = [headline(truth, *label) for label in labels]
        point = truth.headlines.values(truth.emissions.tonnes, drive_of(truth.table))[0][places]
        low, _, high = quantiles(
            draws_of(seen, Plan(120, seed=number, table_draws=30))[0][:, places].T
        )
        within += (low <= point) & (point <= high)
    assert ((within / TRUTHS > 0.9 - 0.064) & (within / TRUTHS < 0.9 + 0.064)).all(), (
        within / TRUTHS
    )
