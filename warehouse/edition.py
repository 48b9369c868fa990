"""Editions: which files fill which role for a year, and which assumptions stand in for data."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from warehouse.assumption import Kind, Value
from warehouse.assumptions import (
    AssumptionError,
    completed,
    read_assumptions,
    read_codes,
)
from warehouse.choices import Choices, choices_of
from warehouse.contracts import CONTRACTS
from warehouse.errors import EditionError
from warehouse.labels import SYNTHETIC_SUFFIX
from warehouse.nearest import hint
from warehouse.sources import READERS
from warehouse.yaml_files import yaml_content

PACKAGE = Path(__file__).parent
PACKAGED_EDITIONS = PACKAGE / "editions"
NAME_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
_BUNDLED = "bundled/"
# No keys of an edition file: what merging remembers.
_BASES = "bases"
_OWN_ROLES = "own_roles"
_TAKEN_OVER = {"open-2007-air": "open-2007 has the concentrations now: name that one."}
_MERGED = ("roles", "codes", "assumptions")


class RoleFiles(BaseModel):
    """The files of a role and the reader that understands them.

    files: below the package when they begin with ``bundled/``, otherwise beside the edition file or
    absolute.  No files: the user brings them (landing).  optional: the edition also runs without.
    completes: landed files complete the edition's own instead of replacing them; of two rows with one
    key the landed one stays.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    reader: str
    files: tuple[str, ...] = ()
    optional: bool = False
    completes: bool = False

    @field_validator("reader")
    @classmethod
    def _is_known(cls, reader: str) -> str:
        if reader not in READERS:
            raise ValueError(
                f"unknown reader{hint(reader, READERS)}; readers are {', '.join(READERS)}"
            )
        return reader


class Edition(BaseModel):
    """One edition: the files of a year and how they are used.

    kind: which steps the edition has.  home_region: China as the global table codes it.
    sector_classification: what the analysis runs in.  codes: how the sources name things, by name,
    for the models.  assumptions: numbers and switches by name, for the models and for compute; those that no
    file names have their default (warehouse/assumptions.py).
    folder: where the edition file lies.  own_roles: those it defines itself.
    bases: name and year of the editions it extends, the nearest first.
    is_synthetic: the landed files are those of our generator.
    filled: roles that a user's files fill (warehouse.landing.labelled finds them).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=NAME_PATTERN)
    kind: Kind = "footprint"
    year: int = Field(ge=1900, le=2100)
    title: str = Field(min_length=1)
    home_region: str = Field(min_length=1)
    sector_classification: str = Field(min_length=1)
    roles: dict[str, RoleFiles] = Field(min_length=1)
    codes: dict[str, str] = Field(default_factory=dict)
    assumptions: dict[str, Value] = Field(default_factory=dict, validate_default=True)
    folder: Path = Field(default=PACKAGED_EDITIONS, repr=False, exclude=True)
    bases: tuple[tuple[str, int], ...] = Field(default=(), repr=False, exclude=True)
    own_roles: frozenset[str] = Field(default=frozenset(), repr=False, exclude=True)
    is_synthetic: bool = Field(default=False, exclude=True)
    filled: frozenset[str] = Field(default=frozenset(), repr=False, exclude=True)

    @field_validator("roles")
    @classmethod
    def _are_known(cls, roles: dict[str, RoleFiles]) -> dict[str, RoleFiles]:
        unknown = [role for role in roles if role not in CONTRACTS]
        if unknown:
            near = hint(unknown[0], CONTRACTS)
            raise ValueError(
                f"unknown role {', '.join(unknown)}{near}; roles are {', '.join(CONTRACTS)}"
            )
        for role, source in roles.items():
            if role not in READERS[source.reader].roles:
                raise ValueError(f"reader {source.reader} cannot fill role {role}")
        return roles

    @field_validator("codes")
    @classmethod
    def _codes_are_known(cls, codes: dict[str, str]) -> dict[str, str]:
        return read_codes(codes)

    @field_validator("assumptions", mode="before")
    @classmethod
    def _are_complete(cls, given: dict[str, object], info: ValidationInfo) -> dict[str, Value]:
        known = read_assumptions(given)
        if not {"kind", "year"} <= {*info.data}:
            return known  # their own errors come first
        return completed(known, info.data["kind"], info.data["year"])

    @property
    def label(self) -> str:
        """The name that results carry: of synthetic files they say so."""
        return f"{self.name}{SYNTHETIC_SUFFIX}" if self.is_synthetic else self.name

    @property
    def choices(self) -> Choices:
        """Which families of models make the linked table, by what the user has."""
        return choices_of(self.kind, self.filled)

    @property
    def variables(self) -> dict[str, Value]:
        """What the SQL models are told: the edition's codes and all assumptions."""
        return {
            "edition": self.label,
            "year": self.year,
            "kind": self.kind,
            "has_huge_tables": self.kind == "paper",
            "home_region": self.home_region,
            "sector_classification": self.sector_classification,
            **self.choices.variables,
            "landed_roles": " ".join(sorted(self.filled & {*self.roles})),
            **self.codes,
            **self.assumptions,
            **self._decided_by_files,
        }

    @property
    def _decided_by_files(self) -> dict[str, Value]:
        """Assumptions that a landed file takes the place of: a world table of the user's is the year's own."""
        has_world = "global_table" in self.filled and "global_structure_year" in self.assumptions
        return {"global_structure_year": self.year} if has_world else {}

    def without_concentrations(self) -> Edition:
        """The same edition up to the emissions; itself when it has no concentrations."""
        if self.kind != "concentration":
            return self
        return self.model_copy(update={"kind": "footprint"})

    def paths_of(self, role: str) -> list[Path]:
        """The files of a role as paths; they need not exist."""
        return [
            (PACKAGE if file.startswith(_BUNDLED) else self.folder) / file
            for file in self.roles[role].files
        ]


