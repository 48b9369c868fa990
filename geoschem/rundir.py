"""Run directories of segments: the model's own, with dates, links and blocks of a segment set."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from compute.atmosphere.geoschem.schedule import BOUNDARY, NESTED, Segment
from geoschem import hemco_config, history, model_config
from geoschem.emissions import BOUNDARY_MASK, MANIFEST, NESTED_MASK
from geoschem.layout import BOUNDARY_LINK, EMISSION_LINK, Campaign, write_json
from geoschem.model import OTHER_FILES, TEMPLATE_FILES, Model
from warehouse.errors import InputError

MASK_LINK = "TradeplumeMask.nc"
PROGRAM = "gcclassic"
MARKER = "segment.json"
MASKS = {BOUNDARY: BOUNDARY_MASK, NESTED: NESTED_MASK}


@dataclass(frozen=True)
class RunOptions:
    """data_root: the model's input data (ExtData).  first_restart: file the global run starts from.

    cropped: whether to read nested weather cropped to Asia (14.0 reads the global files).
    """

    data_root: Path
    first_restart: Path | None = None
    cropped: bool = False


def restart_name(segment: Segment, *, at_end: bool = False) -> str:
    """The restart file at the start or the end of a segment."""
    day = segment.end if at_end else segment.start
    return f"GEOSChem.Restart.{day:%Y%m%d}_0000z.nc4"


def make_run_directory(
    segment: Segment, code: str, campaign: Campaign, model: Model, options: RunOptions
) -> Path:
    """Make (or make again) the run directory of a segment; nothing half made is left.

    code: the scenario's code.  Raises InputError when a template or the emissions lack something.
    """
    target = campaign.segment_folder(segment.key)
    aside = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    template = model.templates[segment.kind]
    files = edited_files(segment, code, campaign, template, options)
    for name, text in files.items():
        (aside / name).write_text(text, encoding="utf-8")
    for name in ("Restarts", "OutputDir"):
        (aside / name).mkdir()
    links = {
        PROGRAM: model.executable,
        EMISSION_LINK: campaign.emission_folder(code),
        MASK_LINK: campaign.emissions / MASKS[segment.kind],
        BOUNDARY_LINK: campaign.boundary_output(segment.scenario),
    }
    restart = _restart_source(segment, campaign, options, template)
    if restart is not None:
        links[f"Restarts/{restart_name(segment)}"] = restart
    for name, source in links.items():
        place = (target / name).parent
        inside = source.is_relative_to(campaign.root)
        # Links within the campaign are relative, so that it can be moved as a whole.
        (aside / name).symlink_to(os.path.relpath(source, place) if inside else source)
    campaign.boundary_output(segment.scenario).mkdir(parents=True, exist_ok=True)
    write_json(aside / MARKER, _record(segment, code, model, inputs_of(files, campaign, code)))
    if target.exists():
        shutil.rmtree(target)
    aside.replace(target)
    return target


def edited_files(
    segment: Segment, code: str, campaign: Campaign, template: Path, options: RunOptions
) -> dict[str, str]:
    """The text of every configuration file of a segment, by name."""
    files = {
        name: (template / name).read_text(encoding="utf-8")
        for name in (*TEMPLATE_FILES, *OTHER_FILES)
        if (template / name).is_file()
    }
    path = template / "geoschem_config.yml"
    old_root = model_config.read(files[path.name], path).data_root
    new_root = str(options.data_root)
    files[path.name] = model_config.edit(
        files[path.name], segment.start, segment.end, new_root, path
    )
    for name in [name for name in files if name.startswith("HEMCO_Config.rc")]:
        files[name] = hemco_config.move_root(files[name], old_root, new_root)
        if options.cropped and segment.kind == NESTED:
            files[name] = hemco_config.crop_meteorology(files[name])
    files["HEMCO_Config.rc"] = _hemco(files["HEMCO_Config.rc"], segment, code, campaign)
    files["HISTORY.rc"] = (
        history.for_boundary(files["HISTORY.rc"], segment.writes_boundary)
        if segment.kind == BOUNDARY
        else history.for_nested(files["HISTORY.rc"], segment.is_spinup)
    )
    return files


def _hemco(text: str, segment: Segment, code: str, campaign: Campaign) -> str:
    manifest = hemco_config.manifest_of(campaign.emission_folder(code))
    mask = campaign.emissions / f"{Path(MASKS[segment.kind]).stem}.json"
    box = str(json.loads(mask.read_text(encoding="utf-8"))["box"])
    text = hemco_config.add_inventory(text, manifest, f"./{MASK_LINK}", box)
    if segment.kind == NESTED:
        return hemco_config.set_boundary_path(text)
    if segment.restart_from is None:
        text = hemco_config.allow_other_restart_date(text)
    return hemco_config.set_switch(text, "GC_BCs", "false")


def _restart_source(
    segment: Segment, campaign: Campaign, options: RunOptions, template: Path
) -> Path | None:
    """The restart file a segment starts from; it need not exist yet. None: the user's is unknown."""
    if segment.restart_from is not None:
        return campaign.segment_folder(segment.restart_from) / "Restarts" / restart_name(segment)
    if options.first_restart is not None:
        if not options.first_restart.is_file():
            raise InputError(
                "The first restart file is not there.",
                file=options.first_restart,
                remedy="Name a file GEOSChem.Restart.*.nc4 of 2 x 2.5 degrees and 47 levels.",
            )
        return options.first_restart.resolve()
    found = sorted((template / "Restarts").glob("GEOSChem.Restart.*.nc4"))
    return found[-1].resolve() if found else None


