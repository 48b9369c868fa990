"""Structured edits of run directories on excerpts that we wrote, and what an installation must be."""

from __future__ import annotations

import difflib
from datetime import date
from pathlib import Path

import pytest

from compute.atmosphere.geoschem.schedule import Plan, build_schedule
from geoschem import hemco_config, history, model_config
from geoschem.dryrun import DryRunRefused, read_log, write_download_list
from geoschem.layout import Campaign, slug
from geoschem.model import (
    Model,
    ModelMissing,
    check_template,
    demand_supported,
    find_executable,
    make_template,
    open_model,
)
from geoschem.output import read_growth
from geoschem.rundir import RunOptions, lacking, links_of, make_run_directory
from geoschem.segment import SegmentFailed, last_date, last_words, read_record, run_segment
from tests.geoschem import excerpts
from tests.geoschem.world import write_installation
from warehouse.errors import InputError

HERE = Path("geoschem_config.yml")
SEGMENTS = build_schedule(("Base", "I_EX"), Plan(2017, (1,)))


def changed(before: str, after: str) -> list[str]:
    """Lines that went (-) and came (+)."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return [line for line in lines if line[:2] not in ("--", "++", "@@")]


def test_dates_and_data_folder_are_set_and_nothing_else() -> None:
    text = excerpts.model_config("nested")
    edited = model_config.edit(text, date(2017, 1, 1), date(2017, 2, 1), "/home/me/Data", HERE)
    assert changed(text, edited) == [
        "-  start_date: [20190701, 000000]",
        "-  end_date: [20190801, 000000]",
        "-  root_data_dir: /data/ExtData",
        "+  start_date: [20170101, 000000]",
        "+  end_date: [20170201, 000000]",
        "+  root_data_dir: /home/me/Data",
        "-    range: [ 70.0, 140.0]",
        "+    range: [70.0, 140.0]",
        "-    range: [ 15.0,  55.0]",
        "+    range: [15.0, 55.0]",
        "-    activate: true ",
        "+    activate: true",
        "-    input_dir: /data/ExtData/CHEM_INPUTS/FAST_JX/",
        "+    input_dir: /home/me/Data/CHEM_INPUTS/FAST_JX/",
        # in the block that is not YAML
        "-      tables: /data/ExtData/tables",
        "+      tables: /home/me/Data/tables",
    ]
    again = model_config.edit(edited, date(2017, 1, 1), date(2017, 2, 1), "/home/me/Data", HERE)
    assert again == edited


def test_our_inventory_is_added_once_and_the_rest_stays() -> None:
    manifest = {"year": 2007, "files": {"BC.nc": {"kg_by_month": {"BC_power": []}}}}
    text = excerpts.hemco_config("nested")
    edited = hemco_config.add_inventory(text, manifest, "./TradeplumeMask.nc", "73/14/136/54")
    assert [line for line in changed(text, edited) if line != "+"] == [
        "+    --> TRADEPLUME             :       true     # written by tradeplume",
        "+(((TRADEPLUME",
        "+0 TP_BCPI_POW ./TradeplumeEmissions/BC.nc BC_power 2007/1-12/1/0 C xy kg/m2/s BCPI 70/1901 1 50",
        "+0 TP_BCPO_POW - - - - - - BCPO 71/1901 1 50",
        "+)))TRADEPLUME",
        "+1901 TRADEPLUME_MASK ./TradeplumeMask.nc MASK 2000/1/1/0 C xy 1 1 73/14/136/54",
    ]


def test_dust_of_ours_switches_the_defaults_off() -> None:
    manifest = {"year": 2007, "files": {"DST1.nc": {"kg_by_month": {"DST1_industry": []}}}}
    text = excerpts.hemco_config("boundary")
    edited = hemco_config.add_inventory(text, manifest, "./m.nc", "73/14/136/54")
    assert "-    --> AFCID                  :       true     # 2015" in changed(text, edited)
    assert "    --> AFCID                  :       false     # 2015" in edited.splitlines()


def test_numbers_in_use_are_left_alone() -> None:
    text = excerpts.hemco_config("nested").replace("1009 CHINA", "1901 CHINA")
    assert hemco_config.free_number(text) == 1902


def test_boundary_path_restart_date_and_cropped_weather() -> None:
    text = excerpts.hemco_config("nested")
    edited = hemco_config.set_boundary_path(text)
    path = "./TradeplumeBoundary/GEOSChem.BoundaryConditions.$YYYY$MM$DD_$HH$MNz.nc4"
    assert f"* BC_  {path} SpeciesBC_?ADV?" in edited
    other = hemco_config.allow_other_restart_date(text)
    assert [line.split()[4] for line in changed(text, other) if line.startswith("+")] == [
        "CYS"
    ] or ("$YYYY/$MM/$DD/$HH CYS  xyz" in other)
    cropped = hemco_config.crop_meteorology("METDIR: /d/GEOS_0.25x0.3125/GEOS_FP\nA1.$RES.$NC")
    assert cropped == "METDIR: /d/GEOS_0.25x0.3125_AS/GEOS_FP\nA1.$RES.AS.$NC"
    assert hemco_config.crop_meteorology(cropped) == cropped


@pytest.mark.parametrize(
    ("prefix", "version"), [("SpeciesConc_", "14.0"), ("SpeciesConcVV_", "14.1 and newer")]
)
def test_collections_of_a_nested_month(prefix: str, version: str) -> None:
    edited = history.for_nested(excerpts.history(prefix), is_spinup=False)
    on = [name for name, is_on in history.collections(edited).items() if is_on]
    assert on == ["Restart", "SpeciesConc", "AerosolMass", "StateMet"], version
    assert f"'{prefix}SO4'," in edited
    assert "SpeciesConc.frequency:      00000100 000000" in edited
    assert "SpeciesConc.mode:           'time-averaged'" in edited
    assert "Restart.frequency:          'End'" in edited
    spinup = history.for_nested(excerpts.history(prefix), is_spinup=True)
    assert [name for name, is_on in history.collections(spinup).items() if is_on] == ["Restart"]


def test_collections_of_a_global_segment() -> None:
    writes = history.for_boundary(excerpts.history(), writes=True)
    assert "BoundaryConditions.frequency:  00000000 030000" in writes
    assert "BoundaryConditions.duration:   00000001 000000" in writes
    assert "TradeplumeBoundary/GEOSChem.BoundaryConditions.%y4%m2%d2_%h2%n2z.nc4'," in writes
    on = [name for name, is_on in history.collections(writes).items() if is_on]
    assert on == ["Restart", "BoundaryConditions"]
    silent = history.for_boundary(excerpts.history(), writes=False)
    assert [name for name, is_on in history.collections(silent).items() if is_on] == ["Restart"]


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (lambda: hemco_config.set_switch("", "GC_BCs", "true"), "switch --> GC_BCs"),
        (lambda: hemco_config.set_boundary_path(""), "boundary conditions"),
        (lambda: hemco_config.allow_other_restart_date(""), "restart file"),
        (lambda: hemco_config.setting("", "ROOT"), "setting ROOT"),
        (lambda: hemco_config.scale_factors(""), "section SCALE FACTORS"),
        (
            lambda: hemco_config.inventory_lines(
                {"year": 1, "files": {"BC.nc": {"kg_by_month": {"BC_power": []}}}}, {}, 1
            ),
            "no scale factor BC2BCPI",
        ),
        (lambda: history.set_collections("", ["Restart"]), "list COLLECTIONS"),
        (lambda: history.set_collections(excerpts.history(), ["Nothing"]), "collection Nothing"),
        (lambda: history.set_fields("", "StateMet", []), "fields of StateMet"),
        (lambda: history.set_attribute("", "StateMet", "mode", "x"), "definition of StateMet"),
        (lambda: history.concentration_prefix(""), "SpeciesConc with all species"),
        (lambda: model_config.read("a: [", HERE), "lacks what a run needs"),
    ],
)
def test_what_a_file_lacks_is_named(edit: object, says: str) -> None:
    assert callable(edit)
    with pytest.raises(InputError, match=says):
        edit()


@pytest.fixture
def model(installation: Path) -> Model:
    kinds = ("boundary", "nested")
    given = {kind: installation / "rundirs" / kind for kind in kinds}
    return open_model(installation, installation / "templates", given=given)


@pytest.fixture
def made(campaign: Campaign, model: Model) -> Campaign:
    """Run directories of all segments."""
    for segment in SEGMENTS:
        make_run_directory(segment, segment.scenario, campaign, model, RunOptions(Path("/d/Ext")))
    return campaign


def test_links_chain_restarts_and_boundaries_within_a_scenario(made: Campaign) -> None:
    """The same graph as the schedule's, read from the folders."""
    for segment in SEGMENTS:
        links = links_of(made.segment_folder(segment.key))
        restart = next(path for name, path in links.items() if name.startswith("Restarts/"))
        if segment.restart_from is None:
            assert restart.name == "GEOSChem.Restart.20190701_0000z.nc4"
        else:
            assert restart == (
                made.segment_folder(segment.restart_from)
                / f"Restarts/GEOSChem.Restart.{segment.start:%Y%m%d}_0000z.nc4"
            )
        assert links["TradeplumeBoundary"] == made.boundary_output(segment.scenario)
        assert links["TradeplumeEmissions"] == made.emission_folder(segment.scenario)
        assert links["TradeplumeMask.nc"].name == f"mask_{segment.kind}.nc"


