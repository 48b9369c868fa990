"""How far an amount may lie from its peers, each limit with its day and reason."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """How far an amount may lie from its peers, as factors either way.

    measure: of expectations.amounts.  error: no economy could be so; warn: one might.
    may_be_none: a province may have next to nothing of it, so that too little is a warning at most.
    """

    measure: str
    error: float
    warn: float
    reason: str
    may_be_none: bool = False


_TOTALS = (
    "2026-11-30: in tables and inventories of 2007 the furthest province lies 5.9 times from the"
    " middle one per head (Tibet's ammonia; output: Shanghai 5.8)"
)
_PARTS = (
    "2026-11-30: by sector the furthest province lies 20 times from the middle one (ammonia of"
    " Tibet's herds); where sectors differ more, three deviations. Mining in Shanghai of 2017 is 119"
    " times below: too little is a warning"
)

PER_HEAD = (
    Limit("output", 16, 7, _TOTALS),
    Limit("output by sector group", 25, 22, _PARTS, may_be_none=True),
    Limit("value added", 16, 7, _TOTALS),
    Limit("emission", 16, 7, _TOTALS),
    Limit(
        "emission by source sector",
        40,
        30,
        "2026-11-30: Shanghai's stoves of 2011 emit 23.5 times less carbon a head than the middle"
        " province's; where provinces differ more, three deviations",
        may_be_none=True,
    ),
    Limit("carbon dioxide", 16, 7, _TOTALS),
    Limit("carbon dioxide by component", 60, 40, _PARTS, may_be_none=True),
    Limit("ammonia", 25, 16, _PARTS),
    Limit("ammonia by category", 250, 150, _PARTS, may_be_none=True),
    Limit("products", 250, 150, _PARTS, may_be_none=True),
    Limit(
        "exports",
        80,
        60,
        "2026-11-30: Shanghai exports 47 times as much a head as the middle province of 2007",
    ),
    Limit("trade", 150, 80, "2026-11-30: as exports; imports lie further apart"),
    Limit("trade of the table", 150, 80, "2026-11-30: as exports, where a table books them"),
)
"""A province against the others, per resident."""

RATIOS = (
    ("emission", "NOx", Limit("emission", 16, 7, _TOTALS)),
    (
        "emission by source sector",
        "NOx",
        Limit("emission by source sector", 40, 30, _PARTS, may_be_none=True),
    ),
)
"""A province against the others, over the same sector's emission of another pollutant."""

PER_OUTPUT = (
    Limit(
        "value added",
        3,
        2,
        "2026-11-30: value added is 0.28 to 0.46 of a province's output of 2007",
    ),
    Limit(
        "emission",
        40,
        20,
        "2026-11-30: a yuan of Shanghai emits a nineteenth of the middle province's ammonia",
    ),
    Limit("exports", 25, 12, "2026-11-30: Guangdong exports 8.5 times the middle share of output"),
    Limit("carbon dioxide", 25, 12, "2026-11-30: 7 times either way in 2007"),
    Limit("trade", 60, 40, "2026-11-30: as exports; customs book where the trader is registered"),
)
"""A province against the others, per yuan of output."""

LEVELS = (
    Limit(
        "output",
        15,
        8,
        "2026-11-30: China's nominal output a head was a third of that of 2007 in 1998 and five"
        " times as much in 2024",
    ),
    Limit("value added", 15, 8, "2026-11-30: as output"),
    Limit(
        "output by sector group", 15, 10, "2026-11-30: as output; services grew 6.5-fold to 2024"
    ),
    Limit(
        "emission",
        8,
        5,
        "2026-11-30: GAINS has China's SO2 of 2050 at a quarter of 2005's, all others closer",
    ),
    Limit(
        "emission by group", 25, 12, "2026-11-30: SO2 of power fell to a sixth from 2007 to 2017"
    ),
    Limit("emission by source sector", 25, 12, "2026-11-30: as by group"),
    Limit("carbon dioxide", 6, 4, "2026-11-30: 2.5 t a head in 1998, 5.0 in 2007, 8.5 in 2023"),
    Limit("carbon dioxide by component", 15, 10, "2026-11-30: as the total, by fuel"),
    Limit("exports", 20, 10, "2026-11-30: exports a head grew three-fold from 2007 to 2022"),
    Limit(
        "national emission by year",
        5,
        3,
        "2026-11-30: versions of GAINS differ by less than a third; made-up files by 2.5",
    ),
    Limit("national emission by group and year", 25, 15, "2026-11-30: as the sum, by sector"),
    Limit(
        "output of regions",
        12,
        8,
        "2026-11-30: no economy's dollars grew or fell ten-fold in 17 years",
    ),
)
"""The nation (or region of the world) against that of the bundled files, per resident where it has provinces."""

SECTORS_OF_GAINS = Limit(
    "national emission by sector",
    25,
    15,
    "2026-11-30: files of one publication agree sector by sector",
)
SAME_FILE = 0.3
CUSTOMS = Limit(
    "trade",
    8,
    4,
    "2026-11-30: customs count goods, the table services too; of 2017 they differ by less than two",
)
AMMONIA = Limit(
    "ammonia",
    10,
    6,
    "2026-11-30: farms emit 0.79 of China's ammonia in the bundled inventory of 2007",
)
CATEGORIES = Limit(
    "ammonia by category",
    60,
    40,
    "2026-11-30: fourteen categories; animals and rice have most, and none a thousandth",
)
PRODUCTS = Limit(
    "products of their sector",
    15,
    10,
    "2026-11-30: the middle province makes 0.5 to 2.9 times what national weights say in made-up"
    " files, and a product is no tenth of itself",
)
NATION_OF_GAINS = 5.0
PEOPLE = Limit(
    "people",
    1.7,
    1.3,
    "2026-11-30: the census of 2020 differs from the panel of 2019 by a factor of at most 1.19"
    " (Jilin); twice the people is another province",
)
