"""Files that a user might land for the default edition, each damaged in one way."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.request import DEFAULT_EDITION

_BUNDLES = Path(__file__).resolve().parent.parent / "warehouse" / "bundled"
BUNDLED = _BUNDLES / "open_2017"
PROVINCES = pl.read_parquet(BUNDLED / "export_total.parquet")


def land(home: Path, role: str, frame: pl.DataFrame, name: str = "mine.csv") -> None:
    folder = home / "landing" / DEFAULT_EDITION / role
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_csv(folder / name)


def with_text_in_a_number(home: Path) -> None:
    land(
        home,
        "export_total",
        PROVINCES.cast({"value_million": pl.String}).with_columns(
            value_million=pl.when(pl.int_range(pl.len()) == 4)
            .then(pl.lit("n/a"))
            .otherwise("value_million")
        ),
    )


def with_a_repeated_key(home: Path) -> None:
    land(home, "export_total", pl.concat([PROVINCES, PROVINCES[:1]]))


def with_an_unknown_province(home: Path) -> None:
    land(
        home,
        "export_total",
        PROVINCES.with_columns(province=pl.col("province").str.replace("CN-GD", "CN-ZZ")),
    )


def with_a_missing_column(home: Path) -> None:
    land(home, "export_total", PROVINCES.drop("currency"))


def with_two_files(home: Path) -> None:
    land(
        home,
        "population_total",
        pl.read_parquet(_BUNDLES / "open_2007" / "population_total.parquet"),
    )
    land(
        home,
        "population_total",
        pl.read_parquet(_BUNDLES / "open_2007" / "population_total.parquet"),
        "too.csv",
    )


def with_a_truncated_file(home: Path) -> None:
    folder = home / "landing" / DEFAULT_EDITION / "global_table"
    folder.mkdir(parents=True)
    whole = (BUNDLED / "global_table.parquet").read_bytes()
    (folder / "mine.parquet").write_bytes(whole[: len(whole) // 2])


def with_negative_output(home: Path) -> None:
    table = pl.read_parquet(BUNDLED / "global_table.parquet")
    is_output = (pl.col("block") == "output") & (pl.col("from_region") == "USA")
    land(
        home,
        "global_table",
        table.with_columns(
            value_musd=pl.when(is_output).then(-pl.col("value_musd")).otherwise("value_musd")
        ),
    )


def with_a_total_that_is_not_its_parts(home: Path) -> None:
    table = pl.read_parquet(BUNDLED / "provincial_table.parquet")
    is_cell = (pl.col("province") == "CN-HB") & (pl.col("row_code") == "14")
    is_cell &= pl.col("column_code") == "GO"
    land(
        home,
        "provincial_table",
        table.with_columns(
            value_10k_cny=pl.when(is_cell)
            .then(pl.col("value_10k_cny") * 1.5)
            .otherwise("value_10k_cny")
        ),
    )


def with_a_sector_of_its_own(home: Path) -> None:
    """Consistent in itself: one sector more, without flows, whose code no concordance knows."""
    table = pl.read_parquet(BUNDLED / "provincial_table.parquet")
    parts = [table]
    for column in ("row_code", "column_code"):
        known = pl.concat(parts)
        new = known.filter(pl.col(column) == "42").with_columns(
            pl.lit("43").alias(column), pl.col("value_10k_cny") * 0.0
        )
        parts.append(new)
    land(home, "provincial_table", pl.concat(parts))
