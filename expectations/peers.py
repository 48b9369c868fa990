"""Gate 1 on units: every province against the others, the nation against that of the bundled files.

Levels differ between provinces by ten and more, unit slips are factors of 10 to 10,000. So amounts are
held against people, output or another pollutant, as logarithms, and a place is judged by its distance
from the median of its peers: the limit is a factor that no economy reaches, or three robust deviations
(1.4826 x median absolute deviation) where provinces differ more than that. These checks need raw
roles alone, so they stop a run before anything is computed from a wrong unit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import duckdb
import polars as pl

from expectations.amounts import (
    PEOPLE_COUNTED,
    REFERENCE_YEAR,
    amounts_of,
    known_people,
    people_in,
    reference,
    vintage_of,
)
from expectations.nothing import provinces_with_nothing
from expectations.peer_limits import (
    AMMONIA,
    CATEGORIES,
    CUSTOMS,
    LEVELS,
    NATION_OF_GAINS,
    PEOPLE,
    PER_HEAD,
    PER_OUTPUT,
    PRODUCTS,
    RATIOS,
    SAME_FILE,
    SECTORS_OF_GAINS,
    Limit,
)
from expectations.results import CheckResult, Severity
from warehouse.database import tables_of

_DEVIATIONS = 3.0
_TO_DEVIATION = 1.4826
_LEAST_PEERS = 5
_SHOWN = 4
# A part below a hundredth of its whole is rounding in some provinces; a slip that matters makes it more.
_MATERIAL_SHARE = 0.01
# Read on 2026-11-30 in the sources: not slips.
_NEAR_YEARS = 5
_KNOWN_DEVIATIONS = {
    # REAS v3.2 has 0.00002 kg of SO2 a head from Tibet's small sources, 0.7 elsewhere.
    ("sector_emission", "CN-XZ", "ODOM SO2"),
}


def run_peers(connection: duckdb.DuckDBPyConnection, year: int) -> list[CheckResult]:
    """The checks (gate `raw`) of all roles that peers can be compared in; year: that of the edition."""
    every = amounts_of(connection)
    amounts = every.filter(pl.col("amount") > 0)
    if amounts.is_empty():
        return []
    people = people_in(year)
    judged = [
        *_per_head(amounts, people),
        *_ratios(amounts),
        *_per_output(amounts),
        *_levels(amounts, year),
        *_inventories(amounts, people, year),
        *_sectors_of_gains(amounts, year),
        *_customs(amounts),
        *_ammonia(amounts, people),
        *_products(amounts),
        *_residents(connection, amounts, year),
    ]
    return [
        *provinces_with_nothing(every),
        *(check for judgement in judged for check in judgement.checks()),
    ]


@dataclass(frozen=True)
class _Judged:
    """Distances of one measure of one role (columns place, part, value, distance, and limit widened).

    distance: log10 of the value over the middle.  spread: robust deviation of the peers, 0 where
    nothing can be compared.
    """

    role: str
    limit: Limit
    against: str
    frame: pl.DataFrame

    def checks(self) -> tuple[CheckResult, CheckResult]:
        return self._check("error", self.limit.error), self._check("warn", self.limit.warn)

    def _check(self, severity: Severity, factor: float) -> CheckResult:
        widened = pl.max_horizontal(pl.lit(math.log10(factor)), _DEVIATIONS * pl.col("spread"))
        ranked = self.frame.with_columns(
            excess=pl.col("distance").abs() / widened, allowed=10**widened
        ).sort("excess", descending=True)
        one_sided = severity == "error" and self.limit.may_be_none
        judged = ranked.filter(pl.col("distance") > 0) if one_sided else ranked
        wrong = judged.filter(pl.col("excess") > 1)
        worst = float(judged["excess"][0]) if len(judged) else None
        found = "; ".join(
            f"{row['place']} {row['part']}: {row['value']:.4g},"
            f" {10 ** abs(row['distance']):.3g} times {'above' if row['distance'] > 0 else 'below'}"
            f" {self.against} (limit {row['allowed']:.3g})"
            for row in wrong.head(_SHOWN).to_dicts()
        )
        more = f"; and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        name = f"{self.limit.measure} against {self.against}".replace(" ", "_")
        return CheckResult(
            gate="raw",
            suite=f"raw__{self.role}__units",
            check_name=f"{name}_{severity}",
            scope=f"raw.{self.role}",
            measured=worst,
            tolerance=1.0,
            passed=wrong.is_empty(),
            severity=severity,
            detail=(f"found {found}{more}: another unit? " if found else "")
            + f"{len(ranked)} compared; {self.limit.reason}",
        )


def _per_head(amounts: pl.DataFrame, people: pl.DataFrame) -> list[_Judged]:
    material = _material(amounts)
    return [
        judged
        for limit in PER_HEAD
        for judged in _judged_by_peers(
            limit,
            "the_middle_province_per_head",
            material.filter(pl.col("measure") == limit.measure)
            .join(people, left_on="place", right_on="province")
            .with_columns(value=pl.col("amount") / pl.col("persons")),
        )
    ]


def _ratios(amounts: pl.DataFrame) -> list[_Judged]:
    """Pollutants over NOx of the same province and sector."""
    judged = []
    material = _material(amounts)
    for measure, base, limit in RATIOS:
        rows = material.filter(pl.col("measure") == measure).with_columns(
            pollutant=_last_word("part"), sector=pl.col("part").str.replace(r"\S+$", "")
        )
        bases = rows.filter(pl.col("pollutant") == base).select(
            "role", "sector", "place", base=pl.col("amount")
        )
        judged += _judged_by_peers(
            limit,
            f"the_middle_province_per_{base}",
            rows.filter(pl.col("pollutant") != base)
            .join(bases, on=["role", "sector", "place"])
            .with_columns(value=pl.col("amount") / pl.col("base")),
        )
    return judged


def _per_output(amounts: pl.DataFrame) -> list[_Judged]:
    output = amounts.filter(pl.col("measure") == "output").select("place", output=pl.col("amount"))
    return [
        judged
        for limit in PER_OUTPUT
        for judged in _judged_by_peers(
            limit,
            "the_middle_province_per_output",
            amounts.filter(pl.col("measure") == limit.measure)
            .join(output, on="place")
            .with_columns(value=pl.col("amount") / pl.col("output")),
        )
    ]


def _judged_by_peers(limit: Limit, against: str, rows: pl.DataFrame) -> list[_Judged]:
    """Distances from the median of the peers, by role and part; fewer than five peers compare nothing."""
    by = ["role", "part"]
    logs = rows.with_columns(log=pl.col("value").log10())
    centred = logs.with_columns(
        distance=pl.col("log") - pl.col("log").median().over(by), peers=pl.len().over(by)
    ).filter(pl.col("peers") >= _LEAST_PEERS)
    spread = centred.with_columns(spread=_TO_DEVIATION * pl.col("distance").abs().median().over(by))
    return _by_role(limit, against, spread)


def _levels(amounts: pl.DataFrame, year: int) -> list[_Judged]:
    """The nation's amount per head against the same in the bundled files; regions against themselves."""
    mine = _national(_material(amounts), people_in(year))
    theirs = _national(reference(), people_in(REFERENCE_YEAR)).drop("role")
    # The same measure may come from another role: a multi-regional table against single ones.
    both = mine.join(
        theirs.rename({"value": "expected"}), on=["measure", "part", "place"], how="inner"
    )
    # Years far from the edition's are another economy, and nothing is read from them.
    near = pl.col("part").str.extract(r"(\d{4})$").cast(pl.Int64) - year
    both = both.filter(near.is_null() | (near.abs() <= _NEAR_YEARS))
    return [
        judged
        for limit in LEVELS
        for judged in _by_role(
            limit,
            f"the_bundled_files_of_{REFERENCE_YEAR}",
            both.filter(pl.col("measure") == limit.measure).with_columns(
                distance=(pl.col("value") / pl.col("expected")).log10(), spread=pl.lit(0.0)
            ),
        )
    ]


