"""What `tradeplume simulate`, the flow and the deployment of that name can be asked for."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED, PAPER_MONTHS
from geoschem.slurm import SlurmOptions
from warehouse.request import DEFAULT_EDITION, Request, Spelling, UserPath

FIRST_GLOBAL_YEAR, LAST_YEAR = 1980, 2100
DEFAULT_SCENARIOS = ("Base", "I_EX", "I_EXEAST", "I_EXDIR")

Month = Annotated[int, Field(ge=1, le=12)]
Scenario = Annotated[str, Field(min_length=1)]


class Phase(StrEnum):
    """How far to go."""

    emissions = "emissions"
    rundirs = "rundirs"
    dryrun = "dryrun"
    run = "run"
    read = "read"


class Launcher(StrEnum):
    """Where the model runs."""

    local = "local"
    slurm = "slurm"


class SimulateRequest(Request):
    """A campaign of GEOS-Chem: scenarios of an edition in the weather of a year."""

    engine: Literal["geoschem"] = Field("geoschem", description="The model.")
    edition: Annotated[str, Spelling(("--edition", "-e"))] = Field(
        DEFAULT_EDITION, min_length=1, description="Edition with concentrations, computed before."
    )
    scenarios: Annotated[
        tuple[Scenario, ...], Spelling(("--scenario", "-s"), metavar="CODE", commas=True)
    ] = Field(
        DEFAULT_SCENARIOS,
        min_length=1,
        description="Base, I_EX, I_EXEAST, I_EXDIR, I_EXREGION:REGION; several with commas or again.",
    )
    gc_root: UserPath | None = Field(None, description="Source folder of GCClassic.")
    data_root: UserPath | None = Field(None, description="The model's input data (ExtData).")
    sim_year: int | None = Field(
        None,
        ge=FIRST_GLOBAL_YEAR,
        le=LAST_YEAR,
        description="Year of the weather; otherwise the edition's.",
    )
    months: Annotated[tuple[Month, ...], Spelling(("--month",), metavar="MONTH", commas=True)] = (
        Field(
            PAPER_MONTHS,
            min_length=1,
            max_length=12,
            description="Months, ascending; several with commas or again. The default is the paper's.",
        )
    )
    spinup_months: int = Field(6, ge=1, le=120, description="Spin-up of the global run, months.")
    spinup_days: int = Field(10, ge=1, le=366, description="Spin-up of each nested run, days.")
    grid: Literal["nested", "meic", "meic-0.1"] = Field(
        "nested", description="Grid of the emission files."
    )
    until: Phase = Field(Phase.read, description="Stop after this phase.")
    launcher: Launcher = Field(
        Launcher.local, description="Run the model on this machine, or by SLURM."
    )
    cores: int = Field(8, ge=1, le=4096, description="Cores of one run.")
    memory_gb: float = Field(40.0, ge=0.1, le=100_000, description="Memory of one job (SLURM), GB.")
    hours: float | None = Field(
        None,
        ge=0.1,
        le=8784,
        description="Time limit of one job (SLURM), hours; otherwise estimated.",
    )
    sbatch: tuple[str, ...] = Field(
        (), description="A further option of sbatch, repeatable: --sbatch=--partition=long."
    )
    executable: UserPath | None = Field(None, description="The program gcclassic.")
    boundary_rundir: UserPath | None = Field(None, description="Your global 2 x 2.5 run directory.")
    nested_rundir: UserPath | None = Field(None, description="Your nested Asian run directory.")
    restart: UserPath | None = Field(None, description="Restart file of the first global segment.")
    cropped_met: bool = Field(False, description="Read nested weather cropped to Asia (_AS).")
    stations: UserPath | None = Field(
        None, description="CSV of observations: longitude,latitude,month,pm25_ug_m3."
    )
    ignore_disk: bool = Field(
        False, description="Run even if the estimate is larger than the free space."
    )
    poll_s: Annotated[float, Spelling(is_hidden=True)] = Field(
        1.0, ge=0.01, le=3600, description="Seconds between two looks at a running segment."
    )

    @field_validator("months")
    @classmethod
    def _ascend(cls, months: tuple[int, ...]) -> tuple[int, ...]:
        if list(months) != sorted(set(months)):
            raise ValueError("months must ascend and not repeat")
        return months

    @property
    def rundirs(self) -> dict[str, UserPath | None]:
        """The user's own run directories by kind."""
        return {BOUNDARY: self.boundary_rundir, NESTED: self.nested_rundir}

    @property
    def slurm(self) -> SlurmOptions:
        """What a job of a cluster is given."""
        return SlurmOptions(self.cores, self.memory_gb, self.hours, self.sbatch)