def load_edition(name: str, home: Path | None = None) -> Edition:
    """The edition of that name, merged with what it extends.

    home: the folder whose ``editions/*.yml`` are the user's (None: ``$TRADEPLUME_HOME``, otherwise
    ``./var``).  Raises EditionError when there is no such edition, or its file names an unknown
    key, role, reader, code or assumption, lacks a key, has a value out of bounds, or extends itself.
    """
    files = _edition_files(home)
    content, folder = _merged(name, files, ())
    remembered = {_BASES: content.pop(_BASES, ()), _OWN_ROLES: content.pop(_OWN_ROLES, ())}
    try:
        return Edition.model_validate({**content, "folder": folder, **remembered})
    except ValidationError as error:
        raise _explained(error, files[name]) from error


def list_editions(home: Path | None = None) -> list[str]:
    """Names of all editions, packaged and the user's, in order."""
    return sorted(_edition_files(home))


def _edition_files(home: Path | None) -> dict[str, Path]:
    """Edition name to file. Raises EditionError when a user's file takes a packaged name."""
    root = home or Path(os.environ.get("TRADEPLUME_HOME") or "var")
    found: dict[str, Path] = {}
    for folder in (PACKAGED_EDITIONS, root.expanduser() / "editions"):
        for path in sorted(folder.glob("*.yml")):
            if path.stem in found:
                raise EditionError(
                    f"{path}: there already is an edition {path.stem} ({found[path.stem]}).",
                    remedy="Give the file another name; it may extend the existing edition.",
                )
            if re.match(NAME_PATTERN, path.stem) is None:
                raise EditionError(
                    f"{path}: the file's name is not an edition name.",
                    remedy="Use lower-case letters, digits and single hyphens, as open-2007.yml.",
                )
            found[path.stem] = path
    return found


