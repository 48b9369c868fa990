"""The user's installation of GEOS-Chem: its program, its version, and run directories as it makes them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED
from geoschem import model_config
from warehouse.errors import InputError, UserFacingError

FIRST_VERSION, LAST_MAJOR = (14, 0, 0), 14
TRIED_VERSIONS = ("14.0.1", "14.6.3")
"""Versions whose dry run has accepted our run directories; others from 14.0 on are expected to."""
PLACES = ("gcclassic", "bin/gcclassic", "build/bin/gcclassic")
TEMPLATE_FILES = (
    "geoschem_config.yml",
    "HEMCO_Config.rc",
    "HEMCO_Diagn.rc",
    "HISTORY.rc",
    "species_database.yml",
)
OTHER_FILES = ("HEMCO_Config.rc.gmao_metfields", "HEMCO_Config.rc.gmao_metfields_0125")
_MENU = r'printf "\s*(\d+)\.\s+{label}'


class ModelMissing(UserFacingError):
    """No program, a version we do not support, or no run directory to start from."""

    exit_code = 3


@dataclass(frozen=True)
class Model:
    """An installation. templates: run directories by kind."""

    executable: Path
    version: str
    templates: Mapping[str, Path]


def find_executable(root: Path, given: Path | None = None) -> Path:
    """The program gcclassic: the given one, or where GEOS-Chem's build puts it. Raises ModelMissing."""
    candidates = [given] if given else [root / place for place in PLACES]
    for candidate in candidates:
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return candidate.resolve()
    raise ModelMissing(
        f"There is no program gcclassic: looked for {', '.join(map(str, candidates))}.",
        remedy="Build GEOS-Chem Classic as its manual says, and name it with --executable.",
    )


def version_of(template: Path, root: Path) -> str:
    """The version, as the source tree of a run directory (CodeDir) or of the installation says.

    Raises ModelMissing when none says so, or for a version we do not support.
    """
    for folder in (template / "CodeDir", root, root / "src"):
        lists = folder / "CMakeLists.txt"
        if lists.is_file():
            found = re.search(r"VERSION\s+(\d+\.\d+\.\d+)", _after_project(lists))
            if found:
                return demand_supported(found[1], lists)
    raise ModelMissing(
        f"The version of GEOS-Chem is unknown: neither {template / 'CodeDir'} nor {root} is its source.",
        remedy="Point --gc-root to the source folder of GCClassic.",
    )


def demand_supported(version: str, source: Path) -> str:
    """The version itself, if it is one from 14.0 on. Raises ModelMissing."""
    numbers = tuple(int(part) for part in version.split("."))
    if numbers < FIRST_VERSION or numbers[0] > LAST_MAJOR:
        raise ModelMissing(
            f"{source} is GEOS-Chem {version}; supported: 14.0 to the newest 14.x "
            f"(tried: {', '.join(TRIED_VERSIONS)}).",
            remedy="Use a version of GEOS-Chem 14.",
        )
    return version


def check_template(folder: Path, kind: str) -> None:
    """Refuse a run directory that is half made, or of another simulation.

    Raises ModelMissing naming the files that lack, InputError naming what differs.
    """
    missing = [name for name in TEMPLATE_FILES if not (folder / name).is_file()]
    if missing:
        raise ModelMissing(
            f"The {kind} run directory {folder} is half made: it lacks {', '.join(missing)}.",
            remedy="Make it again with createRunDir.sh, or remove it and let `tradeplume simulate`"
            " call that script.",
        )
    path = folder / "geoschem_config.yml"
    model_config.check(path.read_text(encoding="utf-8"), kind, path)


