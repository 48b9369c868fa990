"""What changed between two years, and why: fct_change and its companions, for every two editions of one file.

Runs on the file that is about to be published, since no working file holds two editions. METHOD 9; docs/change.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from math import factorial
from pathlib import Path

import duckdb
import polars as pl

from compute.decomposition import (
    FACTORS,
    Decomposition,
    in_base_prices,
    structural_decomposition,
)
from steps.change_inputs import (
    Lists,
    Side,
    common_consumers,
    common_sectors,
    pollutants_of,
    provinces_of,
    read_common,
)
from steps.change_interval import interval_rows
from steps.change_marts import changes, pm25_changes, sector_changes, totals, with_list
from steps.change_prices import BASE_YEAR, CURRENT, Prices, prices_of
from warehouse import between
from warehouse.between import CHANGE, INTERVAL, PAIR, PM25, SECTOR, TOTAL, Pair
from warehouse.database import connect, count_rows, fetch, literal, qualified, tables_of, views_of
from warehouse.fingerprint import digest, module_parts, version_parts

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
    compared = None
    if not reason:
        lists = _lists(connection, base, later)
        try:
            compared = _compared(connection, base, later, lists)
        except ValueError as error:
            if not type(error).__module__.startswith("compute"):
                raise
            reason = f"The figures do not admit it: {error}."
    if compared is None:
        _append(connection, PAIR, pair, _pair_row(reason=reason))
        return
    row = _pair_row(caution=caution(base, later, lists), lists=lists, compared=compared)
    for name, frame in ((PAIR, row), *compared.frames.items()):
        _append(connection, name, pair, frame)


def _pair_row(
    *,
    reason: str = "",
    caution: str = "",
    lists: Lists | None = None,
    compared: Compared | None = None,
) -> pl.DataFrame:
    alone = sorted(set(lists.provinces) - set(lists.compared)) if lists else []
    return pl.DataFrame(
        {
            "is_decomposed": [compared is not None],
            "why_not": [reason],
            "caution": [caution],
            "prices": [compared.prices.rule if compared else CURRENT],
            "price_note": [compared.prices.note if compared else ""],
            "provinces": [len(lists.compared) if lists else 0],
            "left_out": [", ".join(alone)],
            "sectors": [compared.sectors if compared else 0],
            "orders": [factorial(len(FACTORS)) if compared else 0],
            "residual_share": [compared.residual if compared else None],
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


@dataclass(frozen=True)
class Compared:
    """What a pair gives: rows by mart, the rule of prices, the residual, and the sectors with output in both."""

    frames: dict[str, pl.DataFrame]
    prices: Prices
    residual: float
    sectors: int


def _compared(
    connection: duckdb.DuckDBPyConnection, base: Side, later: Side, lists: Lists
) -> Compared:
    receptors = _receptors(connection, base, later)
    before, after = (read_common(connection, side, lists, receptors) for side in (base, later))
    prices = prices_of(connection, base, later, lists)
    found = {CURRENT: structural_decomposition(before.accounts, after.accounts)}
    if prices.index is not None:
        deflated = in_base_prices(after.accounts, prices.index)
        found[BASE_YEAR] = structural_decomposition(before.accounts, deflated)
    effects = with_list(found[prices.rule], before, after)
    rule = pl.lit(prices.rule).alias("prices")
    frames = {
        TOTAL: totals(lists, before, after),
        CHANGE: changes(lists, effects).with_columns(rule),
        SECTOR: sector_changes(lists, effects).with_columns(rule),
        INTERVAL: interval_rows(connection, (base, later), lists, found, (before, after)),
        PM25: pm25_changes(lists, receptors, effects, before, after).with_columns(rule),
    }
    output = [
        year.accounts.output_musd.reshape(len(lists.provinces), -1).sum(axis=0) > 0
        for year in (before, after)
    ]
    whole = replace(
        found[prices.rule],
        effects_t=effects,
        before_t=before.emission_t,
        after_t=after.emission_t,
    )
    return Compared(frames, prices, _residual(whole), int((output[0] & output[1]).sum()))


def _residual(whole: Decomposition) -> float:
    """Gap of the worst pollutant over its emissions of both years. Raises ArithmeticError beyond the promise."""
    if whole.residual_share > LARGEST_RESIDUAL_SHARE:
        raise ArithmeticError(
            f"the factors miss the change by {whole.residual_share:.3g} of the emissions"
        )
    return whole.residual_share


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
