"""Where the rows of a role came from, as raw.provenance keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ProvenanceRecord:
    """One original behind a role: a row of raw.provenance.

    loaded_rows: rows of the role that came from the record's source (one reader's files together).
    conversions: what the reader turned into our units and order, empty when nothing.
    """

    role: str
    file_name: str
    reader: str
    producer: str
    title: str
    citation: str
    licence: str
    terms_of_use: str
    accessed_date: date
    vintage_year: int
    original_file_name: str
    original_sha256: str
    original_bytes: int
    loaded_rows: int
    is_bundled: bool
    conversions: str = ""
