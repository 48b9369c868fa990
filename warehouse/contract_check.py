"""What a contract is, and the check of a table against one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from warehouse.contract_sums import Rule
from warehouse.errors import InputError

TEXT, NUMBER, WHOLE, DAY = pl.String(), pl.Float64(), pl.Int64(), pl.Date()

REMEDY = "Correct the file and load it again; docs/architecture.md, 'Raw roles', has the contract."


@dataclass(frozen=True)
class Column:
    """One column of a role.

    allowed: the only codes it may hold (None: any).  pattern: a regular expression every code must
    match.  minimum, maximum: inclusive bounds of a number, in ``unit``.
    """

    name: str
    dtype: pl.DataType
    description: str
    unit: str = ""
    allowed: frozenset[str] | None = None
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Contract:
    """What a role's table must be. ``name`` is the role and the table's name in schema raw.

    key: columns that together never repeat.  rules: checks over several rows (sums, regions).
    adds_up: several sources may each bring some of the rows.  gives_way: where landed files complete an
    edition's own, which of its own rows stay besides the landed ones (own, landed) -> own rows; those with
    a landed row's key are gone already.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    adds_up: bool = False
    gives_way: Callable[[pl.DataFrame, pl.DataFrame], pl.DataFrame] | None = None

    @property
    def column_names(self) -> list[str]:
        """The columns in the order of the table, key first."""
        return [column.name for column in self.columns]

    @property
    def schema(self) -> pl.Schema:
        """Column names and Polars types."""
        return pl.Schema({column.name: column.dtype for column in self.columns})


def validate(frame: pl.DataFrame, contract: Contract, *, file: str | Path) -> pl.DataFrame:
    """The frame with the contract's columns, order and types, when it keeps the contract.

    frame: rows in the file's order.  file: what the error names.  Row numbers in errors count data
    rows from 1.  Raises InputError for the first breach: a missing or extra column, no rows, text
    in a number cell, an empty cell, a value that is not finite, an unknown or padded code, a value
    out of bounds, a repeated key, or a sum, region or total that breaks a rule of the contract.
    """
    _check_columns(frame, contract, file)
    if frame.is_empty():
        raise InputError(
            f"{contract.name}: the table has no rows.",
            file=file,
            expected=contract.grain,
            remedy=REMEDY,
        )
    typed = pl.DataFrame(
        [_typed(frame.get_column(column.name), column, file) for column in contract.columns]
    )
    for column in contract.columns:
        _check_values(typed.get_column(column.name), column, file)
    _check_key(typed, contract, file)
    for rule in contract.rules:
        breach = rule(typed)
        if breach is not None:
            raise InputError(
                f"{contract.name}: {breach.message}",
                file=file,
                row=breach.row,
                column=breach.column,
                found=breach.found,
                expected=breach.expected,
                remedy=breach.remedy or REMEDY,
            )
    return typed


def _check_columns(frame: pl.DataFrame, contract: Contract, file: str | Path) -> None:
    missing = [name for name in contract.column_names if name not in frame.columns]
    extra = [name for name in frame.columns if name not in contract.column_names]
    if missing or extra:
        what = [f"column `{name}` is missing" for name in missing]
        what += [f"column `{name}` is not part of the contract" for name in extra]
        raise InputError(
            f"{contract.name}: {', '.join(what)}.",
            file=file,
            row="heading",
            column=", ".join(missing + extra),
            found=", ".join(frame.columns),
            expected=", ".join(contract.column_names),
            remedy=REMEDY,
        )