def inputs_of(files: Mapping[str, str], campaign: Campaign, code: str) -> str:
    """A checksum of all that a run reads of ours: its configuration and the scenario's emissions."""
    manifest = (campaign.emission_folder(code) / MANIFEST).read_text(encoding="utf-8")
    return hashlib.sha256(json.dumps([sorted(files.items()), manifest]).encode()).hexdigest()


def is_current(
    segment: Segment, code: str, campaign: Campaign, model: Model, options: RunOptions
) -> bool:
    """Whether the run directory is whole and made from what there is now."""
    folder = campaign.segment_folder(segment.key)
    if not is_made(folder):
        return False
    files = edited_files(segment, code, campaign, model.templates[segment.kind], options)
    record = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    same_program = Path(os.path.realpath(folder / PROGRAM)) == model.executable
    return same_program and record.get("inputs") == inputs_of(files, campaign, code)


def _record(segment: Segment, code: str, model: Model, inputs: str) -> dict[str, object]:
    content: dict[str, object] = {
        name: str(value) if name in ("start", "end") else value
        for name, value in asdict(segment).items()
    }
    return {**content, "code": code, "version": model.version, "inputs": inputs}


def is_made(folder: Path) -> bool:
    """Whether a run directory is whole: its record is written last."""
    return (folder / MARKER).is_file() and not lacking(folder)


def lacking(folder: Path) -> list[str]:
    """Files that a run directory needs and has not; links may point to what is not made yet."""
    needed = (*TEMPLATE_FILES, MARKER, PROGRAM, EMISSION_LINK, MASK_LINK, BOUNDARY_LINK)
    return [name for name in needed if not os.path.lexists(folder / name)]


def links_of(folder: Path) -> Mapping[str, Path]:
    """Where the links of a run directory point to, by name, whether it exists or not."""
    names = [PROGRAM, EMISSION_LINK, MASK_LINK, BOUNDARY_LINK]
    names += [f"Restarts/{path.name}" for path in (folder / "Restarts").iterdir()]
    return {
        name: Path(os.path.normpath((folder / name).parent / (folder / name).readlink()))
        for name in names
        if (folder / name).is_symlink()
    }
