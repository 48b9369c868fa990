import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from compute.frames import Axis, UnknownLabels, to_frame, to_matrix, to_vector

REGIONS = Axis.product(region=["a", "b"], sector=["x", "y", "z"])
USERS = Axis.product(user=["u", "v"])


@settings(deadline=None)
@given(arrays(np.float64, (6, 2), elements=st.floats(-1e6, 1e6, allow_subnormal=False)))
def test_a_matrix_survives_the_way_through_a_long_table(matrix: np.ndarray):
    names = {"region": "from_region", "sector": "from_sector"}
    long = to_frame(matrix, [(REGIONS, names), (USERS, {"user": "to"})], "value_musd")
    again = to_matrix(long, REGIONS, ["from_region", "from_sector"], USERS, ["to"], "value_musd")
    np.testing.assert_array_equal(again, matrix)


def test_labels_run_with_the_last_column_fastest():
    assert REGIONS.labels.rows()[:4] == [("a", "x"), ("a", "y"), ("a", "z"), ("b", "x")]


def test_rows_with_the_same_label_are_summed():
    frame = pl.DataFrame({"user": ["v", "v"], "value": [1.0, 2.0]})
    np.testing.assert_array_equal(to_vector(frame, USERS, ["user"], "value"), [0.0, 3.0])


def test_a_label_off_the_axis_is_named():
    with pytest.raises(UnknownLabels, match="w"):
        to_vector(pl.DataFrame({"user": ["w"], "value": [1.0]}), USERS, ["user"], "value")


def test_a_repeated_label_is_refused():
    with pytest.raises(UnknownLabels, match="repeats"):
        Axis(pl.DataFrame({"user": ["u", "u"]}))
