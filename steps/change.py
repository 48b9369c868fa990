"""What changed between two years, and why: fct_change and its companions, for every two editions of one file.

Runs on the file that is about to be published, since no working file holds two editions. METHOD 9; docs/change.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from math import factorial
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from compute.decomposition import FACTORS, Decomposition, structural_decomposition
from compute.frames import Axis
from steps.change_inputs import (
    CommonYear,
    Lists,
    Side,
    common_consumers,
    common_sectors,
    pollutants_of,
    provinces_of,
    read_common,
)
from warehouse import between
from warehouse.between import CHANGE, PAIR, PM25, TOTAL, Pair
from warehouse.database import connect, count_rows, fetch, literal, qualified, tables_of, views_of
from warehouse.fingerprint import digest, module_parts, version_parts

Array = NDArray[np.float64]

SECTOR_LIST, ATMOSPHERE = "sector_list", "atmosphere"
LARGEST_RESIDUAL_SHARE = 1e-9
LINKED_TABLE = "fct_mrio_output"
ONE_RULE: Mapping[str, str] = {
    "scale_rule": "the size of China's sectors",
    "export_total_concept": "the provinces' export totals",
    "global_classification": "the world table",
    "returned_exports": "exports that come back",
    "prices": "prices",
}
"""Columns of dim_edition that are one in editions that compare without a caution, and what they decide."""


def write_changes(draft: Path, earlier: Path | None) -> dict[str, int]:
    """Write the marts of changes into a draft of the published file; returns the rows of each.

    earlier: the file published before, from which pairs made of the same runs by the same code are taken.
    A file without a linked table (observed air alone) gets no such marts.
    """
    with connect(draft, temp_directory=draft.parent / ".tmp") as connection:
        if LINKED_TABLE not in tables_of(connection, "marts"):
            return {}
        between.create_tables(connection)
        if earlier is not None:
            connection.execute(f"attach {literal(str(earlier))} as earlier (read_only)")
        runs = between.fingerprints(connection)
        code = {**module_parts(["steps.change"]), **version_parts()}
        for base, later in _pairs(connection):
            pair = Pair(later.edition, later.year, base.edition, base.year)
            made_from = digest(
                [code, runs[base.edition, base.year], runs[later.edition, later.year]]
            )
            if earlier is None or not between.carry_over(connection, "earlier", pair, made_from):
                _write(connection, pair, base, later)
                between.note_made(connection, pair, made_from)
        return {name: count_rows(connection, "marts", name) for name in between.MARTS}


def why_not(base: Side, later: Side) -> str:
    """Why two editions cannot be compared, in words; empty when they can."""
    for side in (base, later):
        if not side.described:
            return f"dim_edition has no row of {side.name}: compute the edition again."
    if base.described["is_synthetic"] != later.described["is_synthetic"]:
        return "One of the editions is made of synthetic files, the other is not."
    return ""


def caution(base: Side, later: Side, lists: Lists) -> str:
    """In what two editions differ although one rule should hold, in words; empty for nothing."""
    differing = [
        f"{what}: {_rule(base, column)}, {_rule(later, column)}"
        for column, what in ONE_RULE.items()
        if base.described[column] != later.described[column]
    ]
    for side in (base, later):
        if side.described["provincial_table_year"] != side.year:
            differing.append(
                f"the provincial tables of {side.described['provincial_table_year']} stand for {side.year}"
            )
    alone = sorted(set(lists.provinces) - set(lists.compared))
    if alone:
        differing.append(f"without {', '.join(alone)}, with a table in one year alone")
    text = "; ".join(differing)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _rule(side: Side, column: str) -> str:
    return f"{side.described[column] or 'not set'} in {side.year}"


def _pairs(connection: duckdb.DuckDBPyConnection) -> Iterator[tuple[Side, Side]]:
    """Every two editions of different years that have a linked table, the earlier first."""
    described: dict[tuple[str, int], dict[str, object]] = {}
    if "dim_edition" in tables_of(connection, "marts"):
        rows = connection.sql("select * from marts.dim_edition").pl().to_dicts()
        described = {(row["edition"], row["year"]): row for row in rows}
    keys = fetch(
        connection,
        f"select distinct edition, year from marts.{LINKED_TABLE} order by year, edition",
    )
    sides = [Side(str(e), int(str(y)), described.get((str(e), int(str(y))), {})) for e, y in keys]
    for base, later in combinations(sides, 2):
        if base.year < later.year:
            yield base, later


def _write(connection: duckdb.DuckDBPyConnection, pair: Pair, base: Side, later: Side) -> None:
    """Compare a pair, or say why not."""
    reason = why_not(base, later)
    lists = None if reason else _lists(connection, base, later)
    if lists is not None:
        try:
            frames, residual, sectors = _compared(connection, base, later, lists)
        except ValueError as error:
            if not type(error).__module__.startswith("compute"):
                raise
            reason = f"The figures do not admit it: {error}."
    if reason or lists is None:
        _append(connection, PAIR, pair, _pair_row(reason=reason))
        return
    row = _pair_row(
        caution=caution(base, later, lists), lists=lists, residual=residual, sectors=sectors
    )
    for name, frame in ((PAIR, row), *frames.items()):
        _append(connection, name, pair, frame)


def _pair_row(
    *,
    reason: str = "",
    caution: str = "",
    lists: Lists | None = None,
    residual: float | None = None,
    sectors: int = 0,
) -> pl.DataFrame:
    alone = sorted(set(lists.provinces) - set(lists.compared)) if lists else []
    return pl.DataFrame(
        {
            "is_decomposed": [lists is not None],
            "why_not": [reason],
            "caution": [caution],
            "prices": ["current"],
            "provinces": [len(lists.compared) if lists else 0],
            "left_out": [", ".join(alone)],
            "sectors": [sectors],
            "orders": [factorial(len(FACTORS)) if lists else 0],
            "residual_share": [residual],
        },
        schema_overrides={"residual_share": pl.Float64},
    )


def _lists(connection: duckdb.DuckDBPyConnection, base: Side, later: Side) -> Lists:
    consumers, home = common_consumers(connection)
    provinces = [set(provinces_of(connection, side)) for side in (base, later)]
    pollutants = [set(pollutants_of(connection, side)) for side in (base, later)]
    return Lists(
        provinces=tuple(sorted(provinces[0] | provinces[1])),
        compared=tuple(sorted(provinces[0] & provinces[1])),
        sectors=common_sectors(connection),
        consumers=consumers,
        home=home,
        pollutants=tuple(sorted(pollutants[0] & pollutants[1])),
    )


def _compared(
    connection: duckdb.DuckDBPyConnection, base: Side, later: Side, lists: Lists
) -> tuple[dict[str, pl.DataFrame], float, int]:
    """The rows of each mart, the residual, and the sectors with output in both years."""
    receptors = _receptors(connection, base, later)
    before, after = (read_common(connection, side, lists, receptors) for side in (base, later))
    found = structural_decomposition(before.accounts, after.accounts)
    effects = np.concatenate([found.effects_t, _lost_by_list(found, before, after)[None]])
    residual = _residual(effects, before, after)
    frames = {
        TOTAL: _totals(lists, before, after),
        CHANGE: _changes(lists, effects),
        PM25: _of_pm25(lists, receptors, effects, before, after),
    }
    output = [
        year.accounts.output_musd.reshape(len(lists.provinces), -1).sum(axis=0) > 0
        for year in (before, after)
    ]
    return frames, residual, int((output[0] & output[1]).sum())


def _lost_by_list(found: Decomposition, before: CommonYear, after: CommonYear) -> Array:
    """What the common list of sectors loses against the editions' own lists, as a change: (k, n, C), t."""
    return (after.emission_t - found.after_t) - (before.emission_t - found.before_t)


