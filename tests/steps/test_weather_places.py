"""Places of the weather adjustment: done once, kept as they are, found again after a kill, by any runner."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from compute.weather import Settings
from compute.weather_places import Adjusted, Place, PlaceFailed, Task, adjust_task
from flows.fan_out import fan_out
from steps.weather import adjusted
from tests.compute.weather_samples import COMPARISON, city
from warehouse.kept_pieces import PieceStore

TINY = Settings(refits=2, folds=2, noise_draws=5, weather_draws=5)
HERE = partial(fan_out, runner="here")


def tasks(count: int = 3, settings: Settings = TINY) -> list[Task]:
    silent = city(9).series
    none = replace(silent, concentration_ug_m3=np.full(len(silent.dates), np.nan))
    places = [Place("city", f"c{seed}", city(seed).series) for seed in range(count)]
    return [Task(place, COMPARISON, settings) for place in [*places, Place("city", "none", none)]]


def by_code(results: list[Adjusted]) -> dict[str, Adjusted]:
    return {result.code: result for result in results}


def refused(*_: object, **__: object) -> list[Adjusted]:
    raise AssertionError("a place was computed again")


def same(one: Adjusted, other: Adjusted) -> bool:
    return (one.changes, one.problem) == (other.changes, other.problem) and np.array_equal(
        one.normalised_ug_m3, other.normalised_ug_m3, equal_nan=True
    )


def test_a_place_comes_back_from_the_store_bit_for_bit(tmp_path: Path) -> None:
    first = by_code(adjusted(tasks(), HERE, PieceStore(tmp_path)))
    spread_empty = partial(_only_nothing)
    again = by_code(adjusted(tasks(), spread_empty, PieceStore(tmp_path)))
    assert set(first) == {"c0", "c1", "c2", "none"}
    assert first["none"].problem
    assert all(same(first[code], again[code]) for code in first)
    assert same(first["c1"], adjust_task(tasks()[1]))


def _only_nothing(_: object, items: list[Task], **__: object) -> list[Adjusted]:
    return refused() if items else []


def test_other_settings_and_records_are_computed_anew(tmp_path: Path) -> None:
    adjusted(tasks(1), HERE, PieceStore(tmp_path))
    changed = tasks(1)
    values = changed[0].place.series.concentration_ug_m3.copy()
    values[100] += 1
    record = replace(changed[0].place.series, concentration_ug_m3=values)
    changed[0] = replace(changed[0], place=replace(changed[0].place, series=record))
    for asked in (tasks(1, replace(TINY, seed=5)), changed):
        with pytest.raises(AssertionError, match="computed again"):
            adjusted(asked, _only_nothing, PieceStore(tmp_path))


def test_an_error_names_the_place_and_keeps_those_before_it(tmp_path: Path) -> None:
    wanted = tasks(2)
    # A record that passes the first look and breaks the model.
    weather = wanted[1].place.series.weather.copy()
    weather[:, 0] = np.inf
    series = replace(wanted[1].place.series, weather=weather)
    wanted[1] = replace(wanted[1], place=replace(wanted[1].place, series=series))
    with np.errstate(all="ignore"), pytest.raises(PlaceFailed, match="city c1"):
        adjusted(wanted, HERE, PieceStore(tmp_path))
    assert [path.name.split("_")[0] for path in tmp_path.glob("*.parquet")] == ["city-c0"]


def test_a_killed_run_keeps_the_places_that_were_done(tmp_path: Path) -> None:
    """SIGKILL after the second of three; the next run computes one."""
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from warehouse import kept_pieces\n"
        "from tests.steps.test_weather_places import HERE, tasks\n"
        "from steps.weather import adjusted\n"
        "genuine, count = kept_pieces.PieceStore.put, []\n"
        "def put(*args):\n"
        "    genuine(*args)\n"
        "    count.append(1)\n"
        "    if len(count) == 2:\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "kept_pieces.PieceStore.put = put\n"
        f"adjusted(tasks(), HERE, kept_pieces.PieceStore(Path({str(tmp_path)!r})))\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    done = subprocess.run([sys.executable, "-c", code], check=False, env=environment)
    assert done.returncode == -signal.SIGKILL
    asked: list[str] = []

    def counted(_: object, items: list[Task], **rest: object) -> list[Adjusted]:
        asked.extend(task.place.code for task in items)
        return HERE(adjust_task, items, **rest)  # type: ignore[arg-type]

    found = by_code(adjusted(tasks(), counted, PieceStore(tmp_path)))
    assert asked == ["c2"]
    assert all(same(found[task.place.code], adjust_task(task)) for task in tasks()[:3])
