"""What is done to the data frames of an R file: objects, columns, types, factors, cells, rows."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.synthetic.container_kinds import Change
from tests.synthetic.grid_file import DoesNotApply
from tests.warehouse.r_files import Column, Factor, write_rda, write_rds

Frame = dict[str, Column]
Frames = dict[str | None, Frame]
Harm = Callable[[Frames, random.Random], Frames | None]


def _frames(harm: Harm) -> Change:
    """Change the data frames of a workspace, in place or by returning others, and write it anew."""

    def change(content: bytes, chance: random.Random) -> bytes:
        import pyreadr

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "sound.rda"
            path.write_bytes(content)
            frames: Frames = {
                name: {column: _listed(frame[column]) for column in frame.columns}
                for name, frame in pyreadr.read_r(path).items()
            }
            changed = harm(frames, chance) or frames
            if None in frames:
                if list(changed) != [None]:
                    raise DoesNotApply  # a file of one object, which has no name
                write_rds(path, changed[None])
            else:
                write_rda(path, changed)  # type: ignore[arg-type]
            return path.read_bytes()

    return change


def _listed(column: Any) -> list[Any]:
    """The cells of a column; moments as texts."""
    cells = column.tolist()
    return cells if isinstance(cells[0], (int, float, str)) else [str(cell) for cell in cells]


def _first(frames: Frames) -> tuple[str | None, Frame]:
    return next(iter(frames.items()))


def _renamed(frames: Frames, _chance: random.Random) -> Frames:
    name, _ = _first(frames)
    return {f"{each}_new" if each == name else each: frame for each, frame in frames.items()}


def _lost(frames: Frames, _chance: random.Random) -> None:
    frames["notes"] = {"text": ["nothing else"]}
    del frames[_first(frames)[0]]


def _beside(frames: Frames, _chance: random.Random) -> None:
    frames["notes"] = {"text": ["as downloaded"]}


def _before(frames: Frames, _chance: random.Random) -> Frames:
    return {"notes": {"text": ["as downloaded"]}, **frames}


def _column(change: Callable[[Frame, str], Frame | None]) -> Change:
    """The last column of the first data frame with figures."""

    def harm(frames: Frames, _chance: random.Random) -> None:
        name, frame = _first(frames)
        frames[name] = change(frame, list(frame)[-1]) or frame

    return _frames(harm)


def _column_lost(frame: Frame, name: str) -> None:
    del frame[name]


def _column_twice(frame: Frame, name: str) -> None:
    frame[f"{name}_2"] = frame[name]


def _column_renamed(frame: Frame, name: str) -> Frame:
    return {f"{each}x" if each == name else each: column for each, column in frame.items()}


def _columns_reversed(frame: Frame, _name: str) -> Frame:
    return dict(reversed(frame.items()))


def _as_texts(frame: Frame, name: str) -> None:
    frame[name] = [str(cell) for cell in _cells(frame, name)]


def _cells(frame: Frame, name: str) -> Sequence[Any]:
    column = frame[name]
    assert not isinstance(column, Factor)
    return column


def _as_factor(frame: Frame, name: str) -> None:
    """Figures as the levels of a factor, as R's old readers made of a column with a text in it."""
    cells = [str(cell) for cell in _cells(frame, name)]
    levels = sorted(set(cells))
    frame[name] = Factor([levels.index(cell) + 1 for cell in cells], levels)


def _texts_as_factors(*, shuffled: bool) -> Change:
    """Texts as factors; shuffled: the levels in another order than their places say."""

    def harm(frames: Frames, _chance: random.Random) -> None:
        for frame in frames.values():
            for name in frame:
                cells = _cells(frame, name)
                if isinstance(cells[0], str):
                    levels = sorted(set(cells))
                    places = [levels.index(cell) + 1 for cell in cells]
                    frame[name] = Factor(places, [*levels[1:], levels[0]] if shuffled else levels)

    return _frames(harm)


def _cell(change: Callable[[float], float]) -> Change:
    """A figure of the first data frame's last column, as a double."""

    def harm(frames: Frames, chance: random.Random) -> None:
        _, frame = _first(frames)
        name = list(frame)[-1]
        cells = [float(cell) for cell in _cells(frame, name)]
        at = chance.randrange(len(cells))
        cells[at] = change(cells[at])
        frame[name] = cells

    return _frames(harm)


def _figures(change: Callable[[float], float]) -> Change:
    """All figures of the first data frame's last column."""

    def harm(frames: Frames, _chance: random.Random) -> None:
        _, frame = _first(frames)
        name = list(frame)[-1]
        frame[name] = [change(float(cell)) for cell in _cells(frame, name)]

    return _frames(harm)


def _rows(change: Callable[[list[Any]], list[Any]]) -> Change:
    """The rows of the first data frame."""

    def harm(frames: Frames, _chance: random.Random) -> None:
        name, frame = _first(frames)
        frames[name] = {each: change(list(_cells(frame, each))) for each in frame}

    return _frames(harm)


R_DATA: dict[str, Change] = {
    "an object renamed": _frames(_renamed),
    "an object lost": _frames(_lost),
    "another object behind": _frames(_beside),
    "another object before": _frames(_before),
    "a column lost": _column(_column_lost),
    "a column twice": _column(_column_twice),
    "a column renamed": _column(_column_renamed),
    "columns in reverse": _column(_columns_reversed),
    "figures as texts": _column(_as_texts),
    "figures as a factor": _column(_as_factor),
    "texts as factors": _texts_as_factors(shuffled=False),
    "levels of factors shuffled": _texts_as_factors(shuffled=True),
    "a figure NaN": _cell(lambda _: float("nan")),
    "a figure infinite": _cell(lambda _: float("inf")),
    "a figure negative": _cell(lambda cell: -cell - 1),
    "a figure times 1000": _cell(lambda cell: 1000 * cell),
    "figures times 1000": _figures(lambda cell: 1000 * cell),
    "figures times 0.001": _figures(lambda cell: cell / 1000),
    "figures negative": _figures(lambda cell: -cell),
    "one figure throughout": _figures(lambda _: 7.0),
    "a row lost": _rows(lambda cells: cells[:-1]),
    "a row twice": _rows(lambda cells: [*cells, cells[-1]]),
    "half of the rows": _rows(lambda cells: cells[: len(cells) // 2]),
    "rows in reverse": _rows(lambda cells: cells[::-1]),
}
