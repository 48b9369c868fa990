"""Which level of the model's output is the ground, also where one level alone was kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geoschem.output import _lowest
from warehouse.errors import InputError

xarray = pytest.importorskip("xarray")
PATH = Path("GEOSChem.SpeciesConc.nc4")


def field(levels: Any) -> Any:
    """A field of three cells whose value is the number of the level, from the ground up."""
    if levels is None:
        return xarray.DataArray(np.zeros((1, 3)), dims=("time", "cell"))
    if np.ndim(levels) == 0:
        return xarray.DataArray(np.zeros((1, 3)), dims=("time", "cell"), coords={"lev": levels})
    values = np.broadcast_to(np.arange(float(len(levels)))[:, None], (len(levels), 3))
    return xarray.DataArray(values[None], dims=("time", "lev", "cell"), coords={"lev": levels})


@pytest.mark.parametrize(
    "levels", [[0.9925, 0.97, 0.5], [1.0, 2.0, 3.0], np.float64(0.9925), np.float64(1.0)]
)
def test_output_of_one_level(levels: Any) -> None:
    assert float(_lowest(field(levels), "O3", PATH).mean()) == 0.0


def test_levels_from_the_top_down() -> None:
    assert float(_lowest(field([0.5, 0.97, 0.9925]), "O3", PATH).mean()) == 2.0


@pytest.mark.parametrize("levels", [None, np.float64(0.5), np.float64(12.0)])
def test_output_without_its_level_or_of_another_is_refused(levels: Any) -> None:
    with pytest.raises(InputError, match="level") as caught:
        _lowest(field(levels), "O3", PATH)
    assert caught.value.found
