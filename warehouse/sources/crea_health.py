"""CREA's tables for health impacts (package creahia): death rates of countries, and curves of relative risk.

`epi_rate_wide_<release>_countries.csv`: deaths per 100,000 of all ages by cause, rows central, low and high; those
of China alone.  `rr_<release>.csv`: relative risk by cause, exposure and age (MR-BRT).  Both may be gzipped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from warehouse.errors import InputError
from warehouse.health_contracts import NATION
from warehouse.sources.base import Publication, Reader, number, role_frame, single_file
from warehouse.sources.health_text import heading_of, only, table_rows

CAUSE_OF_CODE = {
    "NCD.LRI": "NCD+LRI",
    "IHD": "IHD",
    "Stroke": "stroke",
    "COPD": "COPD",
    "LC": "LC",
    "LRI": "LRI",
}
ESTIMATES = ("central", "low", "high")
ADULTS, ALL_AGES = "25+", "all"
_RELEASE = re.compile(r"gbd(20\d\d)")

PUBLICATION = Publication(
    producer="Centre for Research on Energy and Clean Air (CREA), from IHME's Global Burden of Disease",
    title="creahia: national death rates by cause, and relative risks of PM2.5",
    citation=(
        "CREA: creahia, https://github.com/energyandcleanair/creahia; Global Burden of Disease Collaborative "
        "Network: Global Burden of Disease Study Results. Institute for Health Metrics and Evaluation (IHME)"
    ),
    licence="IHME Free-of-Charge Non-commercial User Agreement",
    terms_of_use="Non-commercial use alone, with the citation of IHME.",
)


def read_rates(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Rates of all ages in China, with their interval; the year is that of the release in the file's name.

    Raises InputError for another heading, a name without release, a table without China or one of its estimates,
    or a cell that is not a number.
    """
    path = single_file(paths, RATES.name)
    year = int(_release(path)[1])
    codes = [f"{code}_Deaths" for code in CAUSE_OF_CODE]
    rows = table_rows(path, ["iso3", "estimate", *codes])
    only(rows, "iso3", NATION, path, "The table is of other countries: it has no China.")
    ours = {row["estimate"]: row for row in rows if row["iso3"] == NATION}
    for estimate in ESTIMATES:
        only(list(ours.values()), "estimate", estimate, path, "China lacks an estimate.")
    return role_frame(
        (
            (
                NATION,
                cause,
                ALL_AGES,
                year,
                *(
                    number(
                        ours[estimate][f"{code}_Deaths"],
                        file=path,
                        row=f"{NATION} {estimate}",
                        column=f"{code}_Deaths",
                        unit="per 100,000",
                    )
                    for estimate in ESTIMATES
                ),
            )
            for code, cause in CAUSE_OF_CODE.items()
        ),
        role,
    )


def read_curves(paths: Sequence[Path], role: str, _year: int) -> pl.DataFrame:
    """Curves of GEMM's causes as `mrbrt_<release>`, by age where the table has ages.

    Curves of adults together (`25+`) count for all ages, as CREA applies them; children are left out.
    Raises InputError for another heading, a name without release, no known cause, or a cell that is not a number.
    """
    path = single_file(paths, CURVES.name)
    curve = f"mrbrt_{_release(path)[1]}"
    rows = table_rows(path, ["cause", "exposure", "age", *ESTIMATES])
    found = []
    for place, row in enumerate(rows, start=1):
        cause = CAUSE_OF_CODE.get(row["cause"])
        if cause is None:
            continue
        level, *risks = (
            number(row[name], file=path, row=place, column=name, unit="1")
            for name in ("exposure", *ESTIMATES)
        )
        age = ALL_AGES if row["age"] == ADULTS else row["age"]
        found.append((curve, cause, age, level, *risks))
    if not found:
        raise InputError(
            "The table has none of the causes of GEMM.",
            file=path,
            column="cause",
            found=", ".join(sorted({row["cause"] for row in rows})[:8]),
            expected=", ".join(CAUSE_OF_CODE),
            remedy="Choose another table.",
        )
    return role_frame(found, role).unique(
        ("curve", "cause", "age_group", "pm25_ug_m3"), keep="first", maintain_order=True
    )


def _release(path: Path) -> re.Match[str]:
    found = _RELEASE.search(path.name)
    if found is None:
        raise InputError(
            "The file's name does not say the release.",
            file=path,
            found=path.name,
            expected="a name with gbd and its year, as epi_rate_wide_gbd2019_countries.csv or rr_gbd2021.csv",
            remedy="Give the file the publisher's name.",
        )
    return found


def recognises_rates(path: Path) -> bool:
    """A wide table of countries with deaths of NCD.LRI."""
    return {"iso3", "estimate", "NCD.LRI_Deaths"} <= set(heading_of(path))


def recognises_curves(path: Path) -> bool:
    """A table of relative risks by cause, exposure and age."""
    return {"cause", "exposure", "age", *ESTIMATES} <= set(heading_of(path))


RATES = Reader(
    name="crea_rates",
    roles=("baseline_mortality",),
    read=read_rates,
    recognises=recognises_rates,
    publication=PUBLICATION,
)
CURVES = Reader(
    name="crea_curves",
    roles=("relative_risk",),
    read=read_curves,
    recognises=recognises_curves,
    publication=PUBLICATION,
    conversions=lambda _: ("curves of ages 25+ together count for all ages, as CREA applies them",),
)
