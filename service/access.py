"""The key to the Prefect server of a home: new at every start, in a file that its owner alone reads.

Whoever may speak to that server may run commands as the user who serves, so nobody may without the key.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from warehouse.home import Home

RECORD = "serve.json"
KEY_FILE = "serve.env"
API_VARIABLE = "PREFECT_API_URL"
KEY_VARIABLE = "PREFECT_API_AUTH_STRING"
OWNER_ALONE = 0o600


@dataclass(frozen=True)
class Access:
    """Where a Prefect server answers, and what it asks for.

    key: ``user:password`` of basic authentication; empty for a server that asks for none.
    pid: the process of `tradeplume serve`; 0 when it was not started by one.
    """

    api: str
    key: str = field(default="", repr=False)
    pid: int = 0

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request."""
        if not self.key:
            return {}
        return {"Authorization": f"Basic {base64.b64encode(self.key.encode()).decode()}"}


def fresh_key() -> str:
    """A key of 256 bits: one that was read from an old file opens nothing after the next start."""
    return f"tradeplume:{secrets.token_urlsafe(32)}"


def write_access(home: Home, access: Access) -> None:
    """Record where the home is served, and the key in a file of its own. Raises OSError."""
    variables = {API_VARIABLE: access.api, KEY_VARIABLE: access.key}
    text = "".join(f"{name}={value}\n" for name, value in variables.items() if value)
    write_private(home.watch / KEY_FILE, text)
    write_private(
        home.watch / RECORD, json.dumps({"api": access.api, "pid": access.pid}), mode=0o644
    )


def forget_access(home: Home) -> None:
    """Remove what ``write_access`` wrote."""
    for name in (RECORD, KEY_FILE):
        (home.watch / name).unlink(missing_ok=True)


def read_access(home: Home, environment: Mapping[str, str] | None = None) -> Access | None:
    """How to reach the server of this home: by the record of `tradeplume serve`, otherwise by the environment."""
    variables = os.environ if environment is None else environment
    recorded = _recorded(home)
    if recorded is not None:
        return recorded
    api = variables.get(API_VARIABLE)
    return Access(api, variables.get(KEY_VARIABLE, "")) if api else None


def _recorded(home: Home) -> Access | None:
    try:
        content = json.loads((home.watch / RECORD).read_text())
        api, pid = str(content["api"]), int(content.get("pid", 0))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    try:
        lines = (home.watch / KEY_FILE).read_text().splitlines()
    except OSError:  # another user's: it may be seen that the home is served, not more
        lines = []
    found = dict(line.split("=", 1) for line in lines if "=" in line)
    return Access(api, found.get(KEY_VARIABLE, ""), pid)


def write_private(path: Path, text: str, *, mode: int = OWNER_ALONE) -> None:
    """Write a file in one step; it never exists with more rights than ``mode``."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    draft.replace(path)
