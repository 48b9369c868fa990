"""Two readings of direct and indirect exports, each a whole split of the same output (METHOD 4).

`exporter`: who sold the goods that left the country (compute.footprint.exporter_blocks). A province's own
exports of intermediates are direct.
`final_producer`: who made the final good that the consumer buys, at home or abroad (eqs. 11 and 12 of the
paper). Direct is r L y with the final goods made in r alone; its exports of intermediates, which others
finish, are indirect.

Both sum to the output that exports drive, consumer by consumer: only the line between direct and
indirect differs. Figures of the two must not be mixed.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import Array
from compute.footprint import ExportAccount, embodied_chains

EXPORTER, FINAL_PRODUCER = "exporter", "final_producer"
READINGS = (EXPORTER, FINAL_PRODUCER)


def final_producer_blocks(
    account: ExportAccount, chains: ArrayLike | None = None
) -> Iterator[Array]:
    """Yield, maker by maker of the final good, the provincial output that it calls for.

    chains: embodied_chains(account), (n_P, n), where it is at hand.
    Yields P + 1 blocks, (n_P, C), million USD: one for each province s, L_P,s y_s, and a last one for
    everything that is finished abroad, L_P,F y_F. For home columns a province's block keeps only what
    leaves the country and comes back: (L_PP - (I - A_PP)^-1) y_s.
    """
    provinces, y, home = account.provinces, account.final_demand, account.is_home
    local = provinces.size
    embodied = embodied_chains(account) if chains is None else np.asarray(chains)
    for province in range(provinces.count):
        rows = provinces.rows(province)
        block = embodied[:, rows] @ y[rows]
        if home.any():
            at_home = np.zeros((local, int(home.sum())))
            at_home[rows] = y[rows][:, home]
            block[:, home] -= account.domestic.solve(at_home)
        yield block
    yield embodied[:, local:] @ y[local:]


def final_producers(account: ExportAccount) -> Array:
    """Provincial output driven by exports, by maker of the final good: (n_P, P + 1, C), million USD.

    The last maker is everyone abroad. Summed over makers it is account.driven_musd.
    """
    return np.stack(list(final_producer_blocks(account)), axis=1)
