"""What share of each province-sector's output exports drive: exactly, and to first order in the table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute._checks import Array, InvalidInput
from compute.footprint import ExportAccount, export_account
from compute.leontief import technical_coefficients
from compute.uncertainty.table import Change, LinkedTable

LAYERS = ("PL0", "PL1", "PL2", "PL3", "PL4+")


@dataclass(frozen=True)
class Drive:
    """Shares of the provinces' output, dimensionless; columns are province-sectors.

    consumer: (consumers, n_P), driven by exports for each consumer (the home one: returned exports).
    direct: (n_P,), driven by the province's own exports.  layer: (5, n_P), by production layer.
    """

    consumer: Array
    direct: Array
    layer: Array

    def __post_init__(self) -> None:
        """Refuse shares of different province-sectors."""
        if not self.consumer.shape[1] == self.direct.shape[0] == self.layer.shape[1]:
            raise InvalidInput("shares of output are of different province-sectors")

    def __add__(self, other: Drive) -> Drive:
        """The sum of both."""
        return Drive(
            self.consumer + other.consumer, self.direct + other.direct, self.layer + other.layer
        )


@dataclass(frozen=True)
class _Solved:
    """A solved table; million USD but for chains, (I - A_PP)^-1.

    output: x, (n,).  exports: v, driven: X_P, (n_P, consumers).  by_exporter: X_P, (n_P, P).
    direct: (n_P,).  layers: (5, n_P).
    """

    account: ExportAccount
    output: Array
    exports: Array
    driven: Array
    chains: Array
    by_exporter: Array
    direct: Array
    layers: Array

    def shares(self) -> Drive:
        """Over the output of the provinces."""
        x = self.output[: len(self.direct)]
        return Drive(_share(self.driven.T, x), _share(self.direct, x), _share(self.layers, x))


def drive_of(table: LinkedTable) -> Drive:
    """Solve the table (compute.footprint.export_account) and return what exports drive.

    Output is what the table delivers.  Raises UnproductiveEconomy and InvalidInput.
    """
    return _solve(table).shares()


def drive_after(table: LinkedTable, change: Change) -> Drive:
    """Solve the changed table anew: what `Expansion` is an approximation of."""
    flows, demand = table.flows + change.flows, table.demand + change.demand
    return drive_of(LinkedTable(flows, demand, table.provinces, table.consumer, table.is_home))


class Expansion:
    """A table solved once; `drive` is the answer to a change of it, to first order.

    With A = Z / x and a change dZ, dy, hence dx (what is delivered more) and dA = (dZ - A dx) / x:

        dX = (I - A)^-1 (dy + dA X)                         output for each consumer
        dv = dy_P + dA_PF X_F + A_PF dX_F                   exports (no dy_P for the home consumer)
        dX_P = (I - A_PP)^-1 (dv + dA_PP X_P)               output of the provinces for exports

    and the same for the direct part and the layers; d(X_P / x) = (dX_P - X_P dx / x) / x. Linear in
    the change, so the effects of several sources add up.
    """

    def __init__(self, table: LinkedTable) -> None:
        """Solve the table.  Raises UnproductiveEconomy and InvalidInput."""
        self.table = table
        self._solved = _solve(table)
        self.base = self._solved.shares()

    def drive(self, change: Change) -> Drive:
        """What the change adds to the shares of output, to first order."""
        table, solved = self.table, self._solved
        account, size = solved.account, table.provinces.size
        growth = _share(change.flows.sum(axis=1) + change.demand.sum(axis=1), solved.output)
        slope = _Slope(change.flows, account.whole.coefficients, solved.output, growth)
        demand = table.consumers_of(change.demand)
        outputs = account.whole.solve(demand + slope @ account.output_musd)
        exports = (
            np.where(account.is_home, 0.0, demand[:size])
            + slope.block(slice(0, size), slice(size, None)) @ account.output_musd[size:]
            + account.whole.coefficients[:size, size:] @ outputs[size:]
        )
        local = slope.block(slice(0, size), slice(0, size))
        driven = account.domestic.solve(exports + local @ solved.driven)
        direct = self._direct(exports.sum(axis=1), local)
        layers = self._layers(exports.sum(axis=1), driven.sum(axis=1), local)
        x, grown = solved.output[:size], growth[:size]
        return Drive(
            _share(driven.T - solved.driven.T * grown, x),
            _share(direct - solved.direct * grown, x),
            _share(layers - solved.layers * grown, x),
        )

    def _direct(self, exports: Array, local: _Slope) -> Array:
        """Diagonal blocks of L dv + L dA_PP X_P, exporter by exporter; L = (I - A_PP)^-1."""
        chains, moved = self._solved.chains, local @ self._solved.by_exporter
        changed = np.zeros_like(exports)
        for province in range(self.table.provinces.count):
            rows = self.table.provinces.rows(province)
            changed[rows] = chains[rows, rows] @ exports[rows] + chains[rows] @ moved[:, province]
        return changed

    def _layers(self, exports: Array, driven: Array, local: _Slope) -> Array:
        """Layer t is A_PP of layer t - 1, the last one the rest of all that exports drive."""
        layers = [exports]
        for before in self._solved.layers[:3]:
            layers.append(local @ before + local.coefficients @ layers[-1])
        return np.array([*layers, driven - np.sum(layers, axis=0)])


@dataclass(frozen=True)
class _Slope:
    """dA = (dZ - A diag(dx)) diag(x)^-1 of a block, applied without being formed.

    output: x and growth: dx / x of the block's columns.
    """

    flows: Array
    coefficients: Array
    output: Array
    growth: Array

    def __matmul__(self, outputs: Array) -> Array:
        """Return dA X for X, (columns,) or (columns, k)."""
        result: Array = (
            self.flows @ _share(outputs.T, self.output).T
            - self.coefficients @ (outputs.T * self.growth).T
        )
        return result

    def block(self, rows: slice, columns: slice) -> _Slope:
        """The same for some rows and columns."""
        return _Slope(
            self.flows[rows, columns],
            self.coefficients[rows, columns],
            self.output[columns],
            self.growth[columns],
        )


def _solve(table: LinkedTable) -> _Solved:
    output, provinces = table.output, table.provinces
    account = export_account(
        technical_coefficients(table.flows, output),
        provinces,
        table.consumers_of(table.demand),
        is_home=table.is_home,
    )
    exports = account.final_musd + account.intermediate_musd
    total, chains = exports.sum(axis=1), account.domestic.solve(np.eye(provinces.size))
    each = [provinces.rows(province) for province in range(provinces.count)]
    by_exporter = np.stack([chains[:, rows] @ total[rows] for rows in each], axis=1)
    layers = [total]
    for _ in range(3):
        layers.append(account.domestic.coefficients @ layers[-1])
    driven = chains @ exports
    return _Solved(
        account=account,
        output=output,
        exports=exports,
        driven=driven,
        chains=chains,
        by_exporter=by_exporter,
        direct=np.concatenate([by_exporter[rows, s] for s, rows in enumerate(each)]),
        layers=np.array([*layers, driven.sum(axis=1) - np.sum(layers, axis=0)]),
    )


def _share(amount: Array, output: Array) -> Array:
    """Amount, (..., m), over output, (m,); zero where there is no output."""
    share: Array = np.divide(
        amount, output, out=np.zeros_like(amount), where=np.broadcast_to(output > 0, amount.shape)
    )
    return share