def _merged(
    name: str, files: Mapping[str, Path], seen: tuple[str, ...]
) -> tuple[dict[str, Any], Path]:
    """The content of an edition file laid over that of the edition it extends."""
    if name in seen:
        raise EditionError(
            f"{files[name]}: key `extends`: the edition extends itself "
            f"({' -> '.join([*seen, name])}).",
            remedy="Remove one `extends`.",
        )
    if name not in files:
        by = f"{files[seen[-1]]}: key `extends`: t" if seen else "T"
        remedy = _TAKEN_OVER.get(name, f"Choose one of {', '.join(sorted(files))}.")
        raise EditionError(f"{by}here is no edition {name!r}.", remedy=remedy)
    content = _content(files[name], name)
    folder = files[name].parent
    older = content.pop("extends", None)
    if older is None:
        return content, folder
    base, base_folder = _merged(str(older), files, (*seen, name))
    for role, source in (base.get("roles") or {}).items():
        base["roles"][role] = _anchored(source, base_folder)
    bases = ((str(older), base.get("year", 0)), *base.pop(_BASES, ()))
    merged = {**base, **content, _BASES: bases, _OWN_ROLES: [*(content.get("roles") or {})]}
    for key in _MERGED:
        merged[key] = {**(base.get(key) or {}), **(content.get(key) or {})}
    return merged, folder


def _anchored(source: Any, folder: Path) -> Any:
    """A role's files as the extended edition means them: beside its own file."""
    if not isinstance(source, dict):
        return source
    files = [
        file if str(file).startswith(_BUNDLED) else str(folder / str(file))
        for file in source.get("files") or ()
    ]
    return {**source, "files": files}


def _content(path: Path, name: str) -> dict[str, Any]:
    try:
        content = yaml_content(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EditionError(
            f"{path}: the file is not YAML ({str(error).splitlines()[0]}).",
            remedy="Correct the file; warehouse/editions/open-2007.yml is an example.",
        ) from error
    if not isinstance(content, dict):
        raise EditionError(
            f"{path}: the file holds {type(content).__name__}, keys and values were expected.",
            remedy="Correct the file; warehouse/editions/open-2007.yml is an example.",
        )
    for key in _MERGED:
        if not isinstance(content.get(key) or {}, dict):
            raise EditionError(
                f"{path}: key `{key}`: found {content[key]!r}, expected names and values.",
                remedy="Correct the key.",
            )
    _demand_known(content, path)
    if content.get("name") != name:
        raise EditionError(
            f"{path}: key `name`: found {content.get('name')!r}, expected {name!r} as the file.",
            remedy="Make the name and the file's name the same.",
        )
    return content


def _demand_known(content: Mapping[str, Any], path: Path) -> None:
    """Raises EditionError for a key, code or assumption that there is not, or a value out of bounds.

    Each file is checked separately, so that the error names the file at fault.
    """
    keys = [name for name, field in Edition.model_fields.items() if not field.exclude]
    keys.append("extends")
    for key in content:
        if key not in keys:
            raise EditionError(
                f"{path}: key `{key}`: there is no such key{hint(str(key), keys)}.",
                remedy=f"Correct or remove the key; keys are {', '.join(keys)}.",
            )
    for key, read in (("codes", read_codes), ("assumptions", read_assumptions)):
        try:
            read(content.get(key) or {})
        except AssumptionError as error:
            raise _refused(error, key, path) from error


def _refused(error: AssumptionError, key: str, path: Path) -> EditionError:
    return EditionError(f"{path}: key `{key}.{error.name}`: {error}.", remedy=error.remedy)


def _explained(error: ValidationError, path: Path) -> EditionError:
    """The first complaint as one sentence: file, key, expected, found."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, AssumptionError):
        return _refused(cause, key, path)
    if (
        first["type"] == "extra_forbidden"
    ):  # of the keys of a file, only a role's have not been looked at
        near = hint(str(first["loc"][-1]), RoleFiles.model_fields)
        return EditionError(
            f"{path}: key `{key}`: there is no such key{near}.",
            remedy=f"Correct or remove the key; keys are {', '.join(RoleFiles.model_fields)}.",
        )
    missing = first["type"] == "missing"
    found = "" if missing else f" (found {first['input']!r})"
    return EditionError(
        f"{path}: key `{key}`: {first['msg']}{found}.",
        remedy="Correct the key; warehouse/editions/open-2007.yml is an example.",
    )