def _residual(effects: Array, before: CommonYear, after: CommonYear) -> float:
    """Gap of the worst pollutant over its emissions of both years. Raises ArithmeticError beyond the promise."""
    whole = Decomposition(effects, before.emission_t, after.emission_t).residual_share
    if whole > LARGEST_RESIDUAL_SHARE:
        raise ArithmeticError(f"the factors miss the change by {whole:.3g} of the emissions")
    return whole


def _by_province(lists: Lists, rows: Array) -> Array:
    """Sum the sectors of axis -2: (..., n, C) to (..., P compared, C)."""
    by_sector = rows.reshape(
        *rows.shape[:-2], lists.shape.count, lists.shape.sectors, rows.shape[-1]
    )
    kept = [lists.provinces.index(province) for province in lists.compared]
    return np.asarray(by_sector.sum(axis=-2)[..., kept, :])


def _totals(lists: Lists, before: CommonYear, after: CommonYear) -> pl.DataFrame:
    labels = Axis.product(
        pollutant=lists.pollutants,
        producer_province=lists.compared,
        consumer_region=lists.consumers,
    ).labels
    columns = {
        name: _by_province(lists, year.emission_t).ravel()
        for name, year in (("before_t", before), ("after_t", after))
    }
    return _not_zero(labels.with_columns(**{k: pl.Series(v) for k, v in columns.items()}), columns)