def _national(amounts: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Provinces' amounts summed over their residents; what is of the nation or a region as it is."""
    joined = amounts.join(people, left_on="place", right_on="province", how="left")
    provincial = (
        joined.filter(pl.col("persons").is_not_null())
        .group_by("role", "measure", "part")
        .agg(value=pl.col("amount").sum() / pl.col("persons").sum(), place=pl.lit("nation").first())
    )
    other = joined.filter(pl.col("persons").is_null()).rename({"amount": "value"})
    columns = ["role", "measure", "part", "place", "value"]
    return pl.concat([provincial.select(columns), other.select(columns)])


def _inventories(amounts: pl.DataFrame, people: pl.DataFrame, year: int) -> list[_Judged]:
    """The provinces' emission per head against the nation's of the other inventory, in the nearest year."""
    national = amounts.filter(pl.col("measure") == "national emission by year").with_columns(
        pollutant=pl.col("part").str.replace(r" \d+$", ""),
        source_year=_last_word("part").cast(pl.Int64),
    )
    nearest = (
        national.sort((pl.col("source_year") - year).abs())
        .group_by("pollutant", maintain_order=True)
        .first()
        .select("pollutant", expected=pl.col("amount") / people["persons"].sum())
    )
    mine = _national(amounts.filter(pl.col("measure") == "emission"), people).join(
        nearest, left_on="part", right_on="pollutant"
    )
    limit = Limit(
        "emission",
        NATION_OF_GAINS,
        2.5,
        "2026-11-30: the bundled inventory of 2007 and GAINS differ by at most 1.24 (OC)",
    )
    return _by_role(
        limit,
        "the_other_inventory",
        mine.with_columns(
            distance=(pl.col("value") / pl.col("expected")).log10(), spread=pl.lit(0.0)
        ),
    )


def _sectors_of_gains(amounts: pl.DataFrame, year: int) -> list[_Judged]:
    """Every sector against the bundled file of GAINS, beside the other sectors of pollutant and year."""
    is_mine = pl.col("measure") == SECTORS_OF_GAINS.measure
    near = (pl.col("part").str.extract(r"(\d{4})$").cast(pl.Int64) - year).abs() <= _NEAR_YEARS
    theirs = reference().filter(is_mine & (pl.col("amount") > 0))
    share = pl.col("amount") / pl.col("amount").sum().over("part")
    expected = theirs.filter(share >= _MATERIAL_SHARE / 10).select(
        "part", "place", expected=pl.col("amount")
    )
    judged = _judged_by_peers(
        SECTORS_OF_GAINS,
        "the_bundled_file_of_GAINS",
        amounts.filter(is_mine & near)
        .join(expected, on=["part", "place"])
        .with_columns(value=pl.col("amount") / pl.col("expected")),
    )
    # Where most sectors differ two-fold it is another publication, which says nothing of one sector.
    same = [replace(each, frame=each.frame.filter(pl.col("spread") < SAME_FILE)) for each in judged]
    return [each for each in same if len(each.frame)]


def _customs(amounts: pl.DataFrame) -> list[_Judged]:
    """All customs of a flow against the table's row or column of trade."""
    sums = amounts.group_by("role", "measure", "part").agg(value=pl.col("amount").sum())
    table = sums.filter(pl.col("measure") == "trade of the table").select("part", expected="value")
    return _against("the_table", CUSTOMS, sums.filter(pl.col("measure") == "trade"), table)


def _ammonia(amounts: pl.DataFrame, people: pl.DataFrame) -> list[_Judged]:
    """Ammonia of farms per head against all ammonia of the bundled inventory."""
    all_ammonia = _national(reference(), people_in(REFERENCE_YEAR)).filter(
        (pl.col("measure") == "emission") & (pl.col("part") == "NH3")
    )
    mine = _national(amounts.filter(pl.col("measure") == "ammonia"), people)
    expected = all_ammonia.select(part=pl.lit("all"), expected="value")
    by_category = (
        amounts.filter(pl.col("measure") == CATEGORIES.measure)
        .group_by("role", "part")
        .agg(value=pl.col("amount").sum())
        .with_columns(pl.col("value") / pl.col("value").sum().over("role"))
    )
    alike = by_category.select("part", expected=1 / pl.len())
    return [
        *_against("all_ammonia", AMMONIA, mine, expected),
        *_against("equal_shares", CATEGORIES, by_category, alike),
    ]


def _products(amounts: pl.DataFrame) -> list[_Judged]:
    """The middle province's products against its sector's output at the nation's weights."""
    middle = (
        amounts.filter(pl.col("measure") == PRODUCTS.measure)
        .group_by("role", "part")
        .agg(value=pl.col("amount").median())
    )
    expected = middle.select("part", expected=pl.lit(1.0))
    return _against("the_table's_sector", PRODUCTS, middle, expected)


def _against(
    against: str, limit: Limit, mine: pl.DataFrame, expected: pl.DataFrame
) -> list[_Judged]:
    """The nation's values (role, part, value) against expected ones (part, expected)."""
    return _by_role(
        limit,
        against,
        mine.join(expected, on="part").with_columns(
            place=pl.lit("nation"),
            distance=(pl.col("value") / pl.col("expected")).log10(),
            spread=pl.lit(0.0),
        ),
    )


def _residents(
    connection: duckdb.DuckDBPyConnection, amounts: pl.DataFrame, year: int
) -> list[_Judged]:
    """Residents of every province against the bureau's panel, in the year nearest to the role's own."""
    there = tables_of(connection, "raw")
    people = people_in(vintage_of(connection, "population") or year)
    counted = amounts.filter(pl.col("measure").is_in(PEOPLE_COUNTED)).join(
        people.rename({"persons": "expected"}), left_on="place", right_on="province"
    )
    frames = [counted.select("role", "part", "place", value="amount", expected="expected")]
    if "population_total" in there:
        panel = connection.sql("from raw.population_total").pl()
        known = known_people().rename({"persons": "expected"})
        frames.append(
            panel.with_columns(pl.col("source_year").cast(pl.Int64))
            .join(
                known.with_columns(pl.col("source_year").cast(pl.Int64)),
                on=["province", "source_year"],
            )
            .select(
                role=pl.lit("population_total"),
                part=pl.col("source_year").cast(pl.String),
                place="province",
                value="population_persons",
                expected="expected",
            )
        )
    return _by_role(
        PEOPLE,
        "the_bureau's_panel",
        pl.concat(frames).with_columns(
            distance=(pl.col("value") / pl.col("expected")).log10(), spread=pl.lit(0.0)
        ),
    )


def _material(amounts: pl.DataFrame) -> pl.DataFrame:
    """Without parts that are next to nothing of their whole, here and in the bundled files."""
    kept = pl.concat([_shares(amounts), _shares(reference())]).filter(
        pl.col("share") >= _MATERIAL_SHARE
    )
    return amounts.join(kept.select("measure", "part").unique(), on=["measure", "part"], how="semi")


def _shares(amounts: pl.DataFrame) -> pl.DataFrame:
    """The share of every part in its whole: of emissions the pollutant (and year), of all else all."""
    is_national = pl.col("measure") == "national emission by group and year"
    is_emission = pl.col("measure").is_in(["emission by source sector", "emission by group"])
    whole = (
        pl.when(is_national)
        .then(pl.col("part").str.replace(r"^\S+ ", ""))
        .when(is_emission)
        .then(_last_word("part"))
        .when(pl.col("measure").is_in(["output by sector group", "carbon dioxide by component"]))
        .then(pl.lit("all"))
        .otherwise(pl.col("part"))
    )
    sums = (
        amounts.with_columns(whole=whole)
        .group_by("measure", "whole", "part")
        .agg(pl.col("amount").sum())
    )
    return sums.with_columns(
        share=pl.col("amount") / pl.col("amount").sum().over("measure", "whole")
    )


def _by_role(limit: Limit, against: str, frame: pl.DataFrame) -> list[_Judged]:
    known = pl.struct("role", "place", "part").map_elements(
        lambda row: (row["role"], row["place"], row["part"]) in _KNOWN_DEVIATIONS,
        return_dtype=pl.Boolean,
    )
    kept = frame.select("role", "part", "place", "value", "distance", "spread").filter(~known)
    return [
        _Judged(str(role), limit, against, rows)
        for (role,), rows in sorted(kept.group_by("role"), key=lambda item: str(item[0]))
    ]


def _last_word(column: str) -> pl.Expr:
    return pl.col(column).str.extract(r"(\S+)$")
