"""Damage done to HAR files, text grids, R data, old workbooks and packed texts by a seeded generator.

    python -m tests.synthetic.container_damage

prints the counts that docs/notebook/checks.md states. A kind has no place in every file: an archive has members.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.synthetic.container_kinds import BYTES, GZIPS, ZIPS, Change
from tests.synthetic.grid_file import DoesNotApply
from tests.synthetic.har_kinds import HARS
from tests.synthetic.outcomes import SEED, Outcome, Table, are_counted, outcome_of_read, report
from tests.synthetic.r_kinds import R_DATA
from tests.synthetic.sound_containers import sound_containers
from tests.synthetic.sound_grids import SoundGrid
from tests.synthetic.text_grid_kinds import TEXT_GRIDS
from tests.synthetic.xls_kinds import XLS
from warehouse.errors import InputError

BY_SUFFIX: Mapping[str, Mapping[str, Change]] = {
    ".har": HARS,
    ".asc": TEXT_GRIDS,
    ".rda": R_DATA,
    ".RDS": R_DATA,
    ".xls": XLS,
}
"""Kinds of what a file holds, by its suffix; those of bytes, gzip and ZIP are done to every file that has them."""


def kinds_of(sound: SoundGrid) -> dict[str, Change]:
    """The kinds that may have a place in a file."""
    return {**BYTES, **GZIPS, **ZIPS, **BY_SUFFIX.get(sound.file.suffix, {})}


def outcome_of(sound: SoundGrid, before: Table, kind: str, folder: Path) -> Outcome | None:
    """Copy the sound file's folder, harm the file, read it; None where the kind has no place in it."""
    content = sound.file.read_bytes()
    chance = random.Random(f"{SEED} {sound.name} {kind}")
    try:
        harmed = kinds_of(sound)[kind](content, chance)
    except DoesNotApply:
        return None
    if harmed == content:
        return None
    place = folder / f"harmed-{zlib.crc32(f'{sound.name} {kind}'.encode())}"
    shutil.copytree(sound.file.parent, place)
    try:
        (place / sound.file.name).write_bytes(harmed)
        told = are_counted if "date" in before[0].columns else None
        found, _ = outcome_of_read(before, lambda: sound.table(place), (InputError,), told=told)
    finally:
        shutil.rmtree(place)
    return Outcome(sound.name, kind, found)


def outcomes(
    sounds: Sequence[SoundGrid], folder: Path, kinds: Sequence[str] = ()
) -> Iterator[Outcome]:
    """The kinds done to every file that has a place for them; all kinds where none is named."""
    for sound in sounds:
        before = sound.table(sound.file.parent)
        for kind in [each for each in kinds_of(sound) if not kinds or each in kinds]:
            if (found := outcome_of(sound, before, kind, folder)) is not None:
                yield found


def main() -> None:
    """Print the counts and the silent ones."""
    order = [*BYTES, *GZIPS, *ZIPS, *HARS, *TEXT_GRIDS, *R_DATA, *XLS]
    with tempfile.TemporaryDirectory() as folder:
        found = list(outcomes(sound_containers(Path(folder) / "sound"), Path(folder)))
    for line in report(sorted(found, key=lambda each: order.index(each.kind)), "files"):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
