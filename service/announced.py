"""What `tradeplume serve` says at once: what it watches, and when each schedule runs next.  Loads no Prefect."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from service.schedules import Deployment, Schedules
from warehouse.errors import EditionError
from warehouse.home import Home


def announced(home: Home, schedules: Schedules, now: datetime | None = None) -> list[str]:
    """The home, its landing folder, and one line a schedule: what it runs and when it runs next.

    now: with a time zone; None is the present.  Raises EditionError for a time zone or a cron line that
    cannot be read.
    """
    zone = zone_of(schedules)
    present = (now or datetime.now(zone)).astimezone(zone)
    width = max(len(name) for name in schedules.deployments)
    return [
        f"Home: {home.root}",
        f"Watching: {home.landing}",
        *(
            f"  {name:<{width}}  {when(name, each, present)}"
            for name, each in schedules.deployments.items()
        ),
    ]


def zone_of(schedules: Schedules) -> ZoneInfo:
    """The time zone of the cron lines. Raises EditionError."""
    try:
        return ZoneInfo(schedules.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise EditionError(
            f"Schedules: key `timezone`: {schedules.timezone!r} is not a time zone.",
            remedy="Write one of the IANA list, for example Asia/Shanghai.",
        ) from error


def when(name: str, deployment: Deployment, present: datetime) -> str:
    """``next run 2026-12-07 03:00 CST``, ``every 60 s``, or ``by hand``. Raises EditionError for a wrong line."""
    parts = []
    if deployment.cron:
        parts.append(f"next run {next_run(name, deployment.cron, present):%Y-%m-%d %H:%M %Z}")
    if deployment.every_seconds:
        parts.append(f"every {deployment.every_seconds} s")
    if deployment.on_arrival:
        parts.append("and when files of an edition arrive" if parts else "when files arrive")
    return ", ".join(parts) or "by hand"


def next_run(name: str, cron: str, present: datetime) -> datetime:
    """The first time after the present that a cron line names. Raises EditionError."""
    try:
        return next(CronSim(cron, present))
    except (CronSimError, StopIteration) as error:
        raise EditionError(
            f"Schedules: deployment `{name}`: the cron line {cron!r} names no time ({error}).",
            remedy="Write minute hour day month weekday, for example: 0 3 * * 1",
        ) from error
