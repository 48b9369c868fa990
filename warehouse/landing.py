"""Which files fill each role of an edition: the user's landed ones, otherwise those of the edition."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from warehouse.archives import refuse_bombs
from warehouse.choices import idle_notes
from warehouse.contracts import CONTRACTS, validate
from warehouse.edition import PACKAGE, Edition
from warehouse.errors import InputError, UserFacingError
from warehouse.files import is_litter, is_notice, kind_of
from warehouse.manifest import Entry, bytes_of, read_manifest, sha256_of
from warehouse.nearest_reader import nearest, unreadable
from warehouse.provenance import ProvenanceRecord
from warehouse.sources import READERS, tidy
from warehouse.sources.notes import Note, collected, note
from warehouse.synthetic import any_synthetic, is_synthetic

UNFINISHED_SUFFIXES = frozenset({".part", ".tmp", ".crdownload", ".download"})


class RoleUnfilled(InputError):
    """A role that the edition needs has no file, neither landed nor of its own."""


@dataclass(frozen=True)
class SourceFiles:
    """Files that one reader turns into rows of a role. is_own: the edition's, which landed ones complete."""

    reader: str
    files: tuple[Path, ...]
    is_own: bool = False


@dataclass(frozen=True)
class RoleInput:
    """What fills one role: files by reader. is_bundled: the files are those of the package.

    notes: files that were passed over, for the user to read.
    """

    role: str
    year: int
    sources: tuple[SourceFiles, ...]
    is_bundled: bool
    notes: tuple[str, ...] = ()

    @property
    def files(self) -> list[Path]:
        """All files of the role."""
        return [file for source in self.sources for file in source.files]


def resolve(edition: Edition, home: Path) -> list[RoleInput]:
    """For each role of the edition, in its order, the files that fill it.

    Files in ``<home>/landing/<edition>/<role>/`` replace the edition's own, or complete them where the
    edition says so; without such files, those
    landed for an edition it extends do, and keep that edition's year, unless this one defines the role anew.
    An optional role without files is left out.  Raises InputError when a role has no file, a landed file is
    understood by no reader, two files fill the same place, or the landing folder holds what belongs to no role.
    """
    refuse_strays(edition, home)
    found = (resolve_role(edition, role, home) for role in edition.roles)
    inputs = [each for each in found if each is not None]
    filled = {each.role for each in inputs if not each.is_bundled}
    return [
        each
        if each.is_bundled
        else replace(each, notes=(*each.notes, *idle_notes(edition.kind, each.role, filled)))
        for each in inputs
    ]


def resolve_role(edition: Edition, role: str, home: Path) -> RoleInput | None:
    """The files that fill one role; None for an optional role without any. Raises as ``resolve``."""
    source = edition.roles[role]
    # A role that the edition defines anew must have files of its own year.
    bases = () if role in edition.own_roles else edition.bases
    places = [(edition.name, edition.year), *bases]
    landed, year = _place_of(role, [(home / "landing" / name, of) for name, of in places])
    if source.optional and not source.files and not landed_files(landed)[0]:
        return None
    return _resolve_role(edition, role, landed, year)


def labelled(edition: Edition, home: Path) -> Edition:
    """The edition, knowing which roles landed files fill, and whether our generator made one of these."""
    names = [edition.name, *(name for name, _ in edition.bases)]
    folders = [(role, home / "landing" / name / role) for name in names for role in edition.roles]
    files = [(role, file) for role, folder in folders for file in landed_files(folder)[0]]
    return edition.model_copy(
        update={
            "is_synthetic": any_synthetic([file for _, file in files]),
            "filled": frozenset(role for role, _ in files),
        }
    )


def _place_of(role: str, places: Sequence[tuple[Path, int]]) -> tuple[Path, int]:
    """The first landing folder that has files of the role, with its edition's year, or the edition's own."""
    for folder, year in places:
        if landed_files(folder / role)[0]:
            return folder / role, year
    return places[0][0] / role, places[0][1]


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
            provenance += _bundled_provenance(role_input, source)
        else:
            provenance += _landed_provenance(role_input, source, frame.height, notes)
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
    return source.is_own and _is_bundled(source.files)


def _is_bundled(files: Sequence[Path]) -> bool:
    return all(path.is_relative_to(PACKAGE) for path in files)


