"""Reading the files that fill a role: one validated table, and where its rows come from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.contracts import CONTRACTS, validate
from warehouse.errors import InputError, UserFacingError
from warehouse.landing import RoleInput, SourceFiles
from warehouse.provenance import ProvenanceRecord
from warehouse.role_provenance import of_bundled, of_landed
from warehouse.sources import READERS, tidy
from warehouse.sources.notes import collected, note


def read_role(role_input: RoleInput) -> tuple[pl.DataFrame, list[ProvenanceRecord]]:
    """The role's validated table, and where its rows come from.

    Raises InputError when a file is damaged or changes meanwhile, a bundled file is not the one that was
    shipped, or the table breaks its contract.
    """
    before = _states(role_input)
    frame, provenance = _read_role(role_input)
    changed = [path for path, state in _states(role_input).items() if before.get(path) != state]
    if changed:
        raise InputError(
            "The file changed while it was read.",
            file=changed[0],
            found="another size, time or file than when reading began",
            expected="a file that nobody writes to",
            remedy="Wait until it is whole, and run again; nothing was loaded.",
        )
    return frame, provenance


def _states(role_input: RoleInput) -> dict[Path, tuple[int, int, int]]:
    """Size, time and identity of every file of the user's, folders by what they hold."""
    if role_input.is_bundled:
        return {}
    return {
        path: (status.st_size, status.st_mtime_ns, status.st_ino)
        for file in role_input.files
        for path in ([file] if not file.is_dir() else sorted(file.rglob("*")))
        if not path.is_dir() and (status := _status(path))
    }


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except OSError:
        return None


def _read_role(role_input: RoleInput) -> tuple[pl.DataFrame, list[ProvenanceRecord]]:
    contract = CONTRACTS[role_input.role]
    frames, provenance = [], []
    for source in role_input.sources:
        with collected() as notes:
            frame = _read(source, role_input)
        for item in notes:
            note(item.text, item.file)
        frames.append(_in_order(frame, contract.column_names))
        if role_input.is_bundled or _is_own_bundled(source):
            provenance += of_bundled(role_input, source)
        else:
            provenance += of_landed(role_input, source, frame.height, notes)
    _judge_landed(role_input, frames)
    frames = _completed(role_input, frames)
    names = ", ".join(str(file) for file in role_input.files)
    if all(source.reader == tidy.NAME for source in role_input.sources) and len(frames) == 1:
        return frames[0], provenance  # the tidy reader has validated it
    try:
        return validate(pl.concat(frames), contract, file=names), provenance
    except InputError as error:
        if error.row is not None:  # a row of the role is not a row of the publisher's file
            error.row = f"{error.row} of the table read from it"
        raise


def _read(source: SourceFiles, role_input: RoleInput) -> pl.DataFrame:
    """The table of a reader. What its library raises of a user's file becomes ours here, if not in the reader.

    An error of a bundled file is one of the program's and stays as it is, and so does one of memory.
    """
    try:
        return READERS[source.reader].read(source.files, role_input.role, role_input.year)
    except (UserFacingError, MemoryError):
        raise
    except Exception as error:
        if role_input.is_bundled or _is_own_bundled(source):
            raise
        first = (str(error).strip() or "no message").splitlines()[0][:200]
        raise InputError(
            f"Reader {source.reader} stumbled over the file: it is damaged, or laid out in an unknown way.",
            file=", ".join(str(file) for file in source.files),
            found=f"{type(error).__name__}: {first}",
            expected=f"a whole file of {READERS[source.reader].publication.producer}",
            remedy="Copy or download it again. If it is as published: report it, with what --debug shows.",
        ) from error


def _in_order(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """The columns in the contract's order, so that tables of two readers join; validation names what differs."""
    return frame.select(names) if set(frame.columns) == set(names) else frame


def _judge_landed(role_input: RoleInput, frames: Sequence[pl.DataFrame]) -> None:
    """Raise InputError for landed rows that break a rule by themselves: the edition's own would outweigh them."""
    parts = list(zip(frames, role_input.sources, strict=True))
    landed = [(frame, of) for frame, of in parts if not of.is_own]
    if not landed or len(landed) == len(parts):
        return
    names = ", ".join(str(file) for _, of in landed for file in of.files)
    try:
        validate(pl.concat(frame for frame, _ in landed), CONTRACTS[role_input.role], file=names)
    except InputError as error:
        if error.row is not None:
            error.row = f"{error.row} of the table read from it"
        raise


def _completed(role_input: RoleInput, frames: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """The frames, the edition's own without the rows that give way to landed ones; a note says how many."""
    contract = CONTRACTS[role_input.role]
    own = [frame for frame, of in zip(frames, role_input.sources, strict=True) if of.is_own]
    landed = [frame for frame, of in zip(frames, role_input.sources, strict=True) if not of.is_own]
    if not own or not landed:
        return frames
    brought = pl.concat(landed)
    whole = pl.concat(own)
    kept = whole.join(brought, on=contract.key, how="anti")
    if contract.gives_way is not None:
        kept = contract.gives_way(kept, brought)
    if gone := whole.height - kept.height:
        note(f"{gone:,} of the edition's own {whole.height:,} rows gave way to landed ones")
    return [kept, *landed]


def _is_own_bundled(source: SourceFiles) -> bool:
    return source.is_own and source.is_bundled
