"""Small run directories in the layout of GEOS-Chem's, written by us for the tests: a few lines of each file."""

from __future__ import annotations

from pathlib import Path

VERSION = "14.0.1"
STAMP = "$YYYY$MM$DD_$HH$MNz.nc4"
SPECIES = ("BCPI", "BCPO", "CO", "DST1", "NH3", "NH4", "NIT", "OCPI", "OCPO", "SO2", "SO4")
GRIDS = {
    "boundary": (
        "MERRA2",
        "2.0x2.5",
        "[-180.0, 180.0]",
        "[-90.0, 90.0]",
        "false",
        "GEOS_2x2.5/MERRA2",
    ),
    "nested": (
        "GEOSFP",
        "0.25x0.3125",
        "[ 70.0, 140.0]",
        "[ 15.0,  55.0]",
        "true ",
        "GEOS_0.25x0.3125/GEOS_FP",
    ),
}


def model_config(kind: str, root: str = "/data/ExtData") -> str:
    met, resolution, longitude, latitude, nested, _ = GRIDS[kind]
    species = "\n".join(f"      - {name}" for name in SPECIES)
    return f"""---
### Ours, in the layout of geoschem_config.yml
simulation:
  name: fullchem
  start_date: [20190701, 000000]
  end_date: [20190801, 000000]
  root_data_dir: {root}
  met_field: {met}
  species_database_file: ./species_database.yml

# a comment that must stay
grid:
  resolution: {resolution}
  number_of_levels: 47
  longitude:
    range: {longitude}
  latitude:
    range: {latitude}
  nested_grid_simulation:
    activate: {nested}
    buffer_zone_NSEW: [3, 3, 3, 3]

operations:
  photolysis:
    input_dir: {root}/CHEM_INPUTS/FAST_JX/
  transport:
    transported_species:
{species}
      - 'NO'

extra_diagnostics:
  obspack:
    activate: false
   legacy:  # wrongly indented, as in 14.0: the file as a whole is not YAML
      tables: {root}/tables
    gamap: ./diaginfo.dat
"""


def hemco_config(kind: str, root: str = "/data/ExtData") -> str:
    met = GRIDS[kind][-1]
    return f"""### BEGIN SECTION SETTINGS
ROOT:                        {root}/HEMCO
METDIR:                      {root}/{met}
Logfile:                     *
### END SECTION SETTINGS ###
### BEGIN SECTION EXTENSION SWITCHES
# ExtNr ExtName                on/off  Species  Years avail.
0       Base                   : on    *
    --> EMISSIONS              :       true
    --> GC_BCs                 :       {"true " if kind == "nested" else "false"}
    --> CEDSv2                 :       true     # 1750-2019
    --> AFCID                  :       true     # 2015
### END SECTION EXTENSION SWITCHES ###
### BEGIN SECTION BASE EMISSIONS
(((EMISSIONS
(((CEDSv2
0 CEDS_SO2_ENE $ROOT/CEDS/SO2_$YYYY.nc SO2_ene 1750-2019/1-12/1/0 C xy kg/m2/s SO2 - 1 5
)))CEDSv2
)))EMISSIONS
(((GC_RESTART
* SPC_    ./Restarts/GEOSChem.Restart.{STAMP} SpeciesRst_?ALL?    $YYYY/$MM/$DD/$HH EFYO xyz 1 * - 1 1
)))GC_RESTART
(((GC_BCs
* BC_  $ROOT/SAMPLE_BCs/GEOSChem.BC.{STAMP} SpeciesBC_?ADV?  1980-2021/1-12/1-31/* EFY xyz 1 * - 1 1
)))GC_BCs
### END SECTION BASE EMISSIONS ###
### BEGIN SECTION SCALE FACTORS
63 SO2toSO4       0.031  - - - xy unitless 1
70 BC2BCPI  0.2  - - - xy unitless 1
71 BC2BCPO  0.8  - - - xy unitless 1
72 OC2OCPI  0.5  - - - xy unitless 1
73 OC2OCPO  0.5  - - - xy unitless 1
61 CtoISOP MATH:68.13/(5.0*12.0)   - - - xy unitless 1
280 COtoSOAP_anth 0.069 - - - xy 1 1
### END SECTION SCALE FACTORS ###
### BEGIN SECTION MASKS
1009 CHINA_MASK  $ROOT/MASKS/China_mask.nc MASK 2000/1/1/0 C xy 1 1  70/10/150/60
### END SECTION MASKS ###
"""


def history(prefix: str = "SpeciesConc_") -> str:
    return f"""# Ours, in the layout of HISTORY.rc
EXPID:  ./OutputDir/GEOSChem
COLLECTIONS: 'Restart',
             'Metrics',
             'SpeciesConc',
             #'AerosolMass',
             ##'Budget',
             #'StateMet',
             ##'BoundaryConditions',
::
  Restart.filename:           './Restarts/GEOSChem.Restart.%y4%m2%d2_%h2%n2z.nc4',
  Restart.frequency:          00000100 000000
  Restart.duration:           00000100 000000
  Restart.mode:               'instantaneous'
  Restart.fields:             'SpeciesRst_?ALL?               ',
::
  Metrics.frequency:          'End',
  Metrics.mode:               'time-averaged'
  Metrics.fields:             'AirMassColumnFull             ',
::
  SpeciesConc.template:       '%y4%m2%d2_%h2%n2z.nc4',
  SpeciesConc.frequency:      00000001 000000
  SpeciesConc.duration:       00000001 000000
  SpeciesConc.mode:           'instantaneous'
  SpeciesConc.fields:         '{prefix}?ALL?             ',
::
  AerosolMass.frequency:      00000100 000000
  AerosolMass.duration:       00000100 000000
  AerosolMass.mode:           'time-averaged'
  AerosolMass.fields:         'AerMassBC                    ',
                              'PM25                         ',
::
  Budget.mode:                'time-averaged'
  Budget.fields:              'BudgetMixing                  ',
::
  StateMet.frequency:         00000100 000000
  StateMet.duration:          00000100 000000
  StateMet.mode:              'time-averaged'
  StateMet.fields:            'Met_AD                        ',
                              'Met_AIRDEN                    ',
::
  BoundaryConditions.frequency:  00000100 000000
  BoundaryConditions.duration:   00000100 000000
  BoundaryConditions.mode:       'instantaneous'
  BoundaryConditions.fields:     'SpeciesBC_?ADV?             ',
::
"""


def write_run_directory(
    folder: Path, kind: str, source: Path, prefix: str = "SpeciesConc_"
) -> None:
    folder.mkdir(parents=True)
    (folder / "geoschem_config.yml").write_text(model_config(kind))
    (folder / "HEMCO_Config.rc").write_text(hemco_config(kind))
    (folder / "HEMCO_Diagn.rc").write_text("# ours\n")
    (folder / "HISTORY.rc").write_text(history(prefix))
    (folder / "species_database.yml").write_text("# ours\nSO4:\n  MW_g: 96.06\n")
    (folder / "HEMCO_Config.rc.gmao_metfields").write_text(
        "METDIR: /data/ExtData/GEOS_0.25x0.3125/GEOS_FP\n"
        "* ALBEDO $METDIR/$YYYY/$MM/$MET.$YYYY$MM$DD.A1.$RES.$NC ALBEDO */1-12/1-31/* EFY xy 1 * - 1 1\n"
    )
    (folder / "Restarts").mkdir()
    (folder / "OutputDir").mkdir()
    (folder / "CodeDir").symlink_to(source)
