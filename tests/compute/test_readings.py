"""Two readings of direct and indirect: by hand, by brute force, and nothing left over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from compute.footprint import Provinces, embodied_chains, embodied_exports, export_account
from compute.leontief import technical_coefficients
from compute.readings import READINGS, final_producer_blocks, final_producers
from tests.compute.test_footprint import linked_tables


@settings(max_examples=60, deadline=None)
@given(linked_tables())
def test_final_producers_equal_brute_force_and_leave_nothing_over(case):
    provinces, z, y, x, is_home = case
    a = technical_coefficients(z, x)
    account = export_account(a, provinces, y, is_home=is_home)
    made = final_producers(account)
    local, scale = provinces.size, np.abs(x).max()
    whole = np.linalg.inv(np.eye(len(a)) - a)
    at_home = np.linalg.inv(np.eye(local) - a[:local, :local])
    for maker in range(provinces.count + 1):
        own = np.zeros_like(y)
        rows = provinces.rows(maker) if maker < provinces.count else slice(local, None)
        own[rows] = y[rows]
        expected = (whole @ own)[:local]
        expected[:, is_home] -= at_home @ own[:local][:, is_home]
        np.testing.assert_allclose(made[:, maker], expected, rtol=1e-9, atol=1e-11 * scale)
    np.testing.assert_allclose(made.sum(axis=1), account.driven_musd, rtol=1e-9, atol=1e-11 * scale)
    given_chains = np.stack(list(final_producer_blocks(account, embodied_chains(account))), axis=1)
    np.testing.assert_array_equal(given_chains, made)


class TestByHand:
    """Province 1 makes a part, which province 2 or the foreign region builds into a final good for abroad."""

    @pytest.fixture
    def parts(self):
        # Rows: province 1, province 2, abroad. 2 uses 0.5 and abroad 0.25 of 1's part per unit.
        a = np.array([[0.0, 0.5, 0.25], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
        y = np.array([[10.0], [20.0], [40.0]])
        return a, y

    def test_exports_of_parts_are_direct_for_the_exporter_and_indirect_for_the_maker(self, parts):
        a, y = parts
        provinces = Provinces(2, 1)
        account = export_account(a, provinces, y)
        # Province 1 makes 10 for itself, 10 for province 2, 10 for what is finished abroad.
        np.testing.assert_allclose(final_producers(account)[0, :, 0], [10, 10, 10])
        by_exporter = embodied_exports(a, provinces, y).sum(axis=(2, 3))
        np.testing.assert_allclose(by_exporter[0], [20, 10])

    def test_the_readings_have_names(self):
        assert READINGS == ("exporter", "final_producer")
