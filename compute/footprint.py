"""Footprints: the output that foreign consumption drives, by exporter and by product (METHOD 4).

An exact, additive split. With P the provinces, F abroad, e a consumer and d a demand category,

    X = L y                              output everywhere that e's demand of category d calls for
    v = y_P + A_PF X_F                   the provinces' exports: final goods and intermediates
    X_P = (I - A_PP)^-1 v                since X_P = A_PP X_P + A_PF X_F + y_P

and v is a sum over exporting provinces and over the two uses, so X_P is too. Nothing is left over,
whatever the signs of y. For the home consumer y_P is domestic final demand and no export: only
A_PF X_F counts, Chinese goods that come back in foreign ones.

Results are outputs, in million USD; an emission intensity in front makes them emissions. The big
ones come in blocks, so that memory stays bounded, and as whole arrays for tables of modest size.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from compute._checks import (
    Array,
    InvalidInput,
    Mask,
    as_floats,
    finite_matrix,
    finite_vector,
    listing,
    require_finite,
    require_same_labels,
    square_matrix,
)
from compute.leontief import LeontiefSystem, checked_output, technical_coefficients

FINAL, INTERMEDIATE = 0, 1
PRODUCT_USES = ("final", "intermediate")


@dataclass(frozen=True)
class Provinces:
    """The first rows of the table: `count` provinces of `sectors` sectors, province-major."""

    count: int
    sectors: int

    @property
    def size(self) -> int:
        """Return n_P, the number of provincial rows."""
        return self.count * self.sectors

    def rows(self, province: int) -> slice:
        """Return the rows of one province."""
        return slice(province * self.sectors, (province + 1) * self.sectors)


@dataclass(frozen=True)
class ExportAccount:
    """What every column of final demand draws from the provinces (all in million USD).

    output_musd: X, (n, C).  final_musd, intermediate_musd: the provinces' exports v by use,
    (n_P, C); final_musd is zero for home columns.  driven_musd: provincial output driven by
    exports, (n_P, C): X_P, for home columns less what domestic final demand drives without leaving
    the country; found through the whole table, so it checks the split through A_PP.
    final_demand, is_home, provinces: as given.  whole, domestic: I - A and I - A_PP, factorised.
    """

    provinces: Provinces
    final_demand: Array
    is_home: Mask
    output_musd: Array
    final_musd: Array
    intermediate_musd: Array
    driven_musd: Array
    whole: LeontiefSystem
    domestic: LeontiefSystem


def export_account(
    coefficients: ArrayLike | LeontiefSystem,
    provinces: Provinces,
    final_demand: ArrayLike,
    *,
    is_home: ArrayLike | None = None,
) -> ExportAccount:
    """Solve for output and exports by column of final demand.

    coefficients: A, shape (n, n), all sectors of all regions, region-major with the same sectors
    in each, provinces first; or its LeontiefSystem when there is one.
    final_demand: y, shape (n, C), million USD, products of every region by consumer x category.
    is_home: (C,), columns of the home consumer, whose own final demand is not an export; default none.
    Raises UnproductiveEconomy; InvalidInput for shapes, NaN and infinity.
    """
    require_same_labels(
        coefficients=(coefficients, ("n", "n")),
        final_demand=(final_demand, ("n", "C")),
        is_home=(is_home, ("C",)),
    )
    whole = (
        coefficients if isinstance(coefficients, LeontiefSystem) else LeontiefSystem(coefficients)
    )
    a, local = whole.coefficients, provinces.size
    if min(provinces.count, provinces.sectors) < 1 or local > whole.size:
        raise InvalidInput(f"{provinces} do not fit into a table of {whole.size} rows")
    if whole.size % provinces.sectors:
        raise InvalidInput(
            f"a table of {whole.size} rows is not made of regions of {provinces.sectors} sectors"
        )
    y = finite_matrix("final_demand", final_demand)
    if y.shape[0] != whole.size:
        raise InvalidInput(f"final_demand must have {whole.size} rows, its shape is {y.shape}")
    home = _home_columns(is_home, y.shape[1])
    domestic = LeontiefSystem(a[:local, :local])
    output = whole.solve(y)
    driven = output[:local].copy()
    if home.any():
        driven[:, home] -= domestic.solve(y[:local, home])
    return ExportAccount(
        provinces=provinces,
        final_demand=y,
        is_home=home,
        output_musd=output,
        final_musd=np.where(home, 0.0, y[:local]),
        intermediate_musd=a[:local, local:] @ output[local:],
        driven_musd=driven,
        whole=whole,
        domestic=domestic,
    )


def exporter_blocks(account: ExportAccount) -> Iterator[Array]:
    """Yield for each exporting province s the output its exports drive: X_{r,i <- s}.

    Each block: (n_P, C, 2), million USD: producer province and sector, column of final demand,
    product use (final, intermediate). Meanwhile the domestic Leontief inverse is held, (n_P, n_P).
    """
    local = account.provinces.size
    # A province exports few products to many consumers: solve by product, then combine. The uses
    # lie side by side, so that one product of matrices fills a block in its final order.
    chains = account.domestic.solve(np.eye(local))
    exports = np.stack([account.final_musd, account.intermediate_musd], axis=-1)
    for exporter in range(account.provinces.count):
        rows = account.provinces.rows(exporter)
        block = chains[:, rows] @ exports[rows].reshape(account.provinces.sectors, -1)
        yield block.reshape(local, *exports.shape[1:])


def embodied_chains(account: ExportAccount) -> Array:
    """Return rows P of L: provincial output per unit of each final product of the world, (n_P, n)."""
    return account.whole.solve_transposed(np.eye(account.provinces.size, account.whole.size))


def consumed_product_blocks(
    account: ExportAccount, chains: ArrayLike | None = None
) -> Iterator[Array]:
    """Yield for each consumed product t the provincial output driven: X_P^{e,d,t}.

    chains: embodied_chains(account), (n_P, n), where it is at hand.
    Each block: (n_P, C), million USD; t is the sector of the product that final demand buys, of
    whatever region. Home columns exclude what domestic final demand drives without leaving the
    country, as in driven_musd.
    """
    provinces, y, home = account.provinces, account.final_demand, account.is_home
    local, step = provinces.size, provinces.sectors
    embodied = embodied_chains(account) if chains is None else np.asarray(chains)
    for product in range(step):
        bought = slice(product, None, step)
        block = embodied[:, bought] @ y[bought]
        if home.any():
            domestic_demand = np.zeros((local, int(home.sum())))
            domestic_demand[bought] = y[:local][bought][:, home]
            block[:, home] -= account.domestic.solve(domestic_demand)
        yield block


def embodied_exports(
    coefficients: ArrayLike | LeontiefSystem,
    provinces: Provinces,
    final_demand: ArrayLike,
    *,
    is_home: ArrayLike | None = None,
) -> Array:
    """Provincial output driven by exports, by exporting province and use: X_{r,i <- s}^{e,d,use}.

    Arguments and errors as for export_account.
    Returns (n_P, P, C, 2), million USD: producer province and sector, exporter, column of final
    demand, product use (final, intermediate). `exporter_blocks` gives it exporter by exporter.
    """
    account = export_account(coefficients, provinces, final_demand, is_home=is_home)
    return np.stack(list(exporter_blocks(account)), axis=1)


def consumed_products(
    coefficients: ArrayLike | LeontiefSystem,
    provinces: Provinces,
    final_demand: ArrayLike,
    *,
    is_home: ArrayLike | None = None,
) -> Array:
    """Provincial output driven by exports, by product consumed in the end: X_P^{e,d,t}.

    Arguments and errors as for export_account.
    Returns (n_P, S, C), million USD: producer province and sector, sector of the consumed product
    (its region summed up), column of final demand. `consumed_product_blocks` gives it by product.
    """
    account = export_account(coefficients, provinces, final_demand, is_home=is_home)
    return np.stack(list(consumed_product_blocks(account)), axis=1)


def exporter_sum_difference(embodied: ArrayLike, driven: ArrayLike) -> float:
    """Identity: exporters and uses sum to the output that exports drive.

    embodied: (n_P, P, C, 2), or (n_P, C, 2) summed over exporters.  driven: driven_musd, (n_P, C).
    Returns the relative difference, that of the worst column (relative_difference).
    """
    array = as_floats("embodied", embodied)
    if array.ndim not in (3, 4):
        raise InvalidInput(f"embodied must have 3 or 4 dimensions, its shape is {array.shape}")
    by_use = array.sum(axis=-1)
    return relative_difference(by_use.sum(axis=1) if by_use.ndim == 3 else by_use, driven)


def consumed_product_difference(consumed: ArrayLike, driven: ArrayLike) -> float:
    """Identity: consumed products sum to the output that exports drive.

    consumed: (n_P, S, C).  driven: driven_musd, (n_P, C).  Returns the relative difference, that of
    the worst column (relative_difference).
    """
    array = as_floats("consumed", consumed)
    if array.ndim != 3:
        raise InvalidInput(f"consumed must have 3 dimensions, its shape is {array.shape}")
    return relative_difference(array.sum(axis=1), driven)


def inventory_difference(intensity: ArrayLike, output: ArrayLike, inventory: ArrayLike) -> float:
    """Identity: emissions of all final demand, home included, are the inventory in the footprint.

    intensity: f, (k, n_P), t/musd by pollutant.  output: X_P of all final demand, Chinese demand
    for Chinese products included, (n_P,) or (n_P, C), million USD.  inventory: e, (k, n_P), tonnes.
    Returns the relative difference, that of the worst pollutant (relative_difference).
    """
    require_same_labels(
        intensity=(intensity, ("k", "n")),
        output=(output, ("n", "?C")),
        inventory=(inventory, ("k", "n")),
    )
    f, e = finite_matrix("intensity", intensity), finite_matrix("inventory", inventory)
    x = as_floats("output", output)
    if x.ndim not in (1, 2) or x.shape[0] != f.shape[1]:
        raise InvalidInput(f"output must have {f.shape[1]} rows, its shape is {x.shape}")
    require_finite("output", x)
    total = x if x.ndim == 1 else x.sum(axis=1)
    return relative_difference((f * total).T, e.T)


def relative_difference(left: ArrayLike, right: ArrayLike) -> float:
    """Return the largest over columns of sum |left - right| over sum |right|.

    left, right: (n, k), one unit.  A column of zeros counts 0 when met and infinity when not.
    """
    require_same_labels(left=(left, ("n", "k")), right=(right, ("n", "k")))
    one = finite_matrix("left", left)
    two = finite_matrix("right", right, shape=(one.shape[0], one.shape[1]))
    gap, size = np.abs(one - two).sum(axis=0), np.abs(two).sum(axis=0)
    share = np.divide(gap, size, out=np.where(gap > 0, np.inf, 0.0), where=size > 0)
    return float(share.max())


def single_region_export_share(
    flows: ArrayLike, demand: ArrayLike, exports: ArrayLike, *, imports: ArrayLike | None = None
) -> Array:
    """Share of each sector's output that exports drive in a one-region table: (L_dom ex) / x.

    flows: Z, (n, n), demand: domestic final demand, (n,) or (n, k), exports: ex, (n,), million USD.
    imports: None when Z and demand hold domestic products only (a non-competitive table); otherwise
    (n,) by product (a competitive table): every domestic use of a product then has the same
    imported share, imports / (intermediate + final domestic use), and exports none.
    Returns (n,), zero where there is no output (x = domestic products in Z, demand and exports).
    Raises InvalidInput when imports are negative or exceed domestic use (take re-exports out
    first); NegativeOutput and UnproductiveEconomy.
    """
    require_same_labels(
        flows=(flows, ("n", "n")),
        demand=(demand, ("n", "?k")),
        exports=(exports, ("n",)),
        imports=(imports, ("n",)),
    )
    z = square_matrix("flows", flows)
    size = z.shape[0]
    final = as_floats("demand", demand)
    final = finite_vector("demand", final.sum(axis=1) if final.ndim == 2 else final, length=size)
    ex = finite_vector("exports", exports, length=size)
    use = z.sum(axis=1) + final
    domestic_share = np.ones(size)
    if imports is not None:
        m = finite_vector("imports", imports, length=size)
        wrong = np.flatnonzero((m < 0) | (m > np.maximum(use, 0)))
        if wrong.size:
            what = listing(f"sector {i} ({m[i]:.10g} of {use[i]:.10g})" for i in wrong)
            raise InvalidInput(f"imports below zero or above domestic use: {what}")
        domestic_share -= np.divide(m, use, out=np.zeros(size), where=use > 0)
    x = checked_output(use * domestic_share + ex, size)
    system = LeontiefSystem(technical_coefficients(z * domestic_share[:, None], x))
    return np.divide(system.solve(ex), x, out=np.zeros(size), where=x > 0)


def _home_columns(is_home: ArrayLike | None, columns: int) -> Mask:
    if is_home is None:
        return np.zeros(columns, dtype=bool)
    home = np.asarray(is_home)
    if home.shape != (columns,) or home.dtype != np.bool_:
        raise InvalidInput(
            f"is_home must be {columns} booleans, it is {home.dtype} of shape {home.shape}"
        )
    return home
