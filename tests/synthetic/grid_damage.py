"""Damage done to sound grids and weather files by a seeded generator, and what came of it.

    python -m tests.synthetic.grid_damage

prints the counts that docs/notebook/checks.md states. A kind has no place in every file: of MEIC's row of cells
no dimension can be exchanged. Files for HEMCO go through the linter: an error is a refusal, a warning a note.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.synthetic.grid_file import DoesNotApply, Grid
from tests.synthetic.grid_kinds import BYTES, GRIDS
from tests.synthetic.outcomes import SEED, Outcome, Table, outcome_of_read, report
from tests.synthetic.sound_grids import SoundGrid, sound_grids
from warehouse.errors import InputError

KINDS = (*BYTES, *GRIDS)


def outcome_of(sound: SoundGrid, before: Table, kind: str, folder: Path) -> Outcome | None:
    """Copy the sound file's folder, harm it, read it; None where the kind has no place in it."""
    place = folder / f"harmed-{zlib.crc32(f'{sound.name} {kind}'.encode())}"
    shutil.copytree(sound.file.parent, place)
    try:
        _harm(place / sound.file.name, kind, random.Random(f"{SEED} {sound.name} {kind}"))
        found, _ = outcome_of_read(before, lambda: sound.table(place), (InputError,), sound.same)
    except DoesNotApply:
        return None
    finally:
        shutil.rmtree(place)
    return Outcome(sound.name, kind, found)


def _harm(path: Path, kind: str, chance: random.Random) -> None:
    if kind in BYTES:
        path.write_bytes(BYTES[kind](path.read_bytes()))
        return
    grid = Grid.read(path)
    GRIDS[kind](grid, chance)
    grid.write(path)


def outcomes(
    sounds: Sequence[SoundGrid], folder: Path, kinds: Sequence[str] = KINDS
) -> Iterator[Outcome]:
    """The kinds done to every file that has a place for them."""
    for sound in sounds:
        before = sound.table(sound.file.parent)
        for kind in kinds:
            if (found := outcome_of(sound, before, kind, folder)) is not None:
                yield found


def main() -> None:
    """Print the counts and the silent ones."""
    with tempfile.TemporaryDirectory() as folder:
        found = list(outcomes(sound_grids(Path(folder) / "sound"), Path(folder)))
    by_kind = sorted(found, key=lambda each: KINDS.index(each.kind))
    for line in report(by_kind, "grids"):
        print(line)


if __name__ == "__main__":
    sys.exit(main())
