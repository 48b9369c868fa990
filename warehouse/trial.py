"""A user's file tried in a role, without a run: every fault, what it would replace, and how far it differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from warehouse.assumption import ESTIMATED
from warehouse.choices import idle_notes
from warehouse.contract_check import TEXT, Contract, faults
from warehouse.contracts import CONTRACTS
from warehouse.edition import Edition
from warehouse.errors import InputError
from warehouse.inventory_lists import CONCORDANCE, list_fault, lists_of, target_fault
from warehouse.inventory_year import as_used
from warehouse.landing import (
    RoleInput,
    RoleUnfilled,
    given_files,
    is_passed_over,
    labelled,
    landed_files,
    resolve_role,
    sources_of,
)
from warehouse.provenance import ProvenanceRecord
from warehouse.role_reading import read_role
from warehouse.sources import READERS, tidy
from warehouse.sources.notes import collected
from warehouse.template import demanded
from warehouse.world_codes import ROLE as WORLD
from warehouse.world_codes import world_fault

# A table by more codes than this is not a table for people.
_MOST_CODES = 60
# Totals beside their parts, by column: a sum over both counts twice, and a file may leave them out.
_TOTALS = {
    "source_sector": ("TOTAL", "SUM", "Total Consumption"),
    "row_kind": ("total",),
    "column_kind": ("total",),
}


@dataclass(frozen=True)
class Fault:
    """A breach. line: as a text editor counts, None where the file has no lines or the breach has no place."""

    line: int | None
    error: InputError


@dataclass(frozen=True)
class Difference:
    """The sum of a measure over one code, in the table used now and in the file.

    by: the column; `all` for the whole table.  now, new: None where a side has no such code.
    """

    measure: str
    by: str
    code: str
    now: float | None
    new: float | None

    @property
    def change_share(self) -> float | None:
        """The change over what is used now; None where there is nothing."""
        return (self.new or 0.0) / self.now - 1 if self.now else None


@dataclass(frozen=True)
class Trial:
    """What a file would be in a role of an edition.

    faults: empty when a run would take it.  only_first: the reader stops at its first fault.
    now: title of what fills the role; empty where nothing does.  completes: the file's rows join those of now.
    frame: the table that a run would take, None with faults.  vintage_year: the year that it describes.
    """

    role: str
    edition: str
    reader: str
    rows: int
    notes: tuple[str, ...]
    faults: tuple[Fault, ...]
    only_first: bool
    now: tuple[str, ...]
    now_rows: int
    differences: tuple[Difference, ...]
    completes: bool = False
    vintage_year: int = 0
    frame: pl.DataFrame | None = field(default=None, compare=False, repr=False)


def try_files(edition: Edition, role: str, files: Sequence[Path], home: Path) -> Trial:
    """Read files as a run would read them in the role, and compare them with what fills the role now.

    Raises UserFacingError for an unknown role, and InputError for a file that no reader understands.
    """
    contract = CONTRACTS[demanded(edition, role)]
    for file in files:
        if not file.exists():
            raise InputError(
                "There is no such file.", file=file, remedy="Check its name and folder."
            )
        if is_passed_over(file):
            raise _passed_over(file)
    given = given_files(edition, role, files, edition.year)
    with collected() as notes:
        frame, found = _read(given, contract)
    before, records, unread = _used_now(edition, role, home)
    if before is not None:
        before = as_used(edition, role, before, records, home).frame
    if frame is not None:
        found = tuple(_code_faults(edition, role, frame, given, home))
        frame = None if found else frame
    differences: tuple[Difference, ...] = ()
    if frame is not None and before is not None:
        parts = _without_totals(before), _without_totals(frame)
        differences = tuple(_differences(contract, *parts))
    return Trial(
        role=role,
        edition=edition.name,
        reader=", ".join(source.reader for source in given.sources if not source.is_own),
        rows=0 if frame is None else frame.height,
        notes=(
            *(str(each) for each in notes),
            *unread,
            *idle_notes(edition.kind, role, labelled(edition, home).filled),
            *_crowding(edition, role, files, home),
        ),
        faults=found,
        only_first=bool(found) and not _is_tidy(given),
        now=tuple(sorted({f"{each.producer}, {each.title}" for each in records})),
        now_rows=0 if before is None else before.height,
        differences=differences,
        completes=any(source.is_own for source in given.sources),
        vintage_year=max(
            READERS[source.reader].vintage_year or given.year for source in given.sources
        ),
        frame=frame,
    )


def _crowding(edition: Edition, role: str, files: Sequence[Path], home: Path) -> Iterator[str]:
    """A note when a run refuses these files beside those that the role's landing folder holds already."""
    folder = home / "landing" / edition.name / role
    names = {file.name for file in files}
    landed = [file for file in landed_files(folder)[0] if file.name not in names]
    try:
        if landed:
            sources_of(role, [*landed, *files])
    except InputError:
        held = ", ".join(file.name for file in landed)
        yield f"{folder} holds {held}. A run refuses both together: move {held} out first."


