"""Two-layer steady-state transport as a sparse matrix: upwind finite volumes that conserve mass.

Layer 0 is the mixed layer, layer 1 the free troposphere up to a lid. The unknown is concentration
(ug/m3), the right-hand side emission (ug/s), the matrix is in m3/s. Every flux is written once and
leaves one cell to enter another, so that a column sums to what the cell loses for good: mass closes
whatever the wind. All off-diagonal entries are zero or negative and no column sum is negative: the
matrix is an M-matrix and concentrations are not negative (LeVeque 2002, Finite Volume Methods, ch. 4;
Berman and Plemmons 1994, ch. 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from compute.atmosphere.grid import Field, Mesh
from compute.atmosphere.wind import Flow

LAYERS = 2
COLUMNS_AT_ONCE = 8  # more right-hand sides in one solution fall out of the cache


class TransportError(ValueError):
    """The operator cannot be built from these fields, or cannot be inverted."""


@dataclass(frozen=True)
class Losses:
    """What takes a tracer out of the air. All fields (ny, nx).

    deposition_m_s: dry deposition velocity at the surface.  rate_s: first-order loss in each layer
    (washout and chemical conversion), (2, ny, nx), 1/s.
    """

    deposition_m_s: Field
    rate_s: Field


@dataclass(frozen=True)
class Operator:
    """A factorised transport matrix.

    matrix: (2 n, 2 n), m3/s.  outflow: what leaves through the sides and the lid, per unit
    concentration, m3/s, (2 n,).  removal: what deposits, washes out or converts, m3/s, (2 n,).
    factor: of the transposed matrix, rows and columns in the order (``elimination_order``). SuperLU solves many
    right-hand sides of what was factorised in two thirds of the time that those of its transpose take, and most
    of a year's are the adjoint's.
    """

    matrix: sparse.csc_array
    outflow: NDArray[np.float64]
    removal: NDArray[np.float64]
    factor: SuperLU
    order: NDArray[np.int64]

    def solve(self, emission_ug_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Concentration (ug/m3) for emissions (ug/s), (2 n,) or (2 n, k)."""
        return self._in_order(emission_ug_s, "T")

    def solve_adjoint(self, receptor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sensitivity of receptors to emissions: the transposed system, (2 n,) or (2 n, k)."""
        return self._in_order(receptor, "N")

    def _in_order(self, right_side: NDArray[np.float64], factored: str) -> NDArray[np.float64]:
        ordered = right_side.reshape(self.order.size, -1)[self.order]
        result = np.empty_like(ordered)
        for first in range(0, ordered.shape[1], COLUMNS_AT_ONCE):
            part = slice(first, first + COLUMNS_AT_ONCE)
            result[self.order, part] = self.factor.solve(ordered[:, part], factored)  # type: ignore[call-overload]
        return result.reshape(right_side.shape)


@dataclass(frozen=True)
class AgedOperator:
    """Transport of a tracer that is first carried by the mean wind alone and then spread by its variance.

    The wind of the days keeps its direction for a while: what was emitted t ago has a variance of place of
    2 s2 T (t - T (1 - exp(-t / T))) (Taylor 1922; s2: variance of the wind, T: its Lagrangian time). A
    constant eddy diffusivity s2 T has 2 s2 T t, too much at first: it thins what is fresh far too fast. Here
    the fresh tracer has no eddy diffusion and turns into the aged one at the rate 1 / T, which has all of it:
    of age t the part 1 - exp(-t / T) spreads, and the variance is Taylor's exactly. Linear; no new parameter.

    fresh, aged: operators of the two, the first with the rate of ageing among its losses.  ageing_m3_s: (2 n,).
    States are (4 n,) or (4 n, k): the fresh tracer's two layers above the aged one's.
    """

    fresh: Operator
    aged: Operator
    ageing_m3_s: NDArray[np.float64]

    def solve(self, emission_ug_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Concentration (ug/m3) of both ages for sources of both (ug/s)."""
        half = self.ageing_m3_s.size
        fresh = self.fresh.solve(emission_ug_s[:half])
        aged = self.aged.solve(emission_ug_s[half:] + self._ageing(fresh) * fresh)
        return np.concatenate([fresh, aged])

    def solve_adjoint(self, receptor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sensitivity of receptors to sources of both ages: the transposed system."""
        half = self.ageing_m3_s.size
        aged = self.aged.solve_adjoint(receptor[half:])
        fresh = self.fresh.solve_adjoint(receptor[:half] + self._ageing(aged) * aged)
        return np.concatenate([fresh, aged])

    @property
    def outflow(self) -> NDArray[np.float64]:
        """What leaves through the sides and the lid at any age, per unit concentration, m3/s, (2 n,)."""
        return self.aged.outflow

    @property
    def removal(self) -> NDArray[np.float64]:
        """What deposits, washes out or converts at any age, m3/s, (2 n,)."""
        return self.aged.removal

    def _ageing(self, field: NDArray[np.float64]) -> NDArray[np.float64]:
        return self.ageing_m3_s if field.ndim == 1 else self.ageing_m3_s[:, None]


def as_fresh(rate: NDArray[np.float64]) -> NDArray[np.float64]:
    """A source of the fresh tracer alone: (2 n, ...) to (4 n, ...)."""
    return np.concatenate([rate, np.zeros_like(rate)])


def of_all_ages(state: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fresh and aged together: (4 n, ...) to (2 n, ...)."""
    half = state.shape[0] // 2
    return np.asarray(state[:half] + state[half:])


def build_aged_operator(
    mesh: Mesh,
    flow: Flow,
    fresh_flow: Flow,
    thickness_m: Field,
    exchange_m_s: Field,
    losses: Losses,
    ageing_s: float,
) -> AgedOperator:
    """Both ages of a tracer, factorised.

    fresh_flow: the flow with what eddy diffusion acts on the fresh tracer too.  ageing_s: Lagrangian time of
    the wind.  Errors as ``build_operator``.
    """
    if not ageing_s > 0:
        raise TransportError(f"ageing_s: {ageing_s}; a time above zero is needed")
    ageing = Losses(losses.deposition_m_s, losses.rate_s + 1.0 / ageing_s)
    return AgedOperator(
        build_operator(mesh, fresh_flow, thickness_m, exchange_m_s, ageing),
        build_operator(mesh, flow, thickness_m, exchange_m_s, losses),
        (thickness_m * mesh.area_m2).ravel() / ageing_s,
    )


def build_operator(
    mesh: Mesh, flow: Flow, thickness_m: Field, exchange_m_s: Field, losses: Losses
) -> Operator:
    """Assemble and factorise M so that M c = e.

    thickness_m: (2, ny, nx).  exchange_m_s: velocity at which the layers mix, (ny, nx).
    Raises TransportError for a wrong shape, a value that is not finite or negative, or a tracer that
    nothing removes (a singular matrix).
    """
    _check(mesh, thickness_m, exchange_m_s, losses)
    cells = mesh.cells
    index = np.arange(LAYERS * cells).reshape(LAYERS, *mesh.shape)
    rows: list[NDArray[np.int64]] = []
    columns: list[NDArray[np.int64]] = []
    values: list[Field] = []
    diagonal = np.zeros(LAYERS * cells)
    outflow = np.zeros(LAYERS * cells)

    def carry(source: NDArray[np.int64], target: NDArray[np.int64], rate_m3_s: Field) -> None:
        """Move rate x concentration out of source cells into target cells."""
        np.add.at(diagonal, source.ravel(), rate_m3_s.ravel())
        rows.append(target.ravel())
        columns.append(source.ravel())
        values.append(-rate_m3_s.ravel())

    for layer in range(LAYERS):
        east, north = flow.east_m3_s[layer], flow.north_m3_s[layer]
        mix_east, mix_north = flow.mix_east_m3_s[layer], flow.mix_north_m3_s[layer]
        west_cell, east_cell = index[layer, :, :-1], index[layer, :, 1:]
        carry(west_cell, east_cell, np.maximum(east[:, 1:-1], 0) + mix_east[:, 1:-1])
        carry(east_cell, west_cell, np.maximum(-east[:, 1:-1], 0) + mix_east[:, 1:-1])
        south_cell, north_cell = index[layer, :-1], index[layer, 1:]
        carry(south_cell, north_cell, np.maximum(north[1:-1], 0) + mix_north[1:-1])
        carry(north_cell, south_cell, np.maximum(-north[1:-1], 0) + mix_north[1:-1])
        outflow[index[layer, :, 0]] += np.maximum(-east[:, 0], 0)
        outflow[index[layer, :, -1]] += np.maximum(east[:, -1], 0)
        outflow[index[layer, 0]] += np.maximum(-north[0], 0)
        outflow[index[layer, -1]] += np.maximum(north[-1], 0)
    mixing = exchange_m_s * mesh.area_m2
    carry(index[0], index[1], np.maximum(flow.up_m3_s, 0) + mixing)
    carry(index[1], index[0], np.maximum(-flow.up_m3_s, 0) + mixing)
    outflow[index[1]] += np.maximum(flow.lid_m3_s, 0)

    removal = (losses.rate_s * thickness_m * mesh.area_m2).reshape(LAYERS, -1)
    removal[0] += (losses.deposition_m_s * mesh.area_m2).ravel()
    removed = removal.ravel()
    every = np.arange(LAYERS * cells)
    matrix = sparse.coo_array(
        (
            np.concatenate([*values, diagonal + outflow + removed]),
            (np.concatenate([*rows, every]), np.concatenate([*columns, every])),
        ),
        shape=(LAYERS * cells, LAYERS * cells),
    ).tocsc()
    order = elimination_order(mesh.shape)
    return Operator(matrix, outflow, removed, _factor(matrix[order][:, order].T.tocsc()), order)


@lru_cache(maxsize=4)
def elimination_order(shape: tuple[int, int]) -> NDArray[np.int64]:
    """The order of unknowns that keeps the fill low, by minimum degree: the same for every operator of a grid.

    shape: (ny, nx).  Returns (2 ny nx,). Finding it takes a sixth of a factorisation's time.
    """
    layers, rows, columns = (
        sparse.diags_array([1.0, 1.0], offsets=[-1, 1], shape=(size, size))
        for size in (LAYERS, *shape)
    )
    index = np.arange(LAYERS * shape[0] * shape[1])
    neighbours = sparse.kronsum(sparse.kronsum(columns, rows), layers)
    pattern = sparse.csc_array((np.full(index.size, 7.0), (index, index))) - neighbours
    order: NDArray[np.int64] = np.argsort(_factor(pattern.tocsc(), "MMD_AT_PLUS_A").perm_c)
    order.setflags(write=False)
    return order


def _factor(
    matrix: sparse.csc_array, ordering: Literal["NATURAL", "MMD_AT_PLUS_A"] = "NATURAL"
) -> SuperLU:
    """LU without pivoting, which an M-matrix does not need.

    SciPy's relax and panel_size stay as they are: a relax of 40 was faster and wrote beyond SuperLU's arrays.
    """
    try:
        return splu(
            matrix.tocsc(),
            permc_spec=ordering,
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
    except RuntimeError as error:
        raise TransportError(
            "The operator is singular: somewhere a tracer is neither removed nor carried out."
        ) from error


def _check(mesh: Mesh, thickness_m: Field, exchange_m_s: Field, losses: Losses) -> None:
    wanted = {
        "thickness_m": (thickness_m, (LAYERS, *mesh.shape)),
        "exchange_m_s": (exchange_m_s, mesh.shape),
        "deposition_m_s": (losses.deposition_m_s, mesh.shape),
        "rate_s": (losses.rate_s, (LAYERS, *mesh.shape)),
    }
    for name, (field, shape) in wanted.items():
        if field.shape != shape:
            raise TransportError(f"{name}: shape {field.shape}, expected {shape}")
        if not np.isfinite(field).all() or (field < 0).any():
            raise TransportError(f"{name}: every value must be finite and not negative")
    if (thickness_m <= 0).any():
        raise TransportError("thickness_m: a layer has no thickness")
