"""A NetCDF file taken apart, to be written again otherwise. Values are as stored: packed, with fills."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np

_LATITUDES, _LONGITUDES = ("latitude", "lat"), ("longitude", "lon")
_FLAT = (200, 320)  # the cells of MEIC's files stand in a row


class DoesNotApply(Exception):
    """The kind of damage has no place in this file."""


@dataclass
class Variable:
    """A variable: its dimensions, values as stored, attributes."""

    dims: tuple[str, ...]
    values: Any
    attributes: dict[str, Any]


@dataclass
class Grid:
    """A file's variables by name, and its format."""

    form: str
    variables: dict[str, Variable]
    attributes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Grid:
        """The file, nothing decoded."""
        with netCDF4.Dataset(path) as file:
            file.set_auto_maskandscale(False)
            return cls(
                file.data_model,
                {
                    name: Variable(
                        variable.dimensions,
                        np.array(variable[...]),
                        {key: variable.getncattr(key) for key in variable.ncattrs()},
                    )
                    for name, variable in file.variables.items()
                },
                {key: file.getncattr(key) for key in file.ncattrs()},
            )

    def write(self, path: Path) -> None:
        """Write the file anew; sizes of dimensions are those of the values."""
        path.unlink(missing_ok=True)
        with netCDF4.Dataset(path, "w", format=self.form) as file:
            file.setncatts(self.attributes)
            for one in self.variables.values():
                for name, size in zip(one.dims, np.shape(one.values), strict=True):
                    if name not in file.dimensions:
                        file.createDimension(name, size)
            for name, one in self.variables.items():
                attributes = dict(one.attributes)
                kind = str if one.values.dtype == object else one.values.dtype
                variable = file.createVariable(
                    name, kind, one.dims, fill_value=attributes.pop("_FillValue", None)
                )
                variable.set_auto_maskandscale(False)
                variable.setncatts(attributes)
                variable[...] = one.values

    @property
    def time(self) -> str:
        """The variable of times."""
        for name, one in self.variables.items():
            if " since " in str(one.attributes.get("units", "")) and len(one.dims) == 1:
                return name
        raise DoesNotApply

    @property
    def latitude(self) -> str:
        """The variable of latitudes."""
        return self._named(_LATITUDES)

    @property
    def longitude(self) -> str:
        """The variable of longitudes."""
        return self._named(_LONGITUDES)

    @property
    def fields(self) -> list[str]:
        """The variables on a grid, by name."""
        return sorted(
            name
            for name, one in self.variables.items()
            if np.size(one.values) == _FLAT[0] * _FLAT[1]
            or (
                any(dim in _LATITUDES for dim in one.dims)
                and any(dim in _LONGITUDES for dim in one.dims)
            )
        )

    def axis(self, field_name: str, dim: str) -> int:
        """Where a field has a dimension. Raises DoesNotApply."""
        dims = self.variables[field_name].dims
        if dim not in dims:
            raise DoesNotApply
        return dims.index(dim)

    def taken(self, dim: str, places: Any) -> None:
        """Every variable with the dimension has these places of it alone."""
        for one in self.variables.values():
            if dim in one.dims:
                one.values = np.take(one.values, places, axis=one.dims.index(dim))

    def _named(self, names: tuple[str, ...]) -> str:
        for name in names:
            if name in self.variables:
                return name
        raise DoesNotApply


def decoded(one: Variable) -> Any:
    """Values as numbers with NaN where the fill value stands."""
    values = np.asarray(one.values, dtype=float)
    fill = one.attributes.get("_FillValue")
    if fill is not None and np.isfinite(fill):
        values = np.where(one.values == fill, np.nan, values)
    return values * float(one.attributes.get("scale_factor", 1)) + float(
        one.attributes.get("add_offset", 0)
    )


def flat_as_grid(one: Variable) -> Any:
    """MEIC's cells in a row as rows and columns. Raises DoesNotApply for other fields."""
    if np.size(one.values) != _FLAT[0] * _FLAT[1] or np.ndim(one.values) != 1:
        raise DoesNotApply
    return np.reshape(one.values, _FLAT)