def test_a_half_made_run_directory_is_not_run(made: Campaign) -> None:
    folder = made.segment_folder(SEGMENTS[0].key)
    (folder / "HISTORY.rc").unlink()
    assert lacking(folder) == ["HISTORY.rc"]
    with pytest.raises(SegmentFailed, match=r"half made: it lacks HISTORY\.rc"):
        run_segment(folder)


def test_a_segment_without_its_inputs_does_not_start(made: Campaign) -> None:
    second = made.segment_folder(SEGMENTS[1].key)
    with pytest.raises(SegmentFailed, match="has no restart file"):
        run_segment(second)
    nested = next(segment for segment in SEGMENTS if segment.kind == "nested")
    record = read_record(made.segment_folder(nested.key))
    start = Path(links_of(record.folder)[f"Restarts/{record.restart_in.name}"])
    start.write_bytes(b"made up")
    with pytest.raises(SegmentFailed, match="lacks 11 boundary files"):
        run_segment(record.folder)


def test_a_first_restart_that_is_not_there_is_named(campaign: Campaign, model: Model) -> None:
    options = RunOptions(Path("/d"), first_restart=Path("/nowhere/GEOSChem.Restart.nc4"))
    with pytest.raises(InputError, match="first restart file"):
        make_run_directory(SEGMENTS[0], "Base", campaign, model, options)


