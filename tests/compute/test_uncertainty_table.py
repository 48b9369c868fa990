"""Draws of the linked table: what they keep, and the first-order answer against solving anew."""

from __future__ import annotations

import numpy as np
import pytest

from compute._checks import InvalidInput
from compute.footprint import embodied_exports
from compute.leontief import technical_coefficients
from compute.uncertainty.drive import Drive, Expansion, drive_after, drive_of
from compute.uncertainty.sensitivity import aggregated, aggregated_emissions, divided_as_nation
from compute.uncertainty.table import (
    CellError,
    CellNoise,
    Change,
    LinkedTable,
    gravity_noise,
    rebalanced,
    trade_split,
)
from tests.compute.uncertainty_samples import linked_table

KM = np.array([[0.0, 300, 800, 900], [300, 0, 1500, 500], [800, 1500, 0, 700], [900, 500, 700, 0]])


def table_of(seed: int, **sizes: int) -> LinkedTable:
    return linked_table(np.random.default_rng(seed), **sizes)


def scaled(change: Change, factor: float) -> Change:
    return Change(change.flows * factor, change.demand * factor)


def parts(drive: Drive) -> np.ndarray:
    return np.concatenate([drive.consumer.ravel(), drive.direct, drive.layer.ravel()])


def any_change(table: LinkedTable, seed: int) -> Change:
    noise = CellNoise(table, CellError(0.3, -0.1, 1.0, 0.4)).draw(seed, 0)
    return noise + trade_split(table, 20, seed, 0) + gravity_noise(table, KM, 0.5, 0.3, seed, 0)


def test_the_drive_is_the_footprint_over_output() -> None:
    table = table_of(1)
    coefficients = technical_coefficients(table.flows, table.output)
    embodied = embodied_exports(
        coefficients, table.provinces, table.consumers_of(table.demand), is_home=table.is_home
    )  # (n_P, P, consumers, uses)
    found, x = drive_of(table), table.output[:12]
    assert found.consumer == pytest.approx((embodied.sum(axis=(1, 3)) / x[:, None]).T)
    own = np.concatenate([embodied[3 * p : 3 * p + 3, p].sum(axis=(1, 2)) for p in range(4)])
    assert found.direct == pytest.approx(own / x)
    assert found.layer.sum(axis=0) == pytest.approx(found.consumer.sum(axis=0))


@pytest.mark.parametrize("seed", range(6))
def test_the_expansion_is_the_derivative(seed: int) -> None:
    table = table_of(seed)
    change, expansion = any_change(table, seed), Expansion(table)
    step = 1e-4
    up, down = (parts(drive_after(table, scaled(change, sign * step))) for sign in (1, -1))
    assert parts(expansion.drive(change)) == pytest.approx((up - down) / (2 * step), abs=1e-6)
    assert parts(expansion.base) == pytest.approx(parts(drive_of(table)))


def test_the_expansion_is_good_to_second_order() -> None:
    """Halving the change quarters what first order leaves out."""
    table = table_of(3)
    change, expansion = any_change(table, 3), Expansion(table)

    def left_out(factor: float) -> float:
        some = scaled(change, factor)
        guess = parts(expansion.base + expansion.drive(some))
        return float(np.abs(guess - parts(drive_after(table, some))).max())

    assert left_out(0.1) / left_out(0.05) == pytest.approx(4, rel=0.2)


def test_effects_of_two_sources_add() -> None:
    table = table_of(5)
    one, two = trade_split(table, 20, 1, 0), gravity_noise(table, KM, 0.5, 0.3, 1, 0)
    expansion = Expansion(table)
    apart = parts(expansion.drive(one) + expansion.drive(two))
    assert parts(expansion.drive(one + two)) == pytest.approx(apart, abs=1e-12)


def exports_of(table: LinkedTable, change: Change) -> np.ndarray:
    """Deliveries by province, product and region after a change."""
    flows, demand = table.flows + change.flows, table.demand + change.demand
    regions = demand.shape[1]
    summed = flows.reshape(len(flows), regions, -1).sum(axis=2) + demand
    return summed[: table.provinces.size].reshape(table.provinces.count, -1, regions)


