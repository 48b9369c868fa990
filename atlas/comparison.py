"""Two editions, releases or published files side by side: what moved, by how much, and which inputs differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from atlas.subjects import FOOTPRINT, OUTPUT, SUBJECTS, Held, Subject, ask, figures
from warehouse.database import connect, fetch, literal, scalar, translated
from warehouse.errors import NotPublished, UserFacingError
from warehouse.home import Home
from warehouse.releases import kept_release
from warehouse.spill import spill_folder

AT = "@"
REMEDY = (
    "A side is an edition (open-2017), a release (12), a published file or its folder, or an edition in one of"
    " these (open-2017@12, open-2017@colleague/published)."
)


@dataclass(frozen=True)
class Side:
    """What one side of a comparison names: a file, and an edition in it (empty: the only one, or the other's)."""

    text: str
    path: Path
    edition: str


@dataclass(frozen=True)
class Moved:
    """One figure on both sides.

    value_a, value_b: None where a side does not have it.  moved_share: the change over the sum of the sizes of all
    changes of the pollutant within the subject, 0 to 1 in size.
    """

    pollutant: str
    code: str
    value_a: float | None
    value_b: float | None
    moved_share: float

    @property
    def change(self) -> float:
        """B less A; what a side does not have counts as nothing."""
        return (self.value_b or 0.0) - (self.value_a or 0.0)

    @property
    def change_share(self) -> float | None:
        """The change over A; None where A has nothing."""
        return self.change / self.value_a if self.value_a else None


@dataclass(frozen=True)
class Compared:
    """The rows of a subject, the largest move of each pollutant first; same: figures alike on both sides."""

    subject: Subject
    moved: tuple[Moved, ...]
    same: int


@dataclass(frozen=True)
class Input:
    """A role, or an assumption of the run, that is not the same on both sides."""

    kind: str
    name: str
    in_a: str
    in_b: str


@dataclass(frozen=True)
class Comparison:
    """All that was compared.  missing: subjects that one of the sides has no mart for."""

    a: Held
    b: Held
    subjects: tuple[Compared, ...]
    inputs: tuple[Input, ...]
    missing: tuple[str, ...]


def side_of(text: str, home: Home) -> Side:
    """What the words of a command name. Raises UserFacingError, NotPublished or NoSuchRelease."""
    edition, found, place = text.partition(AT)
    if not found:
        edition, place = ("", text) if _is_place(text) else (text, "")
    if not place:
        return Side(text, home.published_file, edition)
    if place.isdecimal():
        return Side(text, kept_release(home, int(place)).path, edition)
    path = Path(place)
    for inside in (
        "tradeplume.duckdb",
        "published/tradeplume.duckdb",
        "var/published/tradeplume.duckdb",
    ):
        if path.is_dir() and (path / inside).is_file():
            return Side(text, path / inside, edition)
    if not path.is_file():
        raise UserFacingError(f"{text}: there is no published file at {path}.", remedy=REMEDY)
    return Side(text, path, edition)


def _is_place(text: str) -> bool:
    return text.isdecimal() or text.endswith(".duckdb") or Path(text).exists()


def compare(a: Side, b: Side, home: Home) -> Comparison:
    """Both sides by subject; raises UserFacingError where a side has no such edition, or several."""
    with _attached(a, b, home) as connection:
        first = _held(connection, "a", a, other=b)
        second = _held(connection, "b", b, other=a)
        for held in (first, second):
            if _has(connection, held, FOOTPRINT):
                ask(connection, OUTPUT, held)
        subjects, missing = [], []
        for subject in SUBJECTS:
            if all(_has(connection, held, subject.needs) for held in (first, second)):
                subjects.append(_compared(connection, subject, first, second))
            else:
                missing.append(subject.title)
        inputs = tuple(_inputs(connection, first, second))
    return Comparison(first, second, tuple(subjects), inputs, tuple(missing))


@contextmanager
def _attached(a: Side, b: Side, home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    for side in (a, b):
        if not side.path.exists():
            raise NotPublished(
                f"Nothing is published yet: {side.path} does not exist.",
                remedy=f"Run `tradeplume run` first. {REMEDY}",
            )
    with ExitStack() as stack:
        spill = stack.enter_context(spill_folder(home))
        connection = stack.enter_context(connect(None, temp_directory=spill, repeatable=False))
        for name, side in (("a", a), ("b", b)):
            with translated(side.path):
                connection.execute(f"attach {literal(str(side.path))} as {name} (read_only)")
        # Both files are open: nothing else need be.
        connection.execute("set enable_external_access = false")
        yield connection


def _held(connection: duckdb.DuckDBPyConnection, catalog: str, side: Side, other: Side) -> Held:
    held = {
        str(edition): int(str(year))
        for edition, year in fetch(
            connection, f"select edition, year from {catalog}.meta.release order by all"
        )
    }
    wanted = side.edition or other.edition
    if not wanted and len(held) == 1:
        wanted = next(iter(held))
    if wanted in held:
        return Held(catalog, wanted, held[wanted])
    listed = ", ".join(held) or "no edition"
    if not wanted:
        raise UserFacingError(
            f"{side.text} holds several editions: {listed}.", remedy=f"Name one. {REMEDY}"
        )
    raise UserFacingError(f"{side.text} has no edition {wanted}; it has {listed}.", remedy=REMEDY)


def _has(connection: duckdb.DuckDBPyConnection, held: Held, marts: tuple[str, ...]) -> bool:
    return all(
        scalar(
            connection,
            "select count(*) from duckdb_columns() where database_name = ? and schema_name = 'marts'"
            " and table_name = ?",
            [held.catalog, mart],
        )
        for mart in marts
    ) and all(
        scalar(
            connection,
            f"select count(*) from (from {held.catalog}.marts.{mart} where edition = ? and year = ? limit 1)",
            [held.edition, held.year],
        )
        for mart in marts
    )


# Sums of doubles by several threads differ in their last digits.
_NOISE_SHARE = 1e-9


def _compared(
    connection: duckdb.DuckDBPyConnection, subject: Subject, a: Held, b: Held
) -> Compared:
    in_a, in_b = (figures(connection, subject.query, held) for held in (a, b))
    keys = sorted({*in_a, *in_b})
    differing = [key for key in keys if not _alike(in_a.get(key), in_b.get(key))]
    sizes: dict[str, float] = {}
    for pollutant, code in differing:
        change = in_b.get((pollutant, code), 0.0) - in_a.get((pollutant, code), 0.0)
        sizes[pollutant] = sizes.get(pollutant, 0.0) + abs(change)
    moved = [
        Moved(
            key[0],
            key[1],
            in_a.get(key),
            in_b.get(key),
            (in_b.get(key, 0.0) - in_a.get(key, 0.0)) / sizes[key[0]] if sizes[key[0]] else 0.0,
        )
        for key in differing
    ]
    moved.sort(key=lambda each: (each.pollutant, -abs(each.change), each.code))
    return Compared(subject, tuple(moved), len(keys) - len(differing))


def change_text(change: float) -> str:
    """A change with its sign: whole numbers from 100 on, three digits below."""
    return f"{change:+,.0f}" if abs(change) >= 100 else f"{change:+.3g}"


def cells_of(each: Moved) -> tuple[str, ...]:
    """A figure as a row of a table for people: pollutant, place, A, B, change, change over A."""

    def text(value: float | None) -> str:
        if value is None:
            return "-"
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"

    share = "new" if each.value_a is None else "gone" if each.value_b is None else "-"
    if each.value_a is not None and each.value_b is not None and each.change_share is not None:
        share = f"{each.change_share:+.1%}"
    values = text(each.value_a), text(each.value_b), change_text(each.change), share
    return each.pollutant, each.code, *values


def _alike(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return False
    return abs(a - b) <= _NOISE_SHARE * max(abs(a), abs(b))


def _inputs(connection: duckdb.DuckDBPyConnection, a: Held, b: Held) -> Iterator[Input]:
    """Roles filled by other files, and parameters of the run with other values."""
    files = (
        "select role, string_agg(distinct file_name || ' (' || left(original_sha256, 8) || ')', ', '"
        " order by file_name || ' (' || left(original_sha256, 8) || ')') from $marts.fct_provenance"
        " where edition = $edition and year = $year group by role"
    )
    parameters = (
        # Eight digits: what was added in another order differs behind them.
        "select assumption, string_agg(distinct format('{:.8g}', amount), ', ' order by format('{:.8g}', amount))"
        " from $marts.fct_assumption where edition = $edition and year = $year and amount is not null"
        " and province is null and sector is null group by assumption"
    )
    for kind, mart, query in (
        ("role", "fct_provenance", files),
        ("assumption", "fct_assumption", parameters),
    ):
        if not all(_has(connection, held, (mart,)) for held in (a, b)):
            continue
        in_a, in_b = (_texts(connection, query, held) for held in (a, b))
        for name in sorted({*in_a, *in_b}):
            if in_a.get(name) != in_b.get(name):
                yield Input(kind, name, in_a.get(name, "-"), in_b.get(name, "-"))


def _texts(connection: duckdb.DuckDBPyConnection, query: str, held: Held) -> Mapping[str, str]:
    rows = ask(connection, query, held).fetchall()
    return {str(name): str(text) for name, text in rows}