def _changes(lists: Lists, effects: Array) -> pl.DataFrame:
    labels = Axis.product(
        factor=(*FACTORS, SECTOR_LIST),
        pollutant=lists.pollutants,
        producer_province=lists.compared,
        consumer_region=lists.consumers,
    ).labels
    return _not_zero(
        labels.with_columns(change_t=pl.Series(_by_province(lists, effects).ravel())), ["change_t"]
    )


def _of_pm25(
    lists: Lists, receptors: tuple[str, ...], effects: Array, before: CommonYear, after: CommonYear
) -> pl.DataFrame:
    """Effects on concentrations through the mean sensitivities; what these change themselves is `atmosphere`."""
    frames = [
        pl.DataFrame(
            schema={
                "engine": pl.String,
                "factor": pl.String,
                "receptor": pl.String,
                "consumer_region": pl.String,
                "change_ug_m3": pl.Float64,
            }
        )
    ]
    for engine in sorted(before.sensitivity.keys() & after.sensitivity.keys()):
        mean = (before.sensitivity[engine] + after.sensitivity[engine]) / 2
        parts = np.einsum("rki,fkic->frc", mean, effects, optimize=True)
        change = after.level_ug_m3[engine] - before.level_ug_m3[engine]
        whole = np.concatenate([parts, (change - parts.sum(axis=0))[None]])
        labels = Axis.product(
            engine=[engine],
            factor=(*FACTORS, SECTOR_LIST, ATMOSPHERE),
            receptor=receptors,
            consumer_region=lists.consumers,
        ).labels
        frames.append(labels.with_columns(change_ug_m3=pl.Series(whole.ravel())))
    return _not_zero(pl.concat(frames), ["change_ug_m3"])


def _receptors(connection: duckdb.DuckDBPyConnection, base: Side, later: Side) -> tuple[str, ...]:
    """Receptors with sensitivities in both editions; none where one has no concentrations."""
    present = {*tables_of(connection, "marts"), *views_of(connection, "marts")}
    if "fct_pm25_sensitivity" not in present:
        return ()
    query = (
        "select distinct receptor from marts.fct_pm25_sensitivity where edition = ? and year = ?"
    )
    found = [
        {str(row[0]) for row in fetch(connection, query, [side.edition, side.year])}
        for side in (base, later)
    ]
    return tuple(sorted(found[0] & found[1]))


def _not_zero(frame: pl.DataFrame, measures: Mapping[str, object] | list[str]) -> pl.DataFrame:
    return frame.filter(pl.any_horizontal(pl.col(name) != 0 for name in measures))


def _append(
    connection: duckdb.DuckDBPyConnection, mart: str, pair: Pair, rows: pl.DataFrame
) -> None:
    """Insert the rows of a pair into a mart, in the order of its columns."""
    shape = between.SHAPES[mart]
    keyed = rows.with_columns(
        edition=pl.lit(pair.edition),
        year=pl.lit(pair.year),
        base_edition=pl.lit(pair.base_edition),
        base_year=pl.lit(pair.base_year),
    ).select(list(shape.columns))
    connection.register("rows_of_pair", keyed.sort(shape.key).to_arrow())
    connection.execute(f"insert into {qualified('marts', mart)} select * from rows_of_pair")
    connection.unregister("rows_of_pair")
