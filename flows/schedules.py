"""The schedules file: which flows are deployed, when they run, and with what."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from warehouse.errors import EditionError
from warehouse.home import Home

PACKAGED = Path(__file__).with_name("schedules.yml")


class Deployment(BaseModel):
    """One deployment. on_arrival: an edition that arrives in the landing folder starts it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    flow: Literal["refresh", "watch-landing", "simulate", "compute"]
    cron: str | None = Field(default=None, pattern=r"^\S+( \S+){4}$")
    every_seconds: int | None = Field(default=None, ge=10)
    on_arrival: bool = False
    parameters: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_sound(self) -> Deployment:
        if self.cron and self.every_seconds:
            raise ValueError("cron and every_seconds exclude each other")
        if self.on_arrival and self.flow != "refresh":
            raise ValueError("on_arrival belongs to flow refresh")
        return self


class Schedules(BaseModel):
    """All deployments by name, and the time zone of their cron lines."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    timezone: str = "Asia/Shanghai"
    deployments: dict[str, Deployment] = Field(min_length=1)


def load_schedules(home: Home) -> Schedules:
    """The user's schedules, else the packaged ones. Raises EditionError naming file and key."""
    own = home.root / "schedules.yml"
    path = own if own.exists() else PACKAGED
    try:
        return Schedules.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise EditionError(
            f"{path}: key `{key}`: {first['msg']} (found {first['input']!r}).",
            remedy=f"Correct the key; {PACKAGED} is an example.",
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise EditionError(
            f"{path}: the file is not YAML ({str(error).splitlines()[0]}).",
            remedy=f"Correct the file; {PACKAGED} is an example.",
        ) from error
