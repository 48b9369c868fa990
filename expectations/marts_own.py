"""Gate 2 on marts of a user's own: the bounds that their descriptions give."""

from __future__ import annotations

from pathlib import Path

from expectations.judgement import Bound, Judgement
from warehouse.database import qualified, quote
from warehouse.own_models import described_bounds

_REASON = "bounds of your own description"


def own_judgements(home: Path) -> tuple[Judgement, ...]:
    """One judgement a model of the user's folder: least and most of every column that has bounds."""
    return tuple(
        _judgement(name, bounds) for name, bounds in described_bounds(home).items() if bounds
    )


def _judgement(mart: str, bounds: dict[str, tuple[float, float]]) -> Judgement:
    measures = ", ".join(
        f"min({quote(column)}) as {quote(f'{column}__least')},"
        f" max({quote(column)}) as {quote(f'{column}__most')}"
        for column in bounds
    )
    return Judgement(
        mart,
        f"select 'all' as place, {measures} from {qualified('marts', mart)}",
        tuple(
            bound
            for column, (least, most) in bounds.items()
            for bound in (
                Bound(f"{column}__least", _REASON, minimum=least),
                Bound(f"{column}__most", _REASON, maximum=most),
            )
        ),
    )
