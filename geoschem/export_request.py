"""What `tradeplume export` can be asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from geoschem.request import Scenario
from warehouse.request import DEFAULT_EDITION, Request, Spelling, UserPath


class Format(StrEnum):
    """For which program."""

    wrf_chem = "wrf-chem"
    geos_chem = "geos-chem"
    csv = "csv"


class ExportRequest(Request):
    """Gridded emissions that exports drive, as files for another model."""

    target: Annotated[Format, Spelling(("--for",))] = Field(description="For which program.")
    out: Annotated[UserPath, Spelling(("--out", "-o"), metavar="FOLDER")] = Field(
        description="A new folder for the files."
    )
    scenario: Annotated[Scenario, Spelling(("--scenario", "-s"), metavar="CODE")] = Field(
        "I_EX",
        description="What is written: I_EX (all exports), I_EXEAST, I_EXDIR, I_EXREGION:REGION.",
    )
    grid: Literal["nested", "meic", "meic-0.1"] = Field(
        "nested", description="0.3125 x 0.25 degrees, MEIC's 0.25, or its 0.1."
    )
    edition: Annotated[str, Spelling(("--edition", "-e"))] = Field(
        DEFAULT_EDITION, min_length=1, description="Edition with concentrations, computed before."
    )
