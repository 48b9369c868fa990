"""What a contract is, and the check of a table against one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from itertools import chain
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


LARGEST = 1e15
"""Beyond any quantity of ours in its unit: the world's yearly output is 1e8 million dollars, its people 1e10."""
Faults = Generator[InputError, None, None]


def validate(frame: pl.DataFrame, contract: Contract, *, file: str | Path) -> pl.DataFrame:
    """The frame with the contract's columns, order and types, when it keeps the contract.

    frame: rows in the file's order.  file: what the error names.  Row numbers in errors count data
    rows from 1.  Raises InputError for the first breach: a missing or extra column, no rows, text
    in a number cell, an empty cell, a value that is not finite, an unknown or padded code, a value
    out of bounds, a repeated key, or a sum, region or total that breaks a rule of the contract.
    """
    found = _checked(frame, contract, file)
    try:
        raise next(found)
    except StopIteration as done:
        typed: pl.DataFrame = done.value
        return typed


def faults(frame: pl.DataFrame, contract: Contract, *, file: str | Path) -> Iterator[InputError]:
    """Every breach of a contract, cell by cell, as ``validate`` would name the first.

    Keys and sums are looked at once all cells are sound; of each rule the first breach is given.
    """
    yield from _checked(frame, contract, file)


def _checked(
    frame: pl.DataFrame, contract: Contract, file: str | Path
) -> Generator[InputError, None, pl.DataFrame]:
    """Yields the breaches and returns the typed table, which is whole when there was none."""
    heading = _heading_fault(frame, contract, file)
    if heading is not None:
        yield heading
        return frame
    if frame.is_empty():
        yield InputError(
            f"{contract.name}: the table has no rows.",
            file=file,
            expected=contract.grain,
            remedy=REMEDY,
        )
        return frame
    columns = [_typed(frame.get_column(column.name), column, file) for column in contract.columns]
    is_sound = True
    for column, typed in zip(contract.columns, columns, strict=True):
        for fault in chain(typed.faults, _value_faults(typed, column, file)):
            is_sound = False
            yield fault
    table = pl.DataFrame([typed.values for typed in columns])
    # Keys and sums of what is not whole mean nothing.
    for check in (_key_faults, _rule_faults) if is_sound else ():
        for fault in check(table, contract, file):
            is_sound = False
            yield fault
        if not is_sound:
            break
    return table


@dataclass(frozen=True)
class _Typed:
    """A column in its type.  faults: of cells that do not convert.  known: cells that did, (n,)."""

    values: pl.Series
    faults: Faults
    known: pl.Series


def _heading_fault(frame: pl.DataFrame, contract: Contract, file: str | Path) -> InputError | None:
    missing = [name for name in contract.column_names if name not in frame.columns]
    extra = [name for name in frame.columns if name not in contract.column_names]
    if not missing and not extra:
        return None
    what = [f"column `{name}` is missing" for name in missing]
    what += [f"column `{name}` is not part of the contract" for name in extra]
    return InputError(
        f"{contract.name}: {', '.join(what)}.",
        file=file,
        row="heading",
        column=", ".join(missing + extra),
        found=", ".join(frame.columns),
        expected=", ".join(contract.column_names),
        remedy=REMEDY,
    )


def _typed(values: pl.Series, column: Column, file: str | Path) -> _Typed:
    """The values in the column's type; a cell that does not convert without loss is a fault."""
    everywhere = pl.repeat(True, values.len(), eager=True)
    if values.dtype == column.dtype:
        return _Typed(values, _none(), everywhere)
    convertible = values.dtype in (pl.String, pl.Null)
    convertible |= values.dtype.is_numeric() and column.dtype != DAY
    if column.dtype == TEXT:
        if values.dtype in (pl.Categorical, pl.Enum, pl.Null):
            return _Typed(values.cast(TEXT), _none(), everywhere)
        convertible = False
    if not convertible:
        empty = pl.Series(values.name, [None] * values.len(), column.dtype)
        return _Typed(empty, _wrong_type(values, column, file), ~everywhere)
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
    lost = lost.fill_null(False)
    what = "is not a date" if column.dtype == DAY else "is not a number"
    return _Typed(cast, _faults_at(lost, values, column, file, what, _type_name(column)), ~lost)


def _none() -> Faults:
    yield from ()


def _wrong_type(values: pl.Series, column: Column, file: str | Path) -> Faults:
    yield InputError(
        f"Column `{column.name}` has the wrong type.",
        file=file,
        column=column.name,
        found=str(values.dtype),
        expected=_type_name(column),
        remedy=REMEDY,
    )


def _value_faults(typed: _Typed, column: Column, file: str | Path) -> Faults:
    values = typed.values

    def at(wrong: pl.Series, what: str, expected: str) -> Faults:
        found = wrong.fill_null(False) & typed.known
        return _faults_at(found, values, column, file, what, expected)

    yield from at(values.is_null(), "is empty", _type_name(column))
    if column.dtype == TEXT:
        padded = (values.str.strip_chars() != values) | (values == "")
        yield from at(padded, "is empty or padded with blanks", "a code")
        if column.allowed is not None:
            unknown = ~values.is_in(sorted(column.allowed)) & ~padded
            expected = f"one of {', '.join(sorted(column.allowed))}"
            yield from at(unknown, "is an unknown code", expected)
        if column.pattern is not None:
            odd = ~values.str.contains(column.pattern) & ~padded
            yield from at(odd, "is an unknown code", column.pattern)
        return
    if column.dtype == NUMBER:
        yield from at(~values.is_finite(), "is not finite", "a finite number")
        if column.maximum is None:
            beyond = values.is_finite() & (values.abs() > LARGEST)
            yield from at(beyond, "is of no quantity there is", f"at most {LARGEST:g} either way")
    if column.minimum is not None:
        yield from at(values < column.minimum, "is too low", f"at least {column.minimum:g}")
    if column.maximum is not None:
        yield from at(values > column.maximum, "is too high", f"at most {column.maximum:g}")


def _key_faults(frame: pl.DataFrame, contract: Contract, file: str | Path) -> Faults:
    """A fault for each key that stands more than once, in the order of the file."""
    key = list(contract.key)
    if not frame.select(key).is_duplicated().any():
        return
    repeated = (
        frame.select(key)
        .with_row_index("row", offset=1)
        .group_by(key, maintain_order=True)
        .agg(pl.col("row"))
        .filter(pl.col("row").list.len() > 1)
    )
    for *values, rows in repeated.iter_rows():
        yield InputError(
            f"{contract.name}: the same key stands in rows {rows[0]} and {rows[1]}.",
            file=file,
            row=f"{rows[0]} and {rows[1]}",
            column=", ".join(key),
            found=", ".join(str(value) for value in values),
            expected=f"{contract.grain}",
            remedy="Remove or merge one of the two rows and load the file again.",
        )


def _rule_faults(table: pl.DataFrame, contract: Contract, file: str | Path) -> Faults:
    for rule in contract.rules:
        breach = rule(table)
        if breach is not None:
            yield InputError(
                f"{contract.name}: {breach.message}",
                file=file,
                row=breach.row,
                column=breach.column,
                found=breach.found,
                expected=breach.expected,
                remedy=breach.remedy or REMEDY,
            )


def _faults_at(
    wrong: pl.Series, values: pl.Series, column: Column, file: str | Path, what: str, expected: str
) -> Faults:
    """A fault for each row that is marked wrong."""
    for position in wrong.arg_true():
        yield InputError(
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
