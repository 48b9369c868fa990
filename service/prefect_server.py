"""Prefect's server as a process that ends with the one that started it, however that one ended.

``python -m service.prefect_server LOCK ARGUMENTS``: standard input is a pipe from `tradeplume serve`; when it
closes, its writer is gone (kill -9, too), and this process ends.  LOCK is held as long as the server runs, so
that no second one opens the same database.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time
from pathlib import Path

from warehouse.errors import HomeLocked
from warehouse.locks import hold

GRACE_SECONDS = 20.0
# A server whose parent has just died needs its grace to end.
LOCK_PATIENCE_SECONDS = 60.0


def main(arguments: list[str]) -> None:
    """Run the server; arguments: the lock, then those of `prefect server start`."""
    lock, *options = arguments
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    try:
        with hold(Path(lock), "The server's database", wait_seconds=LOCK_PATIENCE_SECONDS):
            sys.argv = ["prefect", "server", "start", *options]
            runpy.run_module("prefect", run_name="__main__")
    except HomeLocked as error:
        sys.exit(str(error))


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
