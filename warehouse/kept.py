"""What the folder of releases holds: their files, told from their names, and which of them is in place.

No database is opened, so that an error about a damaged one can say which release puts it back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from warehouse.home import Home

RELEASE_NAME = re.compile(r"^(?P<number>\d{4,})_(?P<date>\d{4}-\d{2}-\d{2}T\d{4})$")


def text_of(path: Path) -> str:
    """The text of a small file of ours; damaged bytes make a text that fits nothing. Raises OSError."""
    return path.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, order=True)
class Kept:
    """A kept release. number: counts up, whatever the clock says.  path: its file."""

    number: int
    path: Path

    @property
    def made_at(self) -> str:
        """Local time of publishing, to the minute."""
        return self.path.stem.partition("_")[2]

    @property
    def checksums(self) -> Path:
        """Rows and checksum of its marts."""
        return self.path.with_suffix(".csv")

    @property
    def seal(self) -> Path:
        """The SHA-256 of its file, as sha256sum writes it; releases of before December 2026 have none."""
        return self.path.with_suffix(".sha256")

    @property
    def sha256(self) -> str:
        """The SHA-256 that its file had when it was kept; empty when none was noted."""
        try:
            return text_of(self.seal).split()[0]
        except (OSError, IndexError):
            return ""


def kept_releases(home: Home) -> list[Kept]:
    """The kept releases, oldest first. What else lies in the folder is not looked at."""
    found = [(RELEASE_NAME.match(path.stem), path) for path in home.releases.glob("*.duckdb")]
    whole = [Kept(int(match["number"]), path) for match, path in found if match]
    return sorted(each for each in whole if each.checksums.exists())


def release_in_place(home: Home) -> Kept | None:
    """The kept release that readers see now."""
    if not (home.checksums_file.exists() and home.published_file.exists()):
        return None
    seen = text_of(home.checksums_file)
    same = [each for each in kept_releases(home) if text_of(each.checksums) == seen]
    return same[-1] if same else None