def _typed(values: pl.Series, column: Column, file: str | Path) -> pl.Series:
    """The values in the column's type; a cell that does not convert without loss is an error."""
    if values.dtype == column.dtype:
        return values
    convertible = values.dtype in (pl.String, pl.Null)
    convertible |= values.dtype.is_numeric() and column.dtype != DAY
    if column.dtype == TEXT:
        if values.dtype in (pl.Categorical, pl.Enum, pl.Null):
            return values.cast(TEXT)
        convertible = False
    if not convertible:
        raise InputError(
            f"Column `{column.name}` has the wrong type.",
            file=file,
            column=column.name,
            found=str(values.dtype),
            expected=_type_name(column),
            remedy=REMEDY,
        )
    source = values.str.strip_chars() if values.dtype == pl.String else values
    if column.dtype == DAY and source.dtype == pl.String:
        cast = source.str.to_date("%Y-%m-%d", strict=False)
    else:
        cast = source.cast(column.dtype, strict=False)
    if values.dtype == pl.String:
        lost = cast.is_null() & source.is_not_null() & (source != "")
    else:
        lost = source.is_not_null() & (cast.cast(NUMBER) != source.cast(NUMBER)).fill_null(True)
        if values.dtype.is_float() and column.dtype == WHOLE:
            lost = lost & source.is_finite().fill_null(False)
    what = "is not a date" if column.dtype == DAY else "is not a number"
    _refuse_first(lost, values, column, file, what, _type_name(column))
    return cast


def _check_values(values: pl.Series, column: Column, file: str | Path) -> None:
    _refuse_first(values.is_null(), values, column, file, "is empty", _type_name(column))
    if column.dtype == TEXT:
        padded = (values.str.strip_chars() != values) | (values == "")
        _refuse_first(padded, values, column, file, "is empty or padded with blanks", "a code")
        if column.allowed is not None:
            unknown = ~values.is_in(sorted(column.allowed))
            expected = f"one of {', '.join(sorted(column.allowed))}"
            _refuse_first(unknown, values, column, file, "is an unknown code", expected)
        if column.pattern is not None:
            odd = ~values.str.contains(column.pattern)
            _refuse_first(odd, values, column, file, "is an unknown code", column.pattern)
        return
    if column.dtype == NUMBER:
        infinite = ~values.is_finite()
        _refuse_first(infinite, values, column, file, "is not finite", "a finite number")
    if column.minimum is not None:
        low = values < column.minimum
        _refuse_first(low, values, column, file, "is too low", f"at least {column.minimum:g}")
    if column.maximum is not None:
        high = values > column.maximum
        _refuse_first(high, values, column, file, "is too high", f"at most {column.maximum:g}")


def _check_key(frame: pl.DataFrame, contract: Contract, file: str | Path) -> None:
    key = list(contract.key)
    repeated = frame.select(key).is_duplicated()
    if not repeated.any():
        return
    numbered = frame.select(key).with_row_index("row", offset=1).filter(repeated)
    first = numbered.row(0, named=True)
    same = numbered.filter(
        pl.all_horizontal([pl.col(name) == first[name] for name in key])
    ).get_column("row")
    raise InputError(
        f"{contract.name}: the same key stands in rows {same[0]} and {same[1]}.",
        file=file,
        row=f"{same[0]} and {same[1]}",
        column=", ".join(key),
        found=", ".join(str(first[name]) for name in key),
        expected=f"{contract.grain}",
        remedy="Remove or merge one of the two rows and load the file again.",
    )


def _refuse_first(
    wrong: pl.Series, values: pl.Series, column: Column, file: str | Path, what: str, expected: str
) -> None:
    """Raise for the first row that is marked wrong."""
    position = wrong.arg_max() if wrong.any() else None
    if position is None:
        return
    raise InputError(
        f"A value of column `{column.name}` {what}.",
        file=file,
        row=position + 1,
        column=column.name,
        found=repr(values[position]),
        expected=expected,
        remedy=REMEDY,
    )


def _type_name(column: Column) -> str:
    kinds = {TEXT: "text", NUMBER: "a number", WHOLE: "a whole number", DAY: "a date, 2018-01-31"}
    kind = kinds[column.dtype]
    return f"{kind} ({column.unit})" if column.unit else kind
