"""Gate 1 on zeros: what every province has and one has none of is missing, not zero."""

from __future__ import annotations

import polars as pl

from expectations.peer_limits import PER_HEAD
from expectations.results import CheckResult

_LEAST_PEERS = 5
_SHOWN = 4


def provinces_with_nothing(amounts: pl.DataFrame) -> list[CheckResult]:
    """Provinces with nothing of what every province has: zeros that stand where figures are missing."""
    whole = [limit.measure for limit in PER_HEAD if not limit.may_be_none]
    by_part = amounts.filter(pl.col("measure").is_in(whole)).filter(
        pl.col("place").n_unique().over("role", "measure", "part") >= _LEAST_PEERS
    )
    results = []
    for (role,), of_role in by_part.group_by("role", maintain_order=True):
        zeros = of_role.filter(pl.col("amount") == 0).sort("measure", "part", "place")
        listed = [f"{row['place']} {row['part']}" for row in zeros.head(_SHOWN).to_dicts()]
        more = f"; and {len(zeros) - _SHOWN} more" if len(zeros) > _SHOWN else ""
        results.append(
            CheckResult(
                gate="raw",
                suite=f"raw__{role}__units",
                check_name="no_province_has_nothing_error",
                scope=f"raw.{role}",
                measured=float(len(zeros)),
                tolerance=0.0,
                passed=zeros.is_empty(),
                severity="error",
                detail=(
                    f"found zero for {'; '.join(listed)}{more}: figures missing? " if listed else ""
                )
                + f"{len(of_role)} looked at; no province has none of these",
            )
        )
    return results
