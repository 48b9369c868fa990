"""Start Apache Superset on loopback with the dashboard of this folder. Run by `make superset`.

Needs Superset's own environment (bi/superset/requirements.lock) and a published file.
Everything it writes lies below $TRADEPLUME_HOME/superset.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PLACEHOLDER = "PUBLISHED_FILE"
USER = "admin"


def main() -> int:
    """Prepare Superset's home, import the assets, and serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8088, help="port on 127.0.0.1 (8088)")
    parser.add_argument("--prepare-only", action="store_true", help="import and stop")
    options = parser.parse_args()
    data = Path(os.environ.get("TRADEPLUME_HOME") or "var").absolute()
    published = data / "published" / "tradeplume.duckdb"
    if not published.exists():
        print(f"Nothing is published yet: {published} does not exist.\nRun `make run` first.")
        return 8
    home = data / "superset"
    environment = prepare(home)
    import_assets(home, published, environment)
    password = (home / "password").read_text(encoding="utf-8")
    if options.prepare_only:
        return 0
    print(f"\nhttp://127.0.0.1:{options.port}/superset/dashboard/whose-consumption/")
    print(f"user {USER}, password {password} (kept in {home / 'password'}); Ctrl-C stops\n")
    return superset(
        environment, "run", "--host", "127.0.0.1", "--port", str(options.port), "--with-threads"
    )


def prepare(home: Path) -> dict[str, str]:
    """Make Superset's home once: secrets, its database, the one user. Returns its environment."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("secret", "password"):
        path = home / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(42 if name == "secret" else 12), encoding="utf-8")
    environment = {
        **os.environ,
        "SUPERSET_HOME": str(home),
        "SUPERSET_CONFIG_PATH": str(HERE / "superset_config.py"),
        "FLASK_APP": "superset",
        "SCARF_ANALYTICS": "false",
    }
    if not (home / "ready").exists():
        password = (home / "password").read_text(encoding="utf-8")
        who = ("--username", USER, "--firstname", "Local", "--lastname", "User", "--email", "a@b.c")
        demand(environment, "db", "upgrade")
        demand(environment, "fab", "create-admin", *who, "--password", password)
        demand(environment, "init")
        (home / "ready").touch()
    return environment


def import_assets(home: Path, published: Path, environment: dict[str, str]) -> None:
    """Import connection, datasets, charts and dashboard; the connection gets this machine's file."""
    bundle = home / "assets.zip"
    with zipfile.ZipFile(bundle, "w") as archive:
        for path in sorted((HERE / "assets").rglob("*.yaml")):
            text = path.read_text(encoding="utf-8").replace(PLACEHOLDER, published.as_posix())
            archive.writestr(f"assets/{path.relative_to(HERE / 'assets').as_posix()}", text)
    demand(environment, "import-dashboards", "--path", str(bundle), "--username", USER)


def superset(environment: dict[str, str], *arguments: str) -> int:
    """Superset's own command line."""
    command = [str(Path(sys.executable).parent / "superset"), *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def demand(environment: dict[str, str], *arguments: str) -> None:
    """A command that must succeed; SystemExit names the one that did not."""
    if code := superset(environment, *arguments):
        raise SystemExit(f"`superset {arguments[0]}` ended with code {code}; its words are above.")


if __name__ == "__main__":
    sys.exit(main())