def test_the_trade_split_keeps_exports_and_what_each_region_takes() -> None:
    table = table_of(2)
    before = exports_of(table, scaled(trade_split(table, 30, 1, 0), 0))
    after = exports_of(table, trade_split(table, 30, 1, 0))
    assert np.abs(after[:, :, 4:] / before[:, :, 4:] - 1).max() > 0.01
    assert after[:, :, :4] == pytest.approx(before[:, :, :4])
    assert after.sum(axis=2) == pytest.approx(before.sum(axis=2), rel=1e-5)
    assert after.sum(axis=0) == pytest.approx(before.sum(axis=0), rel=1e-5)


def test_a_destination_with_a_fifth_varies_as_its_concentration_says() -> None:
    # Many provinces, so that the margins of the regions hardly bind; five equal destinations.
    table = table_of(4, provinces=40, sectors=1, foreign=5)
    even = LinkedTable(
        np.ones_like(table.flows),
        np.ones_like(table.demand),
        table.provinces,
        table.consumer,
        table.is_home,
    )
    shares = np.array(
        [exports_of(even, trade_split(even, 99, 1, draw))[:, 0, 40:] / 10 for draw in range(40)]
    )
    assert shares.std() / 0.2 == pytest.approx(np.sqrt(0.8 / (0.2 * 100)), rel=0.1)


def test_gravity_keeps_what_provinces_send_and_take() -> None:
    table = table_of(6)
    before = exports_of(table, scaled(gravity_noise(table, KM, 0.4, 0.2, 1, 0), 0))
    after = exports_of(table, gravity_noise(table, KM, 0.4, 0.2, 1, 0))
    assert np.abs(after[:, :, :4] / before[:, :, :4] - 1).max() > 0.01
    assert after[:, :, 4:] == pytest.approx(before[:, :, 4:])
    for province in range(4):
        assert after[province, :, province] == pytest.approx(before[province, :, province])
    assert after.sum(axis=2) == pytest.approx(before.sum(axis=2), rel=1e-5)
    assert after.sum(axis=0) == pytest.approx(before.sum(axis=0), rel=1e-5)


def test_no_errors_change_nothing() -> None:
    table = table_of(7)
    for change in (
        gravity_noise(table, KM, 0, 0, 1, 0),
        CellNoise(table, CellError(0, -0.3, 1)).draw(1, 0),
    ):
        assert np.abs(change.flows).max() == pytest.approx(0, abs=1e-9)
        assert np.abs(change.demand).max() == pytest.approx(0, abs=1e-9)


def test_a_larger_exponent_favours_neighbours() -> None:
    table = table_of(8)
    draws = [gravity_noise(table, KM, 1.0, 0, 1, draw) for draw in range(30)]
    near, far = (
        np.array([exports_of(table, change)[row].sum(axis=0)[column] for change in draws])
        for row, column in ((0, 1), (1, 2))
    )
    assert np.corrcoef(near, far)[0, 1] < -0.9


def test_noise_falls_with_size_keeps_signs_and_has_mean_one() -> None:
    error = CellError(0.393, -0.302, 1.0)
    assert error.relative(np.array([1.0, 1000.0, -1000.0, 0.0, 1e-9])) == pytest.approx(
        [0.393, 0.393 * 1000**-0.302, 0.393 * 1000**-0.302, 0, 1]
    )
    table = table_of(9)
    table.demand[0, 0] *= -0.01
    table.flows[2, 3] = 0
    noise = CellNoise(table, CellError(0.3, -0.3, 1.0, 0.5))
    draws = np.array([noise.draw(1, draw).flows for draw in range(1500)])
    assert (draws[:, 2, 3] == 0).all()
    after = table.demand + noise.draw(1, 0).demand
    assert (np.sign(after) == np.sign(table.demand)).all()
    relative = draws[:, table.flows > 0] / table.flows[table.flows > 0]
    expected = CellError(0.3, -0.3, 1.0).relative(table.flows[table.flows > 0])
    assert np.abs(relative.mean(axis=0) / (expected / np.sqrt(1500))).max() < 5
    assert relative.std(axis=0) == pytest.approx(expected, rel=0.3)
    # Cells from one producer to one region share half of the variance, others none.
    logs = np.log1p(draws[:, 0, :6] / table.flows[0, :6])
    correlation = np.corrcoef(logs.T)
    assert correlation[0, 1] == pytest.approx(0.5, abs=0.08)
    assert abs(correlation[0, 4]) < 0.08


