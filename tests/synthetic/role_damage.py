"""Damage done to the table of every role by a seeded generator: what the contract refuses, and what gate 1 stops.

    python -m tests.synthetic.role_damage

prints the counts that docs/notebook/checks.md states. Each role of the default edition and of observed air is
written as a user's own CSV file, as it is used now, and one thing is changed. What the reader takes is put
beside the other roles, and judged as gate 1 judges it.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from expectations.bounds import EditionBounds, bounds_of
from expectations.peers import run_peers
from expectations.results import CheckResult
from expectations.tried import JUDGED, failures, filled
from tests.synthetic.outcomes import SEED, Outcome, Table, are_same, report, table_of
from warehouse.contracts import CONTRACTS
from warehouse.edition import Edition, load_edition
from warehouse.errors import InputError
from warehouse.landing import resolve_role
from warehouse.role_reading import read_role

OUTCOMES = ("refused", "stopped", "warned", "harmless", "accepted")
"""``refused`` by reader or contract; ``stopped`` by an error of gate 1, ``warned`` by a warning; ``harmless``: the
same table; ``accepted``: another table, and nothing said."""
EDITIONS = ("open-2017", "air-open")
Harm = Callable[[pl.DataFrame, str, random.Random], pl.DataFrame]


@dataclass(frozen=True)
class SoundRole:
    """A role as it is used, its measure, and the edition that it is judged in."""

    role: str
    measure: str
    frame: pl.DataFrame
    vintage_year: int
    edition: Edition

    @property
    def name(self) -> str:
        """Edition and role."""
        return f"{self.edition.name} {self.role}"


def sound_roles(home: Path) -> list[SoundRole]:
    """Every role that bundled files fill and that has a measure. home: an empty one."""
    return [
        SoundRole(role, measures[-1], frame, max(each.vintage_year for each in records), edition)
        for edition in map(load_edition, EDITIONS)
        for role in edition.roles
        if (found := resolve_role(edition, role, home)) is not None
        for measures in [[each.name for each in CONTRACTS[role].columns if each.unit]]
        if measures
        for frame, records in [read_role(found)]
    ]


def _one(change: Callable[[pl.Expr], pl.Expr]) -> Harm:
    """One row's figure changed: one that is not zero."""

    def harm(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
        at = _some_row(frame, measure, chance)
        is_it = pl.int_range(pl.len()) == at
        return frame.with_columns(
            pl.when(is_it).then(change(pl.col(measure))).otherwise(pl.col(measure)).alias(measure)
        )

    return harm


def _some_row(frame: pl.DataFrame, measure: str, chance: random.Random) -> int:
    return chance.choice((frame[measure] != 0).arg_true().to_list())


def _all(factor: float) -> Harm:
    return lambda frame, measure, _: frame.with_columns((pl.col(measure) * factor).alias(measure))


def _group(factor: float) -> Harm:
    """All figures of one code."""

    def harm(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
        codes = _codes(frame, measure)
        column = chance.choice(codes)
        code = frame[column][_some_row(frame, measure, chance)]
        return frame.with_columns(
            pl.when(pl.col(column) == code)
            .then(pl.col(measure) * factor)
            .otherwise(pl.col(measure))
            .alias(measure)
        )

    return harm


def _codes(frame: pl.DataFrame, measure: str) -> list[str]:
    """Columns of codes that are in several rows; the key's first where none is."""
    text = [name for name in frame.columns if frame[name].dtype == pl.String and name != measure]
    return [name for name in text if 1 < frame[name].n_unique() < frame.height] or frame.columns[:1]


def _row_lost(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
    return frame.filter(pl.int_range(pl.len()) != _some_row(frame, measure, chance))


def _code_lost(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
    column = chance.choice(_codes(frame, measure))
    code = frame[column][_some_row(frame, measure, chance)]
    return frame.filter(pl.col(column) != code)


def _row_twice(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
    return pl.concat([frame, frame[[_some_row(frame, measure, chance)]]])


def _swapped(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
    a, b = (_some_row(frame, measure, chance) for _ in range(2))
    values = frame[measure].to_list()
    values[a], values[b] = values[b], values[a]
    return frame.with_columns(pl.Series(measure, values))


def _shifted(frame: pl.DataFrame, measure: str, _chance: random.Random) -> pl.DataFrame:
    """Every figure one row down, the last one first."""
    values = frame[measure]
    return frame.with_columns(pl.concat([values.tail(1), values.head(-1)]).alias(measure))


def _renamed(frame: pl.DataFrame, measure: str, chance: random.Random) -> pl.DataFrame:
    column = chance.choice(_codes(frame, measure))
    at = _some_row(frame, measure, chance)
    is_it = pl.int_range(pl.len()) == at
    return frame.with_columns(
        pl.when(is_it).then(pl.lit("XX")).otherwise(pl.col(column).cast(pl.String)).alias(column)
    )


def _half(frame: pl.DataFrame, _measure: str, _chance: random.Random) -> pl.DataFrame:
    return frame.head(frame.height // 2)


KINDS: dict[str, Harm] = {
    "a figure times 2": _one(lambda it: it * 2),
    "a figure times 1000": _one(lambda it: it * 1000),
    "a figure 1e300": _one(lambda it: it * 0 + 1e300),
    "a figure negative": _one(lambda it: -it.abs()),
    "a figure blank": _one(lambda it: it.cast(pl.Float64).replace_strict({}, default=None)),
    "two figures swapped": _swapped,
    "figures one row down": _shifted,
    "a code's figures times 10": _group(10.0),
    "a code's figures times 1000": _group(1000.0),
    "all figures times 2": _all(2.0),
    "all figures times 1000": _all(1000.0),
    "a row lost": _row_lost,
    "a code's rows lost": _code_lost,
    "half of the rows lost": _half,
    "a row twice": _row_twice,
    "a code renamed": _renamed,
}
"""Kind to what it does to a role's table."""


class Gate:
    """The roles of an edition in memory, and what gate 1 finds with one of them changed."""

    def __init__(self, sounds: Sequence[SoundRole]) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("create schema raw")
        self.connection.execute("create table raw.provenance (role varchar, vintage_year bigint)")
        self.edition = sounds[0].edition
        for each in sounds:
            if each.role in JUDGED:
                filled(self.connection, each.role, each.frame, each.vintage_year)
        name = Path(f"{self.edition.name}-{self.edition.year}.duckdb")
        self.bounds: EditionBounds | None = bounds_of(name)
        self.before: list[CheckResult] = run_peers(self.connection, self.edition.year)

    def outcome(self, sound: SoundRole, frame: pl.DataFrame) -> str:
        """`stopped`, `warned` or `accepted`."""
        filled(self.connection, sound.role, frame, sound.vintage_year)
        found = failures(self.connection, sound.role, self.edition.year, self.bounds, self.before)
        if sound.role in JUDGED:
            filled(self.connection, sound.role, sound.frame, sound.vintage_year)
        else:
            self.connection.execute(f'drop table raw."{sound.role}"')
        kinds = {each.severity for each in found}
        return "stopped" if "error" in kinds else "warned" if kinds else "accepted"


def outcomes(
    sounds: Sequence[SoundRole], folder: Path, kinds: Sequence[str] = tuple(KINDS)
) -> Iterator[Outcome]:
    """The kinds done to every role."""
    gates = {
        name: Gate([each for each in sounds if each.edition.name == name])
        for name in {each.edition.name for each in sounds}
    }
    folder.mkdir(parents=True, exist_ok=True)
    for sound in sounds:
        before = _read(sound, sound.frame, folder)
        for kind in kinds:
            chance = random.Random(f"{SEED} {sound.name} {kind}")
            harmed = KINDS[kind](sound.frame, sound.measure, chance)
            try:
                after = _read(sound, harmed, folder)
            except InputError:
                yield Outcome(sound.name, kind, "refused")
                continue
            if are_same(before[0], after[0]):
                yield Outcome(sound.name, kind, "harmless")
            else:
                yield Outcome(sound.name, kind, gates[sound.edition.name].outcome(sound, after[0]))


def _read(sound: SoundRole, frame: pl.DataFrame, folder: Path) -> Table:
    file = folder / f"{sound.role}.csv"
    frame.write_csv(file)
    return table_of("tidy", sound.role, sound.edition.year, [file])


def main() -> None:
    """Print the counts, and what was accepted."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(outcomes(sound_roles(Path(folder) / "home"), Path(folder) / "files"))
    by_kind = sorted(found, key=lambda each: list(KINDS).index(each.kind))
    for line in report(by_kind, "roles", OUTCOMES):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
