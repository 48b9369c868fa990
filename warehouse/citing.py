"""Whom to cite for what is published: the software, the method, and every source behind the marts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import duckdb

from warehouse.database import fetch
from warehouse.edition import PACKAGE
from warehouse.yaml_files import yaml_content

SOFTWARE = PACKAGE.parent / "CITATION.cff"
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s,;)\]]+")
_NOT_BIBTEX = re.compile(r"([&%#_$])")


@dataclass(frozen=True)
class Citation:
    """A source: what it is, who made it, how it asks to be cited, on which terms, and the roles it fills.

    editions: those of the published file that use it; empty for the software and the method.
    """

    kind: str
    title: str
    producer: str
    citation: str
    licence: str
    roles: tuple[str, ...] = ()
    editions: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        """The first year that the citation or the title names; empty without one."""
        found = _YEAR.search(self.citation) or _YEAR.search(self.title)
        return found.group() if found else ""

    @property
    def doi(self) -> str:
        """The first DOI of the citation; empty without one."""
        found = _DOI.search(self.citation)
        return found.group().rstrip(".") if found else ""


def citations(connection: duckdb.DuckDBPyConnection, edition: str | None = None) -> list[Citation]:
    """The software, the method and the sources of the published file, or of one edition in it."""
    return [*_project(), *_sources(connection, edition)]


def _project() -> Iterator[Citation]:
    stated = yaml_content(SOFTWARE.read_text(encoding="utf-8"))
    authors = "; ".join(str(author["name"]) for author in stated["authors"])
    said = f"{authors}: {stated['title']}. Version {version('tradeplume')}."
    yield Citation("software", stated["title"], authors, said, str(stated.get("license", "")))
    for reference in stated.get("references", []):
        place = f"{reference.get('journal', '')} ({reference.get('year', '')})"
        link = (
            f"https://doi.org/{reference['doi']}"
            if "doi" in reference
            else reference.get("url", "")
        )
        said = f"{reference['title']}. {place}. {link}"
        yield Citation("method", reference["title"], "", said, "")


def _sources(connection: duckdb.DuckDBPyConnection, edition: str | None) -> Iterator[Citation]:
    rows = fetch(
        connection,
        "select title, producer, citation, licence, list(distinct role order by role),"
        " list(distinct edition order by edition) from fct_provenance"
        " where ? is null or edition = ? group by all order by producer, title",
        [edition, edition],
    )
    for title, producer, citation, licence, roles, editions in rows:
        yield Citation(
            "data",
            str(title),
            str(producer),
            str(citation),
            str(licence),
            tuple(roles),  # type: ignore[arg-type]
            tuple(editions),  # type: ignore[arg-type]
        )


def bibtex(found: Sequence[Citation]) -> str:
    """The citations as BibTeX entries, each with a key of its own."""
    keys: set[str] = set()
    return "\n\n".join(_entry(each, _key(each, keys)) for each in found)


def _key(citation: Citation, taken: set[str]) -> str:
    word = re.sub(r"[^a-z0-9]", "", (citation.producer or citation.title).split(" ")[0].casefold())
    stem = f"{word or 'source'}{citation.year}"
    key = next(
        name for number in range(len(taken) + 1) if (name := stem + _letter(number)) not in taken
    )
    taken.add(key)
    return key


def _letter(number: int) -> str:
    return "" if number == 0 else f"_{number + 1}"


def _entry(citation: Citation, key: str) -> str:
    fields = {
        "title": citation.title,
        "author": citation.producer,
        "year": citation.year,
        "doi": citation.doi,
        "note": citation.citation if citation.kind == "data" else "",
    }
    lines = [f"  {name} = {{{_escaped(text)}}}," for name, text in fields.items() if text]
    kind = {"software": "software", "method": "article", "data": "misc"}[citation.kind]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _escaped(text: str) -> str:
    return _NOT_BIBTEX.sub(r"\\\1", text.replace("{", "(").replace("}", ")"))