def make_template(
    root: Path, kind: str, parent: Path, environment: Mapping[str, str] | None = None
) -> Path:
    """A run directory by the model's own createRunDir.sh, its menus answered by their labels.

    Raises ModelMissing when the script is not there, asks for the registration of a first-time user,
    or makes something else than was asked for.
    """
    script = _script(root)
    variables = dict(os.environ if environment is None else environment)
    registered = Path(variables.get("HOME", "~")).expanduser() / ".geoschem" / "config"
    text = registered.read_text(encoding="utf-8") if registered.is_file() else ""
    if "GC_DATA_ROOT" not in text or "GC_USER_REGISTERED" not in text:
        raise ModelMissing(
            f"createRunDir.sh would ask for your registration and data folder ({registered}).",
            remedy=f"Run it once by hand: cd {script.parent} && ./createRunDir.sh; then again here.",
        )
    parent.mkdir(parents=True, exist_ok=True)
    answers = _answers(script.read_text(encoding="utf-8"), kind, parent)
    try:
        done = subprocess.run(
            ["bash", f"./{script.name}"],
            cwd=script.parent,
            input="\n".join(answers) + "\n",
            capture_output=True,
            text=True,
            timeout=120,
            env=variables,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelMissing(
            f"{script} asked for more than we answer.",
            remedy="Run it by hand and name the result with --boundary-rundir and --nested-rundir.",
        ) from error
    folder = parent / kind
    if done.returncode or not folder.is_dir():
        said = (done.stdout + done.stderr).strip().splitlines()[-5:]
        raise ModelMissing(
            "\n".join([f"{script} made no run directory:", *said]),
            remedy="Run it by hand and name the result with --boundary-rundir and --nested-rundir.",
        )
    check_template(folder, kind)
    return folder


def _script(root: Path) -> Path:
    for place in ("run", "src/GEOS-Chem/run/GCClassic"):
        script = root / place / "createRunDir.sh"
        if script.is_file():
            return script.resolve()
    raise ModelMissing(
        f"There is no createRunDir.sh below {root}.",
        remedy="Point --gc-root to the source folder of GCClassic, or name run directories with"
        " --boundary-rundir and --nested-rundir.",
    )


def _answers(script: str, kind: str, parent: Path) -> list[str]:
    """What to type, in the order of the questions: numbers of menus differ by version, labels do not."""
    is_nested = kind == NESTED
    met = "GEOS-FP" if is_nested else "MERRA-2"
    answers = [_choice(script, "Full chemistry"), _choice(script, "Standard"), _choice(script, met)]
    if is_nested and "fp_accept" in script:
        answers.append("y")
    answers.append(_choice(script, r"0\.25\s+x\s+0\.3125" if is_nested else r"2\.0\s+x\s+2\.5"))
    if is_nested:
        answers.append(_choice(script, "Asia"))
    answers += [_choice(script, r"47 \(reduced\)"), str(parent), kind, "n"]
    if "enable_kppsa" in script:
        answers.append("n")
    return answers


def _choice(script: str, label: str) -> str:
    found = re.search(_MENU.format(label=label), script)
    if not found:
        raise ModelMissing(
            f"createRunDir.sh of this version does not offer {label!r}.",
            remedy="Run it by hand and name the result with --boundary-rundir and --nested-rundir.",
        )
    return found[1]


def _after_project(lists: Path) -> str:
    """The text of a CMakeLists.txt from project( on: what comes before is CMake's own version."""
    text = lists.read_text(encoding="utf-8", errors="replace")
    place = text.find("project")
    return text[place:] if place >= 0 else ""


def open_model(
    root: Path,
    templates: Path,
    *,
    executable: Path | None = None,
    given: Mapping[str, Path | None] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Model:
    """The installation below a root, with run directories: the user's, otherwise made by its script.

    Raises ModelMissing and InputError.
    """
    if not root.is_dir():
        raise InputError("There is no such folder.", file=root, remedy="Correct --gc-root.")
    program = find_executable(root, executable)
    found = {}
    for kind in (BOUNDARY, NESTED):
        own = (given or {}).get(kind)
        folder = own or templates / kind
        if own is None and not folder.exists():
            folder = make_template(root, kind, templates, environment)
        check_template(folder, kind)
        found[kind] = folder.resolve()
    versions = {version_of(folder, root) for folder in found.values()}
    if len(versions) > 1:
        raise ModelMissing(
            f"The run directories are of versions {' and '.join(sorted(versions))}.",
            remedy="Make both with the same version.",
        )
    return Model(program, versions.pop(), found)
