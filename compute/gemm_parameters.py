"""Parameters of the Global Exposure Mortality Model, cohorts of China included.

Burnett, R. et al. (2018): Global estimates of mortality associated with long-term exposure to outdoor fine
particulate matter. PNAS 115, 9592-9597. doi:10.1073/pnas.1803222115, SI Appendix. Three independent copies of the
table agree (CREA's creahia, evanliu3594/PM2.5-attr-mort, aqli-epic/epi.methods.paper).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ADULTS = "25+"
ADULT_AGE_GROUPS = (
    "25-29",
    "30-34",
    "35-39",
    "40-44",
    "45-49",
    "50-54",
    "55-59",
    "60-64",
    "65-69",
    "70-74",
    "75-79",
    "80+",
)

# fmt: off - one cause a paragraph: ages 25+ together, then 25-29 to 80+
THETA: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "NCD+LRI": (
            0.143,
            0.1585,
            0.1577,
            0.157,
            0.1558,
            0.1532,
            0.1499,
            0.1462,
            0.1421,
            0.1374,
            0.1319,
            0.1253,
            0.1141,
        ),
        "IHD": (
            0.2969,
            0.507,
            0.4762,
            0.4455,
            0.4148,
            0.3841,
            0.3533,
            0.3226,
            0.2919,
            0.2612,
            0.2304,
            0.1997,
            0.1536,
        ),
        "stroke": (
            0.272,
            0.4513,
            0.424,
            0.3966,
            0.3693,
            0.3419,
            0.3146,
            0.2872,
            0.2598,
            0.2325,
            0.2051,
            0.1778,
            0.1368,
        ),
        "COPD": (0.251,) * 13,
        "LC": (0.2942,) * 13,
        "LRI": (0.4468,) * 13,
    }
)
"""Cause to theta of ages 25+ together, then of each group of ADULT_AGE_GROUPS. Dimensionless."""
STANDARD_ERROR: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "NCD+LRI": (
            0.01807,
            0.01477,
            0.0147,
            0.01463,
            0.0145,
            0.01425,
            0.01394,
            0.01361,
            0.01325,
            0.01284,
            0.01234,
            0.01174,
            0.01071,
        ),
        "IHD": (
            0.01787,
            0.02458,
            0.02309,
            0.0216,
            0.02011,
            0.01862,
            0.01713,
            0.01564,
            0.01415,
            0.01266,
            0.01117,
            0.00968,
            0.00745,
        ),
        "stroke": (
            0.07697,
            0.11919,
            0.11197,
            0.10475,
            0.09752,
            0.0903,
            0.08307,
            0.07585,
            0.06863,
            0.0619,
            0.05418,
            0.04695,
            0.03611,
        ),
        "COPD": (0.06762,) * 13,
        "LC": (0.06147,) * 13,
        "LRI": (0.11735,) * 13,
    }
)
"""Standard error of theta, in the same order."""
SHAPE: Mapping[str, tuple[float, float, float]] = MappingProxyType(
    {
        "NCD+LRI": (1.6, 15.5, 36.8),
        "IHD": (1.9, 12.0, 40.2),
        "stroke": (6.2, 16.7, 23.7),
        "COPD": (6.5, 2.5, 32.0),
        "LC": (6.2, 9.3, 29.8),
        "LRI": (6.4, 5.7, 8.4),
    }
)
"""Cause to alpha, mu and nu, ug/m3."""
# fmt: on
