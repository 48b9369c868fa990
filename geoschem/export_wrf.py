"""The namelist for WRF-Chem's preprocessor anthro_emis (NCAR), which puts files of ours on a WRF grid.

anthro_emis reads one file a species with dimensions time, lat, lon and a variable a category. It turns kg/m2/s to
mol/km2/h for gases, by the weight in brackets, and to ug/m2/s for aerosols, marked (a).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WRF_NAMES = {
    "NO": "NO",
    "SO2": "SO2",
    "CO": "CO",
    "NH3": "NH3",
    "BC": "BC",
    "OC": "OC",
    "DST1": "PM25",
}
"""Our variables as files of that program are named."""
MOLAR_MASS_G_MOL = {"NO": 30, "SO2": 64, "CO": 28, "NH3": 17}
FINE_SHARE = 0.2
"""Part of aerosol mass in the Aitken mode (i); the rest is in accumulation mode (j): the usual split for MADE."""
_AEROSOLS = {"BC": "EC", "OC": "ORG", "PM25": "PM25"}


def namelist(written: Mapping[str, Sequence[str]], year: int) -> str:
    """The namelist for the files written. written: categories by species of WRF_NAMES; year: of the files."""
    names = [
        f"'{name}({MOLAR_MASS_G_MOL[name]})'" if name in MOLAR_MASS_G_MOL else f"'{name}'"
        for name in written
    ]
    categories = list(dict.fromkeys(group for groups in written.values() for group in groups))
    maps = []
    for name, groups in written.items():
        parts = "+".join(f"{name}({group})" for group in groups)
        if aerosol := _AEROSOLS.get(name):
            for mode, share in (("I", FINE_SHARE), ("J", 1 - FINE_SHARE)):
                scaled = "+".join(f"{share:g}*{name}({group})" for group in groups)
                maps.append(f"'{aerosol}{mode}(a)->{scaled}'")
        else:
            maps.append(f"'{name}->{parts}'")
    lines = [
        "&CONTROL",
        " anthro_dir = '.'",
        " wrf_dir = '.'",
        " domains = 1",
        " src_file_prefix = 'tradeplume_'",
        f" src_file_suffix = '_{year}.nc'",
        f" src_names = {', '.join(names)}",
        f" sub_categories = {', '.join(repr(each) for each in categories)}",
        " serial_output = .false.",
        f" start_output_time = '{year}-01-01_00:00:00'",
        f" stop_output_time = '{year}-12-31_23:00:00'",
        " emissions_zdim_stag = 1",
        f" emis_map = {(',' + chr(10) + '            ').join(maps)}",
        "/",
    ]
    return "\n".join(lines) + "\n"
