"""Where the rows of a role come from: a record for each of its files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from warehouse.errors import InputError
from warehouse.landing import RoleInput, SourceFiles
from warehouse.manifest import Entry, bytes_of, read_manifest, sha256_of
from warehouse.provenance import ProvenanceRecord
from warehouse.sources import READERS
from warehouse.sources.notes import Note
from warehouse.synthetic import is_synthetic


def of_bundled(role_input: RoleInput, source: SourceFiles) -> list[ProvenanceRecord]:
    """Where the rows of bundled files come from, by the manifest.

    Raises InputError for a file that is not as shipped.
    """
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


def of_landed(
    role_input: RoleInput, source: SourceFiles, rows: int, notes: Sequence[Note]
) -> list[ProvenanceRecord]:
    """Where the rows of landed files come from. What the reader accepted although it is not as published stands
    behind the terms of use.
    """
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
