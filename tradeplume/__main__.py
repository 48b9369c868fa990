"""The command `tradeplume`, in a checkout and from a wheel."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

ROOMS = Path(__file__).parent / "_rooms"
"""The rooms (compute, warehouse ...) of a wheel: apart, since their names may be others' too."""

OBJECTS_BEFORE_COLLECTING = 20_000
"""New objects after which Python collects cyclic garbage.

Its default (700) is for small programs. Modules and dbt's project are very many objects, and they stay.
"""


def main() -> None:
    """Run the command line; programs that it starts find the rooms as well."""
    gc.set_threshold(OBJECTS_BEFORE_COLLECTING, *gc.get_threshold()[1:])
    if ROOMS.is_dir():
        sys.path.insert(0, str(ROOMS))
        before = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOMS), before)))
    from cli.main import main as command

    command()


if __name__ == "__main__":
    main()