def test_output_stays_positive_where_inventories_nearly_cancel_deliveries() -> None:
    table = table_of(10)
    table.flows[0] = 1.0
    table.flows[:, 0] *= 1e-4  # next to no output, next to no inputs
    table.demand[0] = 0.0
    table.demand[0, 0] = -table.flows[0].sum() + 0.5
    noise = CellNoise(table, CellError(1.0, 0.0, 1.0))
    for draw in range(30):
        change = noise.draw(1, draw)
        output = table.output + change.flows.sum(axis=1) + change.demand.sum(axis=1)
        assert output[0] >= 0.05 - 1e-9
        drive_after(table, change)


def test_a_rebalanced_table_has_its_totals_again() -> None:
    table = table_of(11)
    change = CellNoise(table, CellError(0.3, 0.0, 1.0)).draw(1, 0)
    back = rebalanced(table, change)
    assert np.abs(change.flows.sum(axis=1)).max() > 1
    rows = back.flows.sum(axis=1) + back.demand.sum(axis=1)
    assert rows == pytest.approx(0, abs=1e-4 * table.output.max())
    assert back.flows.sum(axis=0) == pytest.approx(0, abs=1e-4 * table.output.max())
    assert np.abs(back.flows).max() > 0.1


@pytest.mark.parametrize(
    "arguments", [(-0.1, -0.3, 1.0), (0.3, 0.2, 1.0), (0.3, -0.3, 3.5), (0.3, -0.3, 1.0, 1.2)]
)
def test_impossible_cell_errors_are_refused(arguments: tuple[float, ...]) -> None:
    with pytest.raises(InvalidInput):
        CellError(*arguments)


def test_impossible_errors_of_trade_are_refused() -> None:
    table = table_of(12)
    with pytest.raises(InvalidInput, match="concentration"):
        trade_split(table, 0, 1, 0)
    with pytest.raises(InvalidInput, match="exponent"):
        gravity_noise(table, KM, -1, 0.2, 1, 0)
    with pytest.raises(InvalidInput, match="distance"):
        gravity_noise(table, KM, 0.3, float("nan"), 1, 0)


def test_a_coarser_table_sums_blocks_and_one_group_a_sector_changes_nothing() -> None:
    table = table_of(13)
    coarse = aggregated(table, np.array([0, 0, 1]))
    assert coarse.flows[0, 1] == pytest.approx(table.flows[:2, 2].sum())
    assert coarse.flows[2, 0] == pytest.approx(table.flows[3:5, :2].sum())
    assert coarse.output[::2] == pytest.approx(table.output[::3] + table.output[1::3])
    same = aggregated(table, np.arange(3))
    assert parts(drive_of(same)) == pytest.approx(parts(drive_of(table)))
    assert aggregated_emissions(np.ones((2, 3, 4)), np.array([0, 0, 1]))[0, 0].tolist() == [2, 1, 1]
    for wrong in (np.array([0, 2, 2]), np.array([0, 1])):
        with pytest.raises(InvalidInput):
            aggregated(table, wrong)


def test_dividing_as_the_nation_keeps_blocks() -> None:
    # Two provinces, one source sector, two emitters: 10 + 30 and 40 + 20 t; the nation has 50 : 50.
    tonnes, block = np.array([10.0, 30, 40, 20]), np.array([0, 0, 1, 1])
    source = np.array([[0, 0], [0, 1], [0, 0], [0, 1]])
    assert divided_as_nation(tonnes, block, source, np.arange(4), 4).tolist() == [20, 20, 30, 30]
