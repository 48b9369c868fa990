"""The files that filled the roles of something published, found again by the checksums that it recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from warehouse.edition import PACKAGE, Edition
from warehouse.errors import InputError
from warehouse.files import is_litter
from warehouse.manifest import read_manifest, sha256_of


@dataclass(frozen=True)
class Recorded:
    """What provenance says of one role: the name of every original by its SHA-256."""

    role: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Found:
    """What fills a role. files: to be landed, with the name they had (none: the edition's own files fill it).

    place: the edition that they are landed for: this one, or one that it extends.
    """

    role: str
    place: str
    files: tuple[tuple[str, Path], ...] = ()

    def land(self, landing: Path, edition: str) -> None:
        """Link the files into the folder of the role. edition: the name of the folder above it."""
        folder = landing / edition / self.role
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, path) in enumerate(self.files):
            target = folder / name
            if target.is_symlink():  # two files of one name lay in folders of their own
                target = folder / str(number) / name
                target.parent.mkdir()
            target.symlink_to(path.resolve(), target_is_directory=path.is_dir())


def found_files(
    edition: Edition, recorded: Recorded, roots: Sequence[Path], more: Sequence[Path] = ()
) -> Found:
    """The files of a role as they were recorded; the landing folder may hold others by now.

    roots: homes, the nearest first.  more: folders to look in beside their landing folders.
    Raises InputError with the files that are in none of them.
    """
    role = recorded.role
    own = _own_originals(edition, role)
    wanted = {sha: name for sha, name in recorded.names.items() if sha not in own}
    names = [edition.name, *(name for name, _ in edition.bases)]
    found: dict[str, Path] = {}
    place = edition.name
    for folder, name in _folders(role, names, roots, more):
        for path in _candidates(folder) if len(found) < len(wanted) else ():
            sha = sha256_of(path)
            if sha in wanted and sha not in found:
                found[sha] = path
                place = name
    missing = [f"{name} ({sha[:8]})" for sha, name in wanted.items() if sha not in found]
    if not missing:
        return Found(role, place, tuple((wanted[sha], path) for sha, path in found.items()))
    looked_in = [*(root / "landing" for root in roots), *more]
    raise InputError(
        f"A file that filled the role {role} of edition {edition.name} cannot be found.",
        file=", ".join(missing),
        found=f"no file with this SHA-256 in {', '.join(map(str, looked_in))}",
        expected="the file as it was loaded",
        remedy="Name the folder that holds it: --files FOLDER.",
    )


def _own_originals(edition: Edition, role: str) -> frozenset[str]:
    """SHA-256 of the originals behind the edition's own files of a role, as provenance records them."""
    if role not in edition.roles:
        return frozenset()
    found: set[str] = set()
    for path in edition.paths_of(role):
        if not path.is_relative_to(PACKAGE):
            found |= {sha256_of(path)} if path.exists() else set()
            continue
        entry = read_manifest(path.parent).get(path.name)
        if entry is not None:
            found |= {each.sha256 for source in entry.sources for each in source.originals}
    return frozenset(found)


def _folders(
    role: str, names: Sequence[str], roots: Sequence[Path], more: Sequence[Path]
) -> Iterator[tuple[Path, str]]:
    """Where a role's files may lie, and the edition that files of the folder are landed for."""
    for root in roots:
        for name in names:
            yield root / "landing" / name / role, name
    for root in roots:
        for folder in sorted((root / "landing").glob(f"*/{role}")):
            yield folder, names[0]
    for folder in more:
        yield folder, names[0]


def _candidates(folder: Path) -> Iterator[Path]:
    """Entries of a folder, and the files within its folders."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if is_litter(path):
            continue
        yield path
        if path.is_dir():
            yield from (inside for inside in sorted(path.rglob("*")) if inside.is_file())