def test_emissions_without_a_manifest_are_named(tmp_path: Path, model: Model) -> None:
    with pytest.raises(InputError, match="without a manifest"):
        make_run_directory(SEGMENTS[0], "Base", Campaign(tmp_path), model, RunOptions(Path("/d")))


INSTALLATIONS = {
    "no program": (lambda root: (root / "build/bin/gcclassic").unlink(), "no program gcclassic"),
    "not executable": (
        lambda root: (root / "build/bin/gcclassic").chmod(0o644),
        "no program gcclassic",
    ),
    "another version": (
        lambda root: (root / "CMakeLists.txt").write_text("project (gc\n  VERSION 13.4.1)"),
        r"is GEOS-Chem 13\.4\.1; supported: 14\.0",
    ),
    "no version": (lambda root: (root / "CMakeLists.txt").unlink(), "version .* is unknown"),
    "half made": (
        lambda root: (root / "rundirs/nested/HISTORY.rc").unlink(),
        "half made: it lacks HISTORY",
    ),
    "another simulation": (
        lambda root: _edit(root / "rundirs/nested", "name: fullchem", "name: CH4"),
        "cannot serve as the nested one",
    ),
    "another domain": (
        lambda root: _edit(root / "rundirs/nested", "[ 70.0, 140.0]", "[-140.0, -40.0]"),
        "another domain",
    ),
    "another weather": (
        lambda root: _edit(root / "rundirs/boundary", "MERRA2", "GEOSFP"),
        "cannot serve as the boundary one",
    ),
    "72 levels": (
        lambda root: _edit(root / "rundirs/nested", "levels: 47", "levels: 72"),
        "cannot serve as the nested one",
    ),
    "damaged": (
        lambda root: (root / "rundirs/nested/geoschem_config.yml").write_text("simulation: ["),
        "lacks what a run needs",
    ),
}


def _edit(folder: Path, before: str, after: str) -> None:
    path = folder / "geoschem_config.yml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@pytest.mark.parametrize("name", INSTALLATIONS)
def test_an_installation_that_cannot_serve_is_named(tmp_path: Path, name: str) -> None:
    damage, says = INSTALLATIONS[name]
    root = tmp_path / "GCClassic"
    write_installation(root)
    damage(root)
    given = {kind: root / "rundirs" / kind for kind in ("boundary", "nested")}
    with pytest.raises((ModelMissing, InputError), match=says) as failure:
        open_model(root, tmp_path / "templates", given=given)
    assert failure.value.remedy


def test_versions() -> None:
    assert demand_supported("14.9.9", Path()) == "14.9.9"
    for version in ("13.4.1", "15.0.0", "12.0.0"):
        with pytest.raises(ModelMissing):
            demand_supported(version, Path())