def _resolve_role(edition: Edition, role: str, landed: Path, year: int) -> RoleInput:
    files, notes = landed_files(landed)
    if files:
        return given_files(edition, role, files, year, notes)
    own = edition.paths_of(role)
    missing = [path for path in own if not path.exists()]
    if missing or not own:
        raise RoleUnfilled(
            f"Nothing fills the role {role} of edition {edition.name}.",
            file=missing[0] if missing else None,
            found="no file",
            expected=f"a file in {landed} (looked there first) for {_accepted(role)}",
            remedy=f"Put the file into {landed}.",
        )
    source = SourceFiles(edition.roles[role].reader, tuple(own))
    return RoleInput(role, edition.year, (source,), is_bundled=_is_bundled(own), notes=notes)


def given_files(
    edition: Edition, role: str, files: Sequence[Path], year: int, notes: tuple[str, ...] = ()
) -> RoleInput:
    """A user's files in a role, which need not be landed, as a run takes them: with the edition's own where
    the edition says that they complete these. Raises InputError as ``sources_of``.
    """
    sources = sources_of(role, files)
    own = edition.paths_of(role)
    if edition.roles[role].completes and own:
        sources = (SourceFiles(edition.roles[role].reader, tuple(own), is_own=True), *sources)
    return RoleInput(role, year, sources, is_bundled=False, notes=notes)


def unfinished_files(edition: Edition, home: Path) -> list[Path]:
    """What lies in the landing folder of an edition by a name that says it is not whole yet."""
    landing = home / "landing" / edition.name
    folders = [landing, *(landing / role for role in edition.roles)]
    return sorted(
        path
        for folder in folders
        if folder.is_dir()
        for path in folder.iterdir()
        if path.suffix.lower() in UNFINISHED_SUFFIXES
    )


def landed_files(folder: Path) -> tuple[list[Path], tuple[str, ...]]:
    """Finished files and folders of a landing folder, and notes on those passed over."""
    entries = sorted(folder.iterdir()) if folder.is_dir() else []
    passed_over = [path for path in entries if is_passed_over(path)]
    notes = tuple(f"{path} is {_why_passed_over(path)}: passed over" for path in passed_over)
    return [path for path in entries if path not in passed_over], notes


def is_passed_over(path: Path) -> bool:
    """Whether a run leaves a landed file alone: a companion, a read-me, or not whole yet by its name."""
    return is_litter(path) or is_notice(path) or path.suffix.lower() in UNFINISHED_SUFFIXES


def _why_passed_over(path: Path) -> str:
    return "a text about files" if is_notice(path) else "hidden or unfinished"


def _opened(role: str, files: Iterable[Path]) -> Iterator[Path]:
    """The files; a folder that no reader takes as it is gives the files in it."""
    takers = [
        reader for name, reader in READERS.items() if role in reader.roles and name != tidy.NAME
    ]
    for file in files:
        if not file.is_dir() or any(reader.recognises(file) for reader in takers):
            yield file
        else:
            inside = [
                path
                for path in sorted(file.rglob("*"))
                if not path.is_dir() and not is_passed_over(path)
            ]
            yield from inside or [file]


def sources_of(role: str, files: Sequence[Path]) -> tuple[SourceFiles, ...]:
    """The files, which need not be landed, by the reader that understands them. Raises InputError."""
    for file in files:
        refuse_bombs(file)
    return _sources(role, list(_opened(role, files)))


def _sources(role: str, files: Sequence[Path]) -> tuple[SourceFiles, ...]:
    """The files by the reader that understands them."""
    by_reader: dict[str, list[Path]] = {}
    for file in files:
        by_reader.setdefault(_reader_of(role, file), []).append(file)
    for name, group in by_reader.items():
        limit = READERS[name].max_files
        if limit is not None and len(group) > limit:
            raise _crowded(role, group, f"{limit} file{'s' if limit > 1 else ''} for reader {name}")
    if len(by_reader) > 1 and not CONTRACTS[role].adds_up:
        raise _crowded(role, [group[0] for group in by_reader.values()], "the files of one reader")
    return tuple(SourceFiles(name, tuple(group)) for name, group in by_reader.items())


def _reader_of(role: str, file: Path) -> str:
    """The first reader that recognises the file; one of a publisher's layout, almost, goes to the nearest reader.

    Raises InputError, with what the file is, when none does.
    """
    for name, reader in READERS.items():
        if role in reader.roles and name != tidy.NAME and reader.recognises(file):
            return name
    if tidy.recognises(file):
        if tidy.fits(file, role):
            return tidy.NAME
        almost = nearest(role, file)
        if almost is not None and almost.name != tidy.NAME:
            return almost.name
        if kind_of(file) is None and file.suffix.lower() in {".csv", ".parquet"}:
            return tidy.NAME  # whose contract says what its heading lacks
    raise unreadable(role, file, _accepted(role))


