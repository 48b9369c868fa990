"""A proof that rows repeat no key: true where it says so, whatever the rows."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.row_keys import KeyProof

PLACES = ["a", "b", "c"]
ROWS = st.lists(
    st.tuples(st.sampled_from(PLACES), st.integers(-2, 3), st.sampled_from(["x", "y"])), max_size=12
)


def _frame(rows: list[tuple[str, int, str]], dtype: pl.DataType) -> pl.DataFrame:
    frame = pl.DataFrame(
        rows, schema={"place": pl.String, "step": pl.Int64, "kind": pl.String}, orient="row"
    )
    return frame.with_columns(pl.col("place", "kind").cast(dtype))


def _proof(*frames: pl.DataFrame) -> bool:
    proof = KeyProof(("place", "step", "kind"))
    for frame in frames:
        proof.add(frame)
    return proof.holds


@given(ROWS)
def test_one_frame_of_codes_is_proved_exactly_when_no_row_repeats(
    rows: list[tuple[str, int, str]],
) -> None:
    assert _proof(_frame(rows, pl.Categorical())) == (len(set(rows)) == len(rows))


@given(
    st.lists(ROWS, max_size=4), st.sampled_from([pl.Categorical(), pl.Enum([*PLACES, "x", "y"])])
)
def test_what_is_proved_of_several_frames_is_so(
    parts: list[list[tuple[str, int, str]]], dtype: pl.DataType
) -> None:
    rows = [row for part in parts for row in part]
    if _proof(*(_frame(part, dtype) for part in parts)):
        assert len(set(rows)) == len(rows)


def test_blocks_of_a_matrix_are_proved() -> None:
    blocks = [
        _frame([(place, step, "x") for step in range(4)], pl.Categorical()).with_columns(
            kind=pl.lit("x")
        )
        for place in PLACES
    ]
    assert _proof(*blocks)
    assert not _proof(*blocks, blocks[0])


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("place", ["a", "b"]),  # texts are left to the database
        pl.Series("place", [None, "a"], dtype=pl.Categorical()),
        pl.Series("place", [1.0, 2.0]),
        pl.Series("place", [0, 10**12]),
    ],
    ids=["texts", "missing", "doubles", "far apart"],
)
def test_what_cannot_be_numbered_is_left_to_the_database(column: pl.Series) -> None:
    proof = KeyProof(("place",))
    proof.add(pl.DataFrame([column]))
    assert not proof.holds
