"""What reading weather files turned into our units and order, one line each, for the provenance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.sources.notes import collected
from warehouse.sources.weather_decoding import files
from warehouse.sources.weather_decoding.axes import axis_of
from warehouse.sources.weather_decoding.units import conversion
from warehouse.sources.weather_decoding.variables import Known


def units(paths: Sequence[Path], known: Mapping[str, Known]) -> tuple[str, ...]:
    """Units that were converted: ``u10: km h-1 x 0.277778``."""

    def of_one(array: Any, name: str, _path: Path) -> Iterator[str]:
        written = str(array.attrs.get("units", "")).strip()
        found = conversion(known[name].kind, written)
        if found is not None and not found.is_none:
            shift = f" {found.offset:+g}" if found.offset else ""
            yield f"{name}: {written} x {found.factor:.6g}{shift}"

    return _lines(paths, known, of_one)


def axes(paths: Sequence[Path], known: Mapping[str, Known]) -> tuple[str, ...]:
    """Axes that were turned."""

    def of_one(array: Any, _name: str, path: Path) -> Iterator[str]:
        longitude, latitude = (axis_of(array, axis, path) for axis in ("longitude", "latitude"))
        if longitude.written.max() > 180:
            yield "longitude 0 to 360 turned to -180 to 180"
        if latitude.written[0] > latitude.written[-1]:
            yield "latitude turned to ascend"

    return _lines(paths, known, of_one)


def _lines(
    paths: Sequence[Path],
    known: Mapping[str, Known],
    of_one: Callable[[Any, str, Path], Iterator[str]],
) -> tuple[str, ...]:
    found: dict[str, None] = {}  # in order, each once
    with collected():  # read has said them
        for data, label in files.each_opened(paths):
            for name in (str(one) for one in data.variables if str(one) in known):
                found |= dict.fromkeys(of_one(data[name], name, label))
    return tuple(found)