def test_the_script_of_the_model_is_called_by_labels(tmp_path: Path) -> None:
    """A made-up createRunDir.sh with other numbers than any version has."""
    root, home = tmp_path / "GCClassic", tmp_path / "me"
    write_installation(root)
    (root / "run").mkdir()
    wanted = root / "rundirs" / "nested"
    (root / "run" / "createRunDir.sh").write_text(
        f"""printf "   4. Full chemistry\\n"; read a
printf "  7. Standard\\n"; read b
printf "  2. MERRA-2 (Recommended)\\n"
printf "  5. GEOS-FP \\n"; read c
read fp_accept
printf "  9. 0.25 x 0.3125\\n"; read d
printf "  3. Asia\\n"; read e
printf "  6. 47 (reduced)\\n"; read f
read path; read name; read git
[ "$a$b$c$fp_accept$d$e$f$git" = "475y936n" ] || {{ echo "wrong answers $a$b$c$d$e$f"; exit 1; }}
cp -r {wanted} $path/$name
"""
    )
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    with pytest.raises(ModelMissing, match="registration"):
        make_template(root, "nested", tmp_path / "templates", environment)
    (home / ".geoschem").mkdir(parents=True)
    (home / ".geoschem" / "config").write_text(
        "export GC_DATA_ROOT=/d\nexport GC_USER_REGISTERED=true\n"
    )
    folder = make_template(root, "nested", tmp_path / "templates", environment)
    check_template(folder, "nested")
    with pytest.raises(ModelMissing, match="does not offer"):
        make_template(root, "boundary", tmp_path / "templates", environment)
    with pytest.raises(ModelMissing, match=r"no createRunDir\.sh"):
        make_template(tmp_path, "nested", tmp_path / "templates", environment)


def test_executables_are_found_where_builds_put_them(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "gcclassic"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_executable(tmp_path) == program.resolve()


DRY = "\n".join(
    [
        "===> GEOS-Chem version         : 14.0.1",
        "!!! GEOS-CHEM IS IN DRY-RUN MODE!",
        "HEMCO: REQUIRED FILE NOT FOUND /d/ExtData/HEMCO/A.nc",
        "HEMCO (PARANOX): REQUIRED FILE NOT FOUND /d/ExtData/HEMCO/B.nc",
        "HEMCO: REQUIRED FILE NOT FOUND /d/ExtData/HEMCO/A.nc",
        "HEMCO: REQUIRED FILE NOT FOUND ./Restarts/GEOSChem.Restart.20170101_0000z.nc4",
        "HEMCO: REQUIRED FILE NOT FOUND ./TradeplumeBoundary/GEOSChem.BoundaryConditions.1.nc4",
        "HEMCO: OPTIONAL FILE NOT FOUND ./HEMCO_restart.201701010000.nc",
        "!!! GEOS-CHEM IS IN DRY-RUN MODE!",
    ]
)


def test_the_log_of_a_dry_run(tmp_path: Path) -> None:
    found = read_log(DRY, "Base/x")
    assert found.version == "14.0.1"
    assert found.missing == ("/d/ExtData/HEMCO/A.nc", "/d/ExtData/HEMCO/B.nc")
    assert len(found.to_come) == 2
    assert found.optional == ("./HEMCO_restart.201701010000.nc",)
    listed = write_download_list([found, found], Path("/d/ExtData"), tmp_path / "list.txt")
    assert listed == ["HEMCO/A.nc", "HEMCO/B.nc"]
    assert (tmp_path / "list.txt").read_text() == "HEMCO/A.nc\nHEMCO/B.nc\n"
    ours = read_log(DRY + "\nREQUIRED FILE NOT FOUND ./TradeplumeEmissions/NO.nc", "Base/x")
    assert ours.ours_missing == ("./TradeplumeEmissions/NO.nc",)


@pytest.mark.parametrize(
    ("log", "says"),
    [
        (DRY + "\nGEOS-Chem ERROR: met field", "ERROR: met field"),
        (DRY.replace("DRY-RUN", "WET-RUN", 1), "refuses"),
        ("Segmentation fault", "Segmentation fault"),
        ("", "refuses the run directory"),
    ],
)
def test_a_dry_run_that_failed_is_told(log: str, says: str) -> None:
    with pytest.raises(DryRunRefused, match=says):
        read_log(log, "Base/x")


def test_progress_and_last_words_of_a_log() -> None:
    log = "\n".join(
        [
            "---> DATE: 2017/01/01  UTC: 00:00  X-HRS:      0.000000",
            "---> DATE: 2017/01/03  UTC: 23:50  X-HRS:     71.833333",
            "     - something ordinary",
            "HEMCO ERROR: Cannot find field NO_power",
            "ERROR LOCATION: HCO_RUN",
        ]
    )
    assert last_date(log) == "2017-01-03 23:50"
    assert last_words(log) == [
        "HEMCO ERROR: Cannot find field NO_power",
        "ERROR LOCATION: HCO_RUN",
    ]
    assert last_words("only\nthis\n=====") == ["only", "this"]


def test_growth_is_taken_from_the_log(tmp_path: Path) -> None:
    log = tmp_path / "GC.log"
    text = " 1.10 for SO4, NIT, and NH4\n 1.16 for OCPI and SOA\n 1.86 for SALA\n"
    log.write_text("Growth factors at 35% RH:\n" + text)
    assert read_growth(log).organic == 1.16
    assert read_growth(tmp_path / "none.log").inorganic == 1.10


def test_scenarios_as_folder_names() -> None:
    assert slug("I_EXREGION:Western Europe") == "I_EXREGION_Western_Europe"
