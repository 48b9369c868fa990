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

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from compute.atmosphere.grid import Field, Mesh
from compute.atmosphere.wind import Flow

LAYERS = 2


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
    """

    matrix: sparse.csc_array
    outflow: NDArray[np.float64]
    removal: NDArray[np.float64]
    factor: SuperLU

    def solve(self, emission_ug_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Concentration (ug/m3) for emissions (ug/s), (2 n,) or (2 n, k)."""
        return np.asarray(self.factor.solve(np.ascontiguousarray(emission_ug_s)))

    def solve_adjoint(self, receptor: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sensitivity of receptors to emissions: the transposed system, (2 n,) or (2 n, k)."""
        return np.asarray(self.factor.solve(np.ascontiguousarray(receptor), "T"))  # type: ignore[call-overload]


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
    return Operator(matrix, outflow, removed, _factor(matrix))


def _factor(matrix: sparse.csc_array) -> SuperLU:
    """LU without pivoting, which an M-matrix does not need; minimum degree keeps the fill low."""
    try:
        return splu(
            matrix,
            permc_spec="MMD_AT_PLUS_A",
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
