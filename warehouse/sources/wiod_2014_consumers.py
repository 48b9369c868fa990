"""China's output of 2014 by the country whose final demand calls for it, derived from WIOD 2014.

Final use, domestic blocks, output, and the sums of imported and exported intermediate goods are WIOD's (2016
release, 44 countries x 56 industries; ``w14_parts.npz``). Which country's industry sells intermediate goods to
which is missing there. A RAS of WIOD's pattern of 2011 (2013 release, 41 regions x 35 sectors; ``wiod11.rda``)
to the sums of 2014 stands in.
With A the inputs per output and y the final demand of country c in category d:

    X = (I - A)^-1 y                                  output everywhere
    v_final = y of China's products, v_intermediate = A_CHN,abroad X_abroad      China's exports that serve it
    output of China = (I - A_CHN,CHN)^-1 v            by use of the exported product
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.errors import InputError
from warehouse.sources import wiod, wiod_2016_parts
from warehouse.sources.base import Publication, Reader, one_of_each
from warehouse.sources.wiod_2016_parts import INDUSTRIES

NAME = "wiod_2014_consumers"
HOME = "CHN"
PRIOR_YEAR = 2011
PRODUCT_USES = ("final", "intermediate")
CATEGORIES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"household": (0, 1), "government": (2,), "capital": (3, 4)}
)
"""Demand category to the columns of final use within a country."""
_TOLERANCE = 1e-6
_ROUNDS = 2000
# A sale that 2011 does not know may exist in 2014: this share of an average cell.
_TRACE = 1e-6
# Industries of the 2016 release to the sectors of the 2013 release whose sales they follow.
_SECTORS_OF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **dict.fromkeys(("A01", "A02", "A03"), ("c1",)),
        "B": ("c2",),
        "C10-C12": ("c3",),
        "C13-C15": ("c4", "c5"),
        "C16": ("c6",),
        **dict.fromkeys(("C17", "C18", "J58"), ("c7",)),
        "C19": ("c8",),
        **dict.fromkeys(("C20", "C21"), ("c9",)),
        "C22": ("c10",),
        "C23": ("c11",),
        **dict.fromkeys(("C24", "C25"), ("c12",)),
        **dict.fromkeys(("C28", "C33"), ("c13",)),
        **dict.fromkeys(("C26", "C27"), ("c14",)),
        **dict.fromkeys(("C29", "C30"), ("c15",)),
        "C31_C32": ("c16",),
        **dict.fromkeys(("D35", "E36"), ("c17",)),
        "F": ("c18",),
        "G45": ("c19", "c20"),
        "G46": ("c20",),
        "G47": ("c21",),
        "I": ("c22",),
        "H49": ("c23",),
        "H50": ("c24",),
        "H51": ("c25",),
        "H52": ("c26",),
        **dict.fromkeys(("H53", "J61"), ("c27",)),
        **dict.fromkeys(("K64", "K65", "K66"), ("c28",)),
        "L68": ("c29",),
        **dict.fromkeys(("J62_J63", "M69_M70", "M71", "M72", "M73", "M74_M75", "N"), ("c30",)),
        "O84": ("c31",),
        "P85": ("c32",),
        "Q": ("c33",),
        **dict.fromkeys(("E37-E39", "J59_J60", "R_S", "U"), ("c34",)),
        "T": ("c35",),
    }
)
# Countries that the 2013 release lists by another code, or within the rest of the world.
_OLDER_CODE: Mapping[str, str] = MappingProxyType(
    {"ROU": "ROM", "CHE": "ROW", "HRV": "ROW", "NOR": "ROW"}
)

PUBLICATION = Publication(
    producer=wiod_2016_parts.PUBLICATION.producer,
    title="China's output of 2014 by consuming country, derived from the World Input-Output Tables, 2016 release",
    citation=wiod_2016_parts.PUBLICATION.citation,
    licence=wiod_2016_parts.PUBLICATION.licence,
    terms_of_use=(
        "Cite Timmer et al. (2015, 2016). Derived: origins of intermediate goods follow WIOD 2011. Read from "
        "hhei_wiod_project (G. Vannice)."
    ),
)

Array = NDArray[np.float64]


def read(paths: Sequence[Path], _role: str, _year: int) -> pl.DataFrame:
    """China's output of 2014, million USD, by foreign consumer, producing industry, category and use.

    The edition's year does not matter. Raises InputError when a file is missing or damaged, when its labels are
    not those of the release, and when the origins cannot be met.
    """
    files = one_of_each(
        paths,
        {
            "w14_parts.npz": lambda name: name.endswith("w14_parts.npz"),
            "wiod11.rda": lambda name: name.endswith(f"wiod{PRIOR_YEAR % 100}.rda"),
        },
        "Consumers of 2014 are derived from two files.",
        "w14_parts.npz, wiod11.rda",
    )
    parts = wiod_2016_parts.whole_parts(files["w14_parts.npz"])
    countries = [str(name) for name in parts["cty"]]
    older = wiod.read([files["wiod11.rda"]], "global_table", PRIOR_YEAR)
    pattern = pattern_of(older, countries)
    sold = np.asarray(parts["intX"], dtype=np.float64)
    bought = np.asarray(parts["intM"], dtype=np.float64)
    flows = origins(pattern, sold, bought)
    for at in range(len(countries)):
        flows[at, :, at, :] = parts["Zd"][at]
    found = output_of(
        flows,
        np.asarray(parts["F"], dtype=np.float64),
        np.asarray(parts["GO"], dtype=np.float64),
        countries.index(HOME),
    )
    place = np.nonzero(np.abs(found) > 0)
    labels: tuple[Sequence[str], ...] = (countries, list(INDUSTRIES), [*CATEGORIES], PRODUCT_USES)
    names = ("consumer_country", "producer_sector", "demand_category", "product_use")
    columns = {
        name: np.asarray(axis)[at] for name, axis, at in zip(names, labels, place, strict=True)
    }
    return pl.DataFrame({**columns, "output_musd": found[place]})


def pattern_of(older: pl.DataFrame, countries: Sequence[str]) -> Array:
    """Sales of intermediate goods of the older table in the countries and industries of 2014, (C, S, C, S)."""
    regions = sorted(set(older["from_region"]))
    sectors = sorted(set(older["from_sector"]))
    cells = older.filter(pl.col("block") == "intermediate")
    at = [
        cells[column].replace_strict({name: k for k, name in enumerate(axis)}).to_numpy()
        for column, axis in (
            ("from_region", regions),
            ("from_sector", sectors),
            ("to_region", regions),
            ("to_code", sectors),
        )
    ]
    table = np.zeros((len(regions), len(sectors)) * 2)
    table[tuple(at)] = cells["value_musd"].to_numpy()
    follow = np.zeros((len(INDUSTRIES), len(sectors)))
    for row, industry in enumerate(INDUSTRIES):
        follow[row, [sectors.index(sector) for sector in _SECTORS_OF[industry]]] = 1
    country = [regions.index(_OLDER_CODE.get(name, name)) for name in countries]
    chosen = table[country][:, :, country]
    rows = np.einsum("is,osdt->oidt", follow, chosen, optimize=True)
    pattern: Array = np.einsum("jt,oidt->oidj", follow, rows, optimize=True)
    return pattern


def origins(pattern: Array, sold: Array, bought: Array) -> Array:
    """Sales of intermediate goods abroad that meet both sums, (C, S, C, S); none within a country.

    sold: a country's industry's exports of intermediate goods, (C, S).  bought: imports by using industry, (C, S).
    Raises InputError when the sums are not met.
    """
    size = pattern.shape[0]
    abroad = ~np.eye(size, dtype=bool)[:, None, :, None]
    prior = (np.maximum(pattern, 0) + _TRACE * pattern.mean()) * abroad
    flat = prior.reshape(sold.size, bought.size)
    rows, columns = np.maximum(sold.ravel(), 0), np.maximum(bought.ravel(), 0)
    columns = columns * rows.sum() / columns.sum()
    left, right = np.ones(rows.size), np.ones(columns.size)
    for _ in range(_ROUNDS):
        left = _quotient(rows, flat @ right)
        right = _quotient(columns, left @ flat)
        if np.abs(left * (flat @ right) - rows).max() <= _TOLERANCE * rows.max():
            met: Array = (left[:, None] * flat * right).reshape(pattern.shape)
            return met
    raise InputError(
        "The origins of intermediate goods cannot meet their sums.",
        found=f"no fit in {_ROUNDS} rounds",
        expected="exports and imports of intermediate goods of one table",
        remedy="Take the parts of the 2016 release unchanged.",
    )


def _quotient(above: Array, below: Array) -> Array:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def output_of(flows: Array, final: Array, output: Array, home: int) -> Array:
    """Output of the home country by foreign consumer, (C, S, categories, uses); nothing for itself.

    flows: (C, S, C, S).  final: (C, S, C, 5).  output: (C, S).  All million USD.
    """
    countries, size = output.shape
    whole = countries * size
    made = output.ravel()
    inputs = flows.reshape(whole, whole) * _quotient(np.ones(whole), made)
    demand = np.stack(
        [final[..., list(columns)].sum(axis=-1) for columns in CATEGORIES.values()], axis=-1
    )
    called = np.linalg.solve(np.eye(whole) - inputs, demand.reshape(whole, -1))
    own = slice(home * size, (home + 1) * size)
    serving = np.delete(called, np.arange(own.start, own.stop), axis=0)
    exported = np.delete(inputs[own], np.arange(own.start, own.stop), axis=1) @ serving
    shape = (size, countries, len(CATEGORIES))
    needs = np.stack([demand[home], exported.reshape(shape)], axis=-1)
    result = np.linalg.solve(np.eye(size) - inputs[own, own], needs.reshape(size, -1))
    by_consumer: Array = result.reshape(*shape, len(PRODUCT_USES)).transpose(1, 0, 2, 3).copy()
    by_consumer[home] = 0
    return by_consumer


READER = Reader(
    name=NAME,
    roles=("consumer_output",),
    read=read,
    recognises=lambda _: False,  # its files are known by other readers
    publication=PUBLICATION,
    max_files=2,
    vintage_year=wiod_2016_parts.YEAR,
)
