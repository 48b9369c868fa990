"""A comparison of two editions, releases or files as one page that works offline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from atlas.comparison import Compared, Comparison, Moved, cells_of, change_text
from atlas.drawing import ASSETS
from atlas.made_up import CAUTION, is_made_up

_BAR = "display:inline-block;height:.7em;background:var(--{colour});width:{width:.1f}em"
_WIDEST_EM = 8.0
_TABLES = """
table.compared { border-collapse: collapse; width: auto; }
table.compared :is(th, td) { padding: .25rem .8rem; min-width: 3rem; overflow-wrap: normal; }
"""


@dataclass(frozen=True)
class Share:
    """What one input moved of a headline, in tonnes. of_a: over A, None where A has nothing."""

    headline: str
    pollutant: str
    moved_by: str
    change_t: float
    of_a: float | None


def page(
    found: Comparison,
    a: str,
    b: str,
    pollutant: str | None,
    rows: int,
    shares: Sequence[Share] = (),
) -> str:
    """The whole page. a, b: the sides as they were asked for.  rows: of each table and pollutant (0: all).

    shares: how much each input moved, where that was computed.
    """
    title = f"{a} and {b}: what moved"
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        f"<style>{(ASSETS / 'atlas.css').read_text(encoding='utf-8')}{_TABLES}</style></head><body>",
        f'<main id="main"><h1>{escape(title)}</h1>',
        f'<p class="lead">A: {escape(a)} ({escape(found.a.edition)} {found.a.year}). '
        f"B: {escape(b)} ({escape(found.b.edition)} {found.b.year}). Changes are B less A.</p>",
    ]
    if is_made_up(found.a.edition) or is_made_up(found.b.edition):
        parts.append(f'<p class="note">{escape(CAUTION)}</p>')
    parts += _inputs(found)
    parts += _shares(shares)
    for compared in found.subjects:
        parts += _subject(compared, pollutant, rows)
    missing = ", ".join(found.missing)
    if missing:
        parts.append(f'<p class="absent">Not in both: {escape(missing)}.</p>')
    parts.append("</main></body></html>")
    return "\n".join(parts)


def _inputs(found: Comparison) -> Iterator[str]:
    yield "<h2>Inputs that differ</h2>"
    if not found.inputs:
        yield "<p>No input and no assumption differs.</p>"
        return
    cells = [(each.kind, each.name, each.in_a, each.in_b) for each in found.inputs]
    yield from _table(("what", "name", "A", "B"), [[escape(cell) for cell in row] for row in cells])


def _shares(shares: Sequence[Share]) -> Iterator[str]:
    for headline in dict.fromkeys(each.headline for each in shares):
        yield f"<h2>{escape(headline)} (t): which input moved it</h2>"
        chosen = [each for each in shares if each.headline == headline]
        widest = {each.pollutant: 0.0 for each in chosen}
        for each in chosen:
            widest[each.pollutant] = max(widest[each.pollutant], abs(each.change_t))
        yield from _table(
            ("pollutant", "moved by", "t", "of A", ""),
            [
                [
                    escape(each.pollutant),
                    escape(each.moved_by),
                    change_text(each.change_t),
                    "-" if each.of_a is None else f"{each.of_a:+.2%}",
                    _bar(each.change_t, widest[each.pollutant]),
                ]
                for each in chosen
            ],
        )


def _subject(found: Compared, pollutant: str | None, rows: int) -> Iterator[str]:
    yield f"<h2>{escape(found.subject.title)} ({escape(found.subject.unit)})</h2>"
    wanted = [each for each in found.moved if pollutant in (None, each.pollutant)]
    if not wanted:
        yield f"<p>None of {len(found.moved) + found.same} figures moved"
        yield f"{f' of {escape(pollutant)}' if pollutant else ''}.</p>"
        return
    shown: list[list[str]] = []
    for name in dict.fromkeys(each.pollutant for each in wanted):
        of = [each for each in wanted if each.pollutant == name]
        widest = max(abs(each.change) for each in of)
        shown += [_row(each, widest) for each in of[: rows or None]]
    yield from _table(("pollutant", "of", "A", "B", "change", "B against A", ""), shown)
    if len(shown) < len(wanted):
        yield f'<p class="quiet">and {len(wanted) - len(shown)} more (--rows 0 shows all)</p>'


def _row(each: Moved, widest: float) -> list[str]:
    return [*(escape(cell) for cell in cells_of(each)), _bar(each.change, widest)]


def _bar(change: float, widest: float) -> str:
    """A bar as long as the change is large; the colour says its sign, the column beside it does, too."""
    width = _WIDEST_EM * abs(change) / widest if widest else 0.0
    style = _BAR.format(colour="accent" if change > 0 else "quiet", width=width)
    return f'<span aria-hidden="true" style="{style}"></span>'


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield '<div class="scroll" tabindex="0"><table class="compared"><thead><tr>'
    yield "".join(f'<th scope="col">{escape(name)}</th>' for name in heading)
    yield "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>"
    yield "</tbody></table></div>"
