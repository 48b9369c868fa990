"""The schedules file: which flows are deployed, when they run, and with what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from flows.requests import ComputeRequest, RunRequest, WatchRequest
from geoschem.request import SimulateRequest
from warehouse.errors import EditionError
from warehouse.home import Home
from warehouse.request import Complaint, Request
from warehouse.yaml_files import yaml_content

PACKAGED = Path(__file__).with_name("schedules.yml")


REQUESTS: Mapping[str, type[Request]] = {
    "refresh": RunRequest,
    "watch-landing": WatchRequest,
    "simulate": SimulateRequest,
    "compute": ComputeRequest,
}
"""What each flow can be asked for: the parameters of its deployments."""


class Deployment(BaseModel):
    """One deployment.

    on_arrival: an edition that arrives in the landing folder starts it.  parameters: fields of the flow's request.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: Literal["refresh", "watch-landing", "simulate", "compute"]
    cron: str | None = Field(default=None, pattern=r"^\S+( \S+){4}$")
    every_seconds: int | None = Field(default=None, ge=10)
    on_arrival: bool = False
    parameters: dict[str, Any] = Field(default_factory=dict)

    @field_validator("parameters", mode="before")
    @classmethod
    def _have_names(cls, parameters: Any) -> Any:
        if isinstance(parameters, dict) and True in parameters:
            raise ValueError("YAML reads the word `on` as `true`; the option --on is `runner` here")
        return parameters

    @model_validator(mode="after")
    def _is_sound(self) -> Deployment:
        if self.cron and self.every_seconds:
            raise ValueError("cron and every_seconds exclude each other")
        if self.on_arrival and self.flow != "refresh":
            raise ValueError("on_arrival belongs to flow refresh")
        request = REQUESTS[self.flow]
        if complaint := request.complaint(self.parameters):
            known = f"; known are {', '.join(request.model_fields)}" if complaint.is_unknown else ""
            raise ValueError(
                f"parameter `{complaint.field}` of flow {self.flow}: {complaint.message}{known}"
            )
        return self

    @property
    def request(self) -> dict[str, Any]:
        """What the flow is asked for, as Prefect keeps it: what the file says, and no defaults."""
        asked = REQUESTS[self.flow].model_validate(self.parameters)
        return asked.model_dump(mode="json", exclude_unset=True)


class Schedules(BaseModel):
    """All deployments by name, and the time zone of their cron lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: str = "Asia/Shanghai"
    deployments: dict[str, Deployment] = Field(min_length=1)


def load_schedules(home: Home) -> Schedules:
    """The user's schedules, otherwise the packaged ones. Raises EditionError naming file and key."""
    own = home.root / "schedules.yml"
    path = own if own.exists() else PACKAGED
    try:
        return Schedules.model_validate(yaml_content(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        complaint = Complaint.of(error, {*Schedules.model_fields, *Deployment.model_fields})
        raise EditionError(
            f"{path}: key `{complaint.field}`: {complaint.message}.",
            remedy=f"Correct the key; {PACKAGED} is an example.",
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EditionError(
            f"{path}: the file is not YAML ({str(error).splitlines()[0]}).",
            remedy=f"Correct the file; {PACKAGED} is an example.",
        ) from error