def _crowded(role: str, files: Iterable[Path], expected: str) -> InputError:
    return InputError(
        f"Several files fill the role {role} of the edition.",
        file=" and ".join(str(file) for file in files),
        found="more than one",
        expected=expected,
        remedy="Leave one of them in place and move the others out of the landing folder.",
    )


def _accepted(role: str) -> str:
    readers = [name for name, reader in READERS.items() if role in reader.roles]
    columns = ", ".join(CONTRACTS[role].column_names)
    return f"one of the readers {', '.join(readers)} (tidy: Parquet or CSV with {columns})"


def refuse_strays(edition: Edition, home: Path) -> None:
    """Files outside a role's folder, or in a folder that is not a role, would be ignored silently.

    Raises InputError naming the first of them.
    """
    landing = home / "landing" / edition.name
    for path in sorted(landing.iterdir()) if landing.is_dir() else ():
        if is_passed_over(path) or (path.is_dir() and path.name in CONTRACTS):
            continue
        raise InputError(
            "This belongs to no role.",
            file=path,
            found="a folder that is not a role"
            if path.is_dir()
            else "a file outside a role's folder",
            expected=f"folders named {', '.join(CONTRACTS)}",
            remedy="Move the files into the folder of their role.",
        )


def _bundled_provenance(role_input: RoleInput, source: SourceFiles) -> list[ProvenanceRecord]:
    return [
        ProvenanceRecord(
            role=role_input.role,
            file_name=file.name,
            reader=origin.reader,
            producer=origin.producer,
            title=origin.title,
            citation=origin.citation,
            licence=origin.licence,
            terms_of_use=" ".join(filter(None, (origin.terms_of_use, origin.note))),
            accessed_date=origin.accessed,
            vintage_year=origin.vintage_year,
            original_file_name=original.file,
            original_sha256=original.sha256,
            original_bytes=original.bytes,
            loaded_rows=origin.rows,
            is_bundled=True,
        )
        for file in source.files
        for origin in _entry(file).sources
        for original in origin.originals
    ]


def _entry(file: Path) -> Entry:
    """The manifest's entry of a bundled file, whose digest it must have."""
    entry = read_manifest(file.parent).get(file.name)
    digest = sha256_of(file)
    if entry is None or entry.sha256 != digest:
        raise InputError(
            "The bundled file is not the one that was shipped.",
            file=file,
            found=f"sha256 {digest}",
            expected=f"sha256 {entry.sha256}" if entry else "an entry in SOURCES.yml",
            remedy="Install tradeplume again; your own figures belong into the landing folder.",
        )
    return entry


def _notes_on(source: SourceFiles, file: Path, notes: Sequence[Note]) -> list[str]:
    """The notes on a file; those that name none of the files (a member of an archive) stand with the first."""
    names = {path.name for path in source.files}
    is_first = file == source.files[0]
    return [
        str(item)
        for item in notes
        if item.file == file.name or (is_first and item.file not in names)
    ]


def _landed_provenance(
    role_input: RoleInput, source: SourceFiles, rows: int, notes: Sequence[Note]
) -> list[ProvenanceRecord]:
    """What the reader accepted although it is not as published stands behind the terms of use."""
    reader = READERS[source.reader]
    publication = reader.publication
    # A folder is read from end to end for the mark: once.
    marked = {file for file in source.files if is_synthetic(file)}
    return [
        ProvenanceRecord(
            role=role_input.role,
            file_name=file.name,
            reader=reader.name,
            producer="tradeplume synth" if file in marked else publication.producer,
            title=f"{'SYNTHETIC, in the layout of: ' if file in marked else ''}{publication.title}",
            citation=publication.citation,
            licence=publication.licence,
            terms_of_use=" ".join(
                filter(None, (publication.terms_of_use, *_notes_on(source, file, notes)))
            ),
            accessed_date=datetime.fromtimestamp(file.stat().st_mtime, tz=UTC).date(),
            vintage_year=reader.vintage_year or role_input.year,
            original_file_name=file.name,
            original_sha256=sha256_of(file),
            original_bytes=bytes_of(file),
            loaded_rows=rows,
            is_bundled=False,
            conversions="; ".join(reader.conversions([file]) if reader.conversions else ()),
        )
        for file in source.files
    ]
