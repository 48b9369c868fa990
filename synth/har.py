"""GTAP's base data file with the headers of model version 7, in single precision as the genuine one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synth.codes import MARGINS, YEAR
from synth.economy import Economy
from synth.world import EXPORT_TAX, TARIFF, World
from warehouse.synthetic import MARK

Array = NDArray[np.float64]
ENDOWMENTS = (
    "Land",
    "tech_aspros",
    "clerks",
    "service_shop",
    "off_mgr_pros",
    "ag_othlowsk",
    "Capital",
    "NatlRes",
)
_FACTOR_SHARES = np.array([0.03, 0.10, 0.07, 0.08, 0.06, 0.26, 0.36, 0.04])
_USE_TAX, _OUTPUT_TAX, _FACTOR_TAX = 0.01, 0.02, 0.08
_SETS = {"C": "COMM", "A": "ACTS", "E": "ENDW", "M": "MARG", "R": "REG"}


def single(world: World) -> World:
    """The world as a file in single precision tells it: the truth is made of these figures."""
    return World(*(_rounded(array) for array in vars(world).values()))


def _rounded(array: Array) -> Array:
    return array.astype(np.float32).astype(np.float64)


@dataclass(frozen=True)
class Base:
    """What a base data file holds.

    texts: header to lines.  labels: set to labels.  headers: header to its sets' letters, array and title.
    """

    texts: Mapping[str, Sequence[str]]
    labels: Mapping[str, Sequence[str]]
    headers: Mapping[str, tuple[str, Array, str]]


def base_of(economy: Economy) -> Base:
    """The base data of the economy."""
    sectors = economy.place.codes.sectors
    return Base(
        texts={
            "XXCR": [f"{MARK} (tradeplume synth)"],
            "DREL": [f"R11A_{YEAR}_{MARK}"],
        },
        labels={
            "COMM": sectors,
            "ACTS": sectors,
            "ENDW": ENDOWMENTS,
            "MARG": MARGINS,
            "REG": economy.place.regions,
        },
        headers=_headers(economy.world, sectors),
    )


def write(base: Base, path: Path) -> None:
    """Write a base data file."""
    from harpy.har_file import HarFileObj
    from harpy.header_array import HeaderArrayObj

    book = HarFileObj()
    made = HeaderArrayObj.HeaderArrayFromData
    for name, lines in base.texts.items():
        book.addHeaderArrayObj(made(name, np.array([line.ljust(70) for line in lines])))
    for name, (axes, array, title) in base.headers.items():
        sets = [
            {
                "name": _SETS[axis],
                "status": "k",
                "dim_type": "Set",
                "dim_desc": [label.ljust(12) for label in base.labels[_SETS[axis]]],
            }
            for axis in axes
        ]
        single_precision = array.astype(np.float32)
        book.addHeaderArrayObj(
            made(name, single_precision, coeff_name=name, long_name=title, sets=sets)
        )
    book.writeToDisk(str(path))


def _headers(world: World, sectors: Sequence[str]) -> dict[str, tuple[str, Array, str]]:
    """Header to axes, array and title."""
    fob = world.trade * (1.0 + EXPORT_TAX)
    cif = fob + world.margins.sum(0)
    landed = cif * (1.0 + TARIFF)
    sold = world.firms_home.sum(1) + world.demand_home.sum(1) + world.trade.sum(2)
    sold[[sectors.index(name) for name in MARGINS]] += world.supply
    made = np.zeros((len(sectors), len(sectors), sold.shape[1]))
    diagonal = np.arange(len(sectors))
    made[diagonal, diagonal] = sold
    before_tax = made / (1.0 + _OUTPUT_TAX)
    firms_paid = (1.0 + _USE_TAX) * (world.firms_home + world.firms_import)
    factors_paid = _FACTOR_SHARES[:, None, None] * (before_tax.sum(0) - firms_paid.sum(0))[None]
    household, government, investment = 0, 1, 2
    none = np.zeros_like(world.trade)
    return {
        "VDFB": ("CAR", world.firms_home, "domestic purchases, by firms, at basic prices"),
        "VDFP": (
            "CAR",
            (1.0 + _USE_TAX) * world.firms_home,
            "domestic purchases, by firms, at purchasers prices",
        ),
        "VMFB": ("CAR", world.firms_import, "imported purchases, by firms, at basic prices"),
        "VMFP": (
            "CAR",
            (1.0 + _USE_TAX) * world.firms_import,
            "imported purchases, by firms, at purchasers prices",
        ),
        "VDPB": (
            "CR",
            world.demand_home[:, household],
            "domestic purchases, by households, at basic prices",
        ),
        "VMPB": (
            "CR",
            world.demand_import[:, household],
            "import purchases, by households, at basic prices",
        ),
        "VDGB": (
            "CR",
            world.demand_home[:, government],
            "domestic purchases, by government, at basic prices",
        ),
        "VMGB": (
            "CR",
            world.demand_import[:, government],
            "import purchases, by government, at basic prices",
        ),
        "VDIB": (
            "CR",
            world.demand_home[:, investment],
            "domestic purchases, by investment, at basic prices",
        ),
        "VMIB": (
            "CR",
            world.demand_import[:, investment],
            "import purchases, by investment, at basic prices",
        ),
        "EVFP": ("EAR", factors_paid, "primary factor purchases, at purchasers prices"),
        "EVFB": (
            "EAR",
            factors_paid / (1.0 + _FACTOR_TAX),
            "primary factor purchases, by firms, at basic prices",
        ),
        "VXSB": ("CRR", world.trade, "non-margin exports, at basic prices"),
        "XTRV": ("CRR", EXPORT_TAX * world.trade, "ordinary export tax"),
        "MFRV": ("CRR", none, "export tax equivalent of MFA quota premia"),
        "VRRV": ("CRR", none, "export tax equivalent of voluntary export restraints"),
        "VFOB": ("CRR", fob, "non-margin exports, at FOB prices"),
        "VTWR": ("MCRR", world.margins, "margins by margin commodity"),
        "VCIF": ("CRR", cif, "imports, at CIF prices"),
        "TFRV": ("CRR", TARIFF * cif, "ordinary import duty"),
        "ADRV": ("CRR", none, "anti-dumping duty"),
        "VMSB": ("CRR", landed, "imports, at basic prices"),
        "VST": ("MR", world.supply, "margin exports"),
        "MAKS": ("CAR", before_tax, "MAKE matrix (before output tax/subsidy)"),
        "MAKB": ("CAR", made, "MAKE matrix at basic prices"),
        "VOSB": ("CR", sold, "sales of domestic output supply, at basic prices"),
    }
