import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute._checks import InvalidInput
from compute.footprint import (
    FINAL,
    INTERMEDIATE,
    Provinces,
    consumed_product_blocks,
    consumed_product_difference,
    consumed_products,
    embodied_exports,
    export_account,
    exporter_blocks,
    exporter_sum_difference,
    inventory_difference,
    relative_difference,
    single_region_export_share,
)
from compute.leontief import (
    LeontiefSystem,
    UnproductiveEconomy,
    emission_intensity,
    technical_coefficients,
)


@st.composite
def linked_tables(draw):
    """Draw a balanced linked table: flows, demand with negative inventories, output, home flags."""
    count, abroad, sectors, columns = (draw(st.integers(1, 3)) for _ in range(4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = (count + abroad) * sectors
    z = rng.lognormal(sigma=1.5, size=(n, n)) * (rng.random((n, n)) < 0.7)
    y = rng.lognormal(sigma=1, size=(n, columns)) * np.sqrt(n)
    y *= np.where(rng.random(y.shape) < 0.15, -0.2, 1.0)
    y[:, 0] += 0.3 * z.sum(axis=1) + 2 * np.abs(y).sum(axis=1)  # every row needs some final demand
    idle = rng.random(n) < 0.1  # sectors without output
    z[idle], z[:, idle], y[idle] = 0, 0, 0
    is_home = rng.random(columns) < 0.4
    return Provinces(count, sectors), z, y, z.sum(axis=1) + y.sum(axis=1), is_home


def brute_force(a, provinces, y, is_home):
    """Compute both views by loops through explicit inverses, equation by equation."""
    n, local = len(a), provinces.size
    total, domestic = np.linalg.inv(np.eye(n) - a), np.linalg.inv(np.eye(local) - a[:local, :local])
    columns, sectors = y.shape[1], provinces.sectors
    embodied = np.zeros((local, provinces.count, columns, 2))
    consumed = np.zeros((local, sectors, columns))
    for c in range(columns):
        abroad = (total @ y[:, c])[local:]
        uses = {
            FINAL: np.zeros(local) if is_home[c] else y[:local, c],
            INTERMEDIATE: a[:local, local:] @ abroad,
        }
        for use, exports in uses.items():
            for s in range(provinces.count):
                own = np.zeros(local)
                own[s * sectors : (s + 1) * sectors] = exports[s * sectors : (s + 1) * sectors]
                embodied[:, s, c, use] = domestic @ own
        for product in range(sectors):
            for region in range(n // sectors):
                k = region * sectors + product
                consumed[:, product, c] += total[:local, k] * y[k, c]
                if is_home[c] and k < local:
                    consumed[:, product, c] -= domestic[:, k] * y[k, c]
    return embodied, consumed


@settings(max_examples=60, deadline=None)
@given(linked_tables())
def test_both_views_equal_brute_force(case):
    provinces, z, y, x, is_home = case
    a = technical_coefficients(z, x)
    embodied, consumed = brute_force(a, provinces, y, is_home)
    scale = np.abs(x).max()
    np.testing.assert_allclose(
        embodied_exports(a, provinces, y, is_home=is_home), embodied, rtol=1e-9, atol=1e-11 * scale
    )
    np.testing.assert_allclose(
        consumed_products(a, provinces, y, is_home=is_home), consumed, rtol=1e-9, atol=1e-11 * scale
    )


@settings(max_examples=60, deadline=None)
@given(linked_tables())
def test_both_views_add_up_to_what_exports_drive(case):
    provinces, z, y, x, is_home = case
    account = export_account(technical_coefficients(z, x), provinces, y, is_home=is_home)
    embodied = np.stack(list(exporter_blocks(account)), axis=1)
    consumed = np.stack(list(consumed_product_blocks(account)), axis=1)
    scale = np.abs(x).max()
    for view in (embodied.sum(axis=(1, 3)), consumed.sum(axis=1)):
        np.testing.assert_allclose(view, account.driven_musd, rtol=1e-9, atol=1e-11 * scale)
    abroad = ~is_home
    np.testing.assert_array_equal(
        account.driven_musd[:, abroad], account.output_musd[: provinces.size, abroad]
    )


@settings(max_examples=60, deadline=None)
@given(linked_tables())
def test_all_final_demand_carries_the_whole_inventory(case):
    provinces, z, y, x, is_home = case
    local = provinces.size
    emission = np.random.default_rng(1).random((3, local)) * (x[:local] > 0)
    intensity = emission_intensity(emission, x[:local])
    account = export_account(technical_coefficients(z, x), provinces, y, is_home=is_home)
    assert inventory_difference(intensity, account.output_musd[:local], emission) < 1e-9
    # Exports plus the home columns' demand that never leaves the country are the whole output.
    at_home = account.domestic.solve(y[:local, is_home].sum(axis=1))
    np.testing.assert_allclose(
        account.driven_musd.sum(axis=1) + at_home, x[:local], rtol=1e-9, atol=1e-11 * x.max()
    )


class TestByHand:
    """Two provinces and one country abroad, one sector each."""

    # Province 0 supplies province 1; both export; abroad sells to province 0.
    a = np.array([[0.0, 0.5, 0.1], [0.0, 0.0, 0.2], [0.2, 0.0, 0.0]])
    provinces = Provinces(2, 1)

    def test_final_goods_and_intermediates(self):
        y = np.array([[10.0], [20.0], [30.0]])
        x = np.linalg.solve(np.eye(3) - self.a, y)[:, 0]
        embodied = embodied_exports(self.a, self.provinces, y)
        assert embodied.shape == (2, 2, 1, 2)
        # Final: province 0 exports 10; province 1 exports 20, which needs 10 of province 0.
        np.testing.assert_allclose(embodied[:, :, 0, FINAL], [[10, 10], [0, 20]])
        used = np.array([0.1, 0.2]) * x[2]
        np.testing.assert_allclose(
            embodied[:, :, 0, INTERMEDIATE], [[used[0], used[1] / 2], [0, used[1]]]
        )
        np.testing.assert_allclose(embodied.sum(axis=(1, 3))[:, 0], x[:2])

    def test_home_demand_counts_only_what_returns(self):
        # Home buys foreign goods only through province 0's inputs: 0.2 per unit.
        y = np.array([[10.0], [0.0], [0.0]])
        x = np.linalg.solve(np.eye(3) - self.a, y)[:, 0]
        embodied = embodied_exports(self.a, self.provinces, y, is_home=np.array([True]))
        assert (embodied[..., FINAL] == 0).all()
        np.testing.assert_allclose(embodied.sum(axis=(1, 3))[:, 0], x[:2] - [10, 0])


def test_identities_notice_a_defect():
    provinces, rng = Provinces(2, 2), np.random.default_rng(5)
    a, y = rng.random((6, 6)) / 12, rng.random((6, 3))
    account = export_account(a, provinces, y)
    embodied, consumed = embodied_exports(a, provinces, y), consumed_products(a, provinces, y)
    assert exporter_sum_difference(embodied, account.driven_musd) < 1e-13
    assert exporter_sum_difference(embodied.sum(axis=1), account.driven_musd) < 1e-13
    assert consumed_product_difference(consumed, account.driven_musd) < 1e-13
    embodied[0, 1, 2, 0] *= 1.01
    consumed[0, 1, 2] *= 1.01
    assert exporter_sum_difference(embodied, account.driven_musd) > 1e-5
    assert consumed_product_difference(consumed, account.driven_musd) > 1e-5
    intensity = np.ones((1, 4))
    inventory = account.output_musd[:4].sum(axis=1)[None]
    assert inventory_difference(intensity, account.output_musd[:4], inventory) < 1e-13
    assert inventory_difference(intensity, account.output_musd[:4], inventory * 1.01) > 5e-3


def test_relative_difference_takes_the_worst_column():
    assert relative_difference([[1.0, 2.0], [1.0, 2.0]], [[1.0, 2.0], [1.0, 3.0]]) == 0.2
    assert relative_difference([[0.0]], [[0.0]]) == 0
    assert relative_difference([[1.0]], [[0.0]]) == np.inf


def test_a_given_system_is_used():
    a = np.full((3, 3), 0.1)
    system = LeontiefSystem(a)
    account = export_account(system, Provinces(2, 1), np.ones((3, 1)))
    assert account.whole is system
    np.testing.assert_array_equal(
        account.output_musd, export_account(a, Provinces(2, 1), np.ones((3, 1))).output_musd
    )


@pytest.mark.parametrize(
    ("provinces", "demand", "is_home"),
    [
        (Provinces(4, 1), np.ones((3, 1)), None),
        (Provinces(0, 1), np.ones((3, 1)), None),
        (Provinces(1, 2), np.ones((3, 1)), None),
        (Provinces(2, 1), np.ones((2, 1)), None),
        (Provinces(2, 1), np.ones(3), None),
        (Provinces(2, 1), np.full((3, 1), np.nan), None),
        (Provinces(2, 1), np.ones((3, 1)), np.array([True, False])),
        (Provinces(2, 1), np.ones((3, 1)), np.array([1])),
    ],
)
def test_bad_input_is_refused(provinces, demand, is_home):
    with pytest.raises(InvalidInput):
        export_account(np.full((3, 3), 0.1), provinces, demand, is_home=is_home)


def test_an_unproductive_table_is_refused():
    with pytest.raises(UnproductiveEconomy):
        embodied_exports(np.full((3, 3), 0.4), Provinces(2, 1), np.ones((3, 1)))


class TestSingleRegion:
    flows = np.array([[10.0, 20.0], [30.0, 15.0]])
    demand = np.array([[40.0, 10.0], [20.0, -5.0]])
    exports = np.array([20.0, 40.0])

    def test_domestic_table(self):
        x = self.flows.sum(axis=1) + self.demand.sum(axis=1) + self.exports
        inverse = np.linalg.inv(np.eye(2) - self.flows / x)
        share = single_region_export_share(self.flows, self.demand, self.exports)
        np.testing.assert_allclose(share, inverse @ self.exports / x)
        rest = inverse @ self.demand.sum(axis=1) / x
        np.testing.assert_allclose(share + rest, 1)

    def test_competitive_table(self):
        # Half of product 0's domestic use of 80 is imported, a fifth of product 1's 60.
        share = single_region_export_share(
            self.flows, self.demand, self.exports, imports=[40.0, 12.0]
        )
        domestic = np.array([0.5, 0.8])
        np.testing.assert_allclose(
            share,
            single_region_export_share(
                self.flows * domestic[:, None],
                self.demand.sum(axis=1) * domestic,
                self.exports,
            ),
        )

    def test_a_sector_without_output(self):
        share = single_region_export_share([[0, 0], [0, 1]], [0, 1], [0, 2])
        np.testing.assert_allclose(share, [0, 2 / 3])

    @pytest.mark.parametrize("imports", [[81.0, 0], [-1.0, 0], [np.nan, 0], [1.0]])
    def test_bad_imports(self, imports):
        with pytest.raises(InvalidInput):
            single_region_export_share(self.flows, self.demand, self.exports, imports=imports)
