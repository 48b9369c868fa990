"""dbt's words in a file: those that matter to who reads it.

dbt's own file logger lays out every event as text, those for debugging among them, before it looks at their level:
a tenth of what dbt costs a run.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

KEPT = ("info", "warn", "error")
LARGEST_BYTES = 10_000_000
"""Beyond, the file begins anew; the one before is kept beside it."""


class DbtLog:
    """Callable with dbt's events (dbtRunner's callbacks) while it is open; one line each, time in UTC."""

    def __init__(self, path: Path) -> None:
        """path: the file; its folder is made when it is opened."""
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Open the file, to be written on."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.exists() and self._path.stat().st_size > LARGEST_BYTES:
            self._path.replace(self._path.with_suffix(".log.1"))
        self._file = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it; what dbt says later is not kept."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __call__(self, event: Any) -> None:
        """Write an event of a level that is kept, without dbt's secrets."""
        if self._file is None or event.info.level not in KEPT:
            return
        from dbt_common.events.functions import env_scrubber

        said = env_scrubber(event.info.msg)
        when = event.info.ts.ToDatetime().isoformat(sep=" ", timespec="milliseconds")
        self._file.write(f"{when} [{event.info.level}] {said}\n")