def _passed_over(file: Path) -> InputError:
    return InputError(
        "A run passes this file over: it is hidden, another program's companion, a read-me, or not whole yet.",
        file=file,
        found=file.name,
        expected="a table, by a name without a leading dot and without .part, .tmp, .download or .crdownload",
        remedy="Wait until it is whole, or rename it.",
    )


def _code_faults(
    edition: Edition, role: str, frame: pl.DataFrame, given: RoleInput, home: Path
) -> Iterator[Fault]:
    """What a run would say of the codes of an inventory, its concordance or a world table, in place."""
    if edition.kind not in ESTIMATED or role not in ("sector_emission", CONCORDANCE, WORLD):
        return
    file = ", ".join(str(path) for path in given.files)
    if role == WORLD:
        regions, products = (
            frame[name].unique().to_list() for name in ("from_region", "from_sector")
        )
        wrong = world_fault(edition, regions, products, file)
    elif role == CONCORDANCE:
        wrong = target_fault(frame["to_code"].unique().to_list(), edition, file)
    else:
        landed, _, _ = _used_now(edition, CONCORDANCE, home)
        known = None if landed is None else landed["source_sector"].unique().to_list()
        sectors = frame["source_sector"].unique().to_list()
        wrong = list_fault(sectors, lists_of(edition, known), edition.name, file)
    if wrong is not None:
        yield Fault(None, wrong)


def _is_tidy(given: RoleInput) -> bool:
    return [source.reader for source in given.sources] == [tidy.NAME] and len(given.files) == 1


def _read(given: RoleInput, contract: Contract) -> tuple[pl.DataFrame | None, tuple[Fault, ...]]:
    """The role's table, or the faults for which a run would refuse it."""
    if _is_tidy(given):
        found = tuple(_faults_of_tidy(given.files[0], contract))
        if found:
            return None, found
    try:
        frame, _ = read_role(given)
    except InputError as error:
        return None, (Fault(None, error),)
    return frame, ()


def _faults_of_tidy(path: Path, contract: Contract) -> Iterator[Fault]:
    try:
        frame = tidy.unchecked(path, contract.name)
        lines = tidy.lines_of_rows(path, contract.name)
    except InputError as error:
        yield Fault(None, error)
        return
    for fault in faults(frame, contract, file=path):
        place = _first(fault.row)
        yield Fault(lines[place - 1] if place and place <= len(lines) else None, fault)


def _first(row: object) -> int | None:
    """The row of ``3``, the first of ``3 and 7``; None for another text."""
    word = str(row).partition(" ")[0]
    return int(word) if word.isdecimal() else None


def _used_now(
    edition: Edition, role: str, home: Path
) -> tuple[pl.DataFrame | None, list[ProvenanceRecord], tuple[str, ...]]:
    """What fills the role now, and a note where its file is at fault: a file that is tried is not its fault."""
    if role not in edition.roles:
        return None, [], ()
    try:
        found = resolve_role(edition, role, home)
        if found is None:
            return None, [], ()
        with collected():
            return *read_role(found), ()
    except RoleUnfilled:
        return None, [], ()
    except InputError as error:
        return None, [], (f"What fills {role} now cannot be read: {error.message} {error.file}",)


def _without_totals(frame: pl.DataFrame) -> pl.DataFrame:
    for column in _TOTALS.keys() & {*frame.columns}:
        frame = frame.filter(~pl.col(column).is_in(_TOTALS[column]))
    return frame


def _differences(contract: Contract, now: pl.DataFrame, new: pl.DataFrame) -> Iterator[Difference]:
    """Sums of each measure over the whole table and by each short code, the largest change first."""
    measures = [column.name for column in contract.columns if column.unit]
    codes = [
        column.name
        for column in contract.columns
        if column.dtype == TEXT and column.name in contract.key
    ]
    short = [name for name in codes if _count(name, now, new) <= _MOST_CODES]
    for measure in measures:
        for by in ("all", *short):
            yield from _sums(measure, by, now, new)


def _count(name: str, *frames: pl.DataFrame) -> int:
    return pl.concat([frame[name].unique() for frame in frames]).n_unique()


def _sums(measure: str, by: str, now: pl.DataFrame, new: pl.DataFrame) -> Iterable[Difference]:
    sides = [_by_code(frame, measure, by) for frame in (now, new)]
    keys = sorted({*sides[0], *sides[1]})
    rows = [Difference(measure, by, code, sides[0].get(code), sides[1].get(code)) for code in keys]
    return sorted(rows, key=lambda row: -abs((row.new or 0.0) - (row.now or 0.0)))


def _by_code(frame: pl.DataFrame, measure: str, by: str) -> dict[str, float]:
    if by == "all":
        return {"all": float(frame[measure].sum())}
    summed = frame.group_by(by).agg(pl.col(measure).sum()).sort(by)
    return {str(code): float(value) for code, value in summed.iter_rows()}
