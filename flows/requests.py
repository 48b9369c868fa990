"""What commands and flows that compute editions can be asked for (`simulate`: geoschem/request.py)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from warehouse.request import DEFAULT_EDITION, Request, Spelling

OBSERVATIONS = "air-open"
REANALYSIS, LAST_OF_REANALYSIS = "air-caqra", 2018
"""The edition of means over area, and the last year that it holds."""
RUNNERS = "here, processes[:N], dask:ADDRESS or slurm[:N]"

EditionName = Annotated[str, Field(min_length=1), Spelling(("--edition", "-e"))]


class WatchRequest(Request):
    """A look at the landing folder: nothing can be asked for."""


class RunRequest(Request):
    """One edition, computed and published: `tradeplume run`, flow refresh."""

    edition: EditionName = Field(DEFAULT_EDITION, description="Edition to compute.")
    first: Annotated[str | None, Spelling(("--from",), metavar="STEP")] = Field(
        None, min_length=1, description="Make this step again, and what depends on it."
    )
    force: bool = Field(False, description="Make everything again.")
    publish: bool = Field(True, description="Publish, or stop before.")
    without_concentrations: bool = Field(
        False, description="Publish emissions alone, and skip the PM2.5 steps."
    )


class ComputeRequest(Request):
    """Several editions at once: `tradeplume compute`, flow compute."""

    editions: Annotated[tuple[str, ...], Spelling(is_argument=True)] = Field(
        min_length=1, description="Editions: years, scenarios."
    )
    # Not named `on`: YAML 1.1, which schedules.yml is read as, takes the word for `true`.
    runner: Annotated[str, Spelling(("--on",), metavar="RUNNER", formerly="--runner")] = Field(
        "here", min_length=1, description=f"Where to compute: {RUNNERS}."
    )
    publish: bool = Field(True, description="Publish, or stop before.")


class UncertaintyRequest(Request):
    """Intervals of an edition: `tradeplume uncertainty`."""

    draws: Annotated[int, Spelling(("--draws", "-n"))] = Field(
        1000, ge=1, le=1_000_000, description="Draws of all sources."
    )
    seed: int = Field(1, ge=0, lt=2**63, description="The same seed makes the same draws.")
    table_draws: int = Field(
        200,
        ge=0,
        le=1_000_000,
        description="Linked tables among the draws; 0: the inventory alone.",
    )
    full: bool = Field(False, description="Solve every drawn table anew, not to first order.")
    rebalance: bool = Field(False, description="Balance drawn tables to their totals.")
    alternatives: bool = Field(
        True, description="Link the tables anew under other assumptions (fct_sensitivity)."
    )
    runner: Annotated[str | None, Spelling(("--on",), metavar="RUNNER", formerly="--runner")] = (
        Field(None, min_length=1, description=f"Where to make the draws: {RUNNERS}.")
    )
    edition: EditionName = Field(DEFAULT_EDITION, description="Edition.")


class AirRequest(Request):
    """The review of a period of observed air quality: `tradeplume air`."""

    period: Annotated[str | None, Spelling(("--period", "-p"))] = Field(
        None, min_length=4, description="2025Q1, 2025H1, 2025-03 or 2025; otherwise the edition's."
    )
    edition: Annotated[str | None, Spelling(("--edition", "-e"))] = Field(
        None,
        min_length=1,
        description=(
            f"Edition of observations; otherwise {OBSERVATIONS}, and {REANALYSIS} up to {LAST_OF_REANALYSIS}."
        ),
    )
    province: str | None = Field(
        None, min_length=1, description="Review this province alone: Xinjiang, 新疆 or CN-XJ."
    )
    runner: Annotated[str | None, Spelling(("--on",), metavar="RUNNER")] = Field(
        None,
        min_length=1,
        description=f"Where to fit the weather of the places: {RUNNERS}; otherwise processes.",
    )
