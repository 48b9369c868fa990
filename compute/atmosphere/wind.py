"""Volume fluxes of air through the faces of the mesh, with the divergence of the wind handled.

Interpolated winds over terrain are not divergence-free on the mesh; taken as they are, they would pump
clean air down and polluted air up everywhere. The horizontal fluxes of each layer are therefore moved,
as little as possible, to a wanted divergence: the smooth part of their own (Sasaki 1970, Monthly Weather
Review 98, 875; the mass-consistent wind models). What divergence is kept passes through the interface
and the lid, so that the air's own mass closes exactly in every cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.ndimage import gaussian_filter
from scipy.sparse.linalg import splu

from compute.atmosphere.grid import Field, Mesh


@dataclass(frozen=True)
class Flow:
    """Air through faces, m3/s. Two layers, first axis.

    east_m3_s: (2, ny, nx + 1), positive eastward.  north_m3_s: (2, ny + 1, nx), positive northward.
    mix_east_m3_s, mix_north_m3_s: diffusive exchange through the same faces, not negative.
    up_m3_s: through the interface, (ny, nx), positive upward.  lid_m3_s: out of the upper layer.
    """

    east_m3_s: Field
    north_m3_s: Field
    mix_east_m3_s: Field
    mix_north_m3_s: Field
    up_m3_s: Field
    lid_m3_s: Field


@dataclass(frozen=True)
class FaceOpening:
    """How far faces are open, 0 to 1: (ny, nx + 1) and (ny + 1, nx)."""

    east: Field
    north: Field


def open_faces(mesh: Mesh) -> FaceOpening:
    """All faces open: no terrain."""
    rows, columns = mesh.shape
    return FaceOpening(np.ones((rows, columns + 1)), np.ones((rows + 1, columns)))


def blocked_faces(altitude_m: Field, scale_m: Field | float) -> FaceOpening:
    """Faces closed by relief: exp(-|dz| / scale) for neighbours dz apart in altitude; edges open.

    scale_m: one for all or of each cell, (ny, nx); a face has the mean of its neighbours.
    """
    scale = np.broadcast_to(np.asarray(scale_m, dtype=np.float64), altitude_m.shape)
    rows, columns = altitude_m.shape
    east = np.ones((rows, columns + 1))
    north = np.ones((rows + 1, columns))
    east[:, 1:-1] = np.exp(-np.abs(np.diff(altitude_m, axis=1)) / _to_east(scale)[:, 1:-1])
    north[1:-1] = np.exp(-np.abs(np.diff(altitude_m, axis=0)) / _to_north(scale)[1:-1])
    return FaceOpening(east, north)


def build_flow(
    mesh: Mesh,
    eastward_m_s: Field,
    northward_m_s: Field,
    thickness_m: Field,
    diffusivity_m2_s: Field,
    opening: FaceOpening,
    smooth_cells: float,
) -> Flow:
    """Fluxes of two layers from winds at cell centres.

    eastward_m_s, northward_m_s, thickness_m, diffusivity_m2_s: (2, ny, nx).  opening acts on the
    lower layer.  smooth_cells: divergence finer than this many cells is taken out; infinity takes all.
    """
    layers = []
    for layer in range(2):
        openness = opening if layer == 0 else open_faces(mesh)
        depth_east = _to_east(thickness_m[layer])
        depth_north = _to_north(thickness_m[layer])
        section_east = mesh.east_width_m * depth_east * openness.east
        section_north = mesh.north_width_m * depth_north * openness.north
        east = _to_east(eastward_m_s[layer]) * section_east
        north = _to_north(northward_m_s[layer]) * section_north
        gain_east = section_east / mesh.east_distance_m
        gain_north = section_north / mesh.north_distance_m
        before = divergence(east, north)
        wanted = _smooth(before / mesh.area_m2, smooth_cells) * mesh.area_m2
        east, north = project(east, north, gain_east, gain_north, wanted)
        mix_east = _to_east(diffusivity_m2_s[layer]) * gain_east
        mix_north = _to_north(diffusivity_m2_s[layer]) * gain_north
        layers.append((east, north, mix_east, mix_north))
    up = -divergence(layers[0][0], layers[0][1])
    lid = up - divergence(layers[1][0], layers[1][1])
    east, north, mix_east, mix_north = (np.stack(pair) for pair in zip(*layers, strict=True))
    return Flow(east, north, mix_east, mix_north, up, lid)


def with_mixing(flow: Flow, share: float) -> Flow:
    """The flow with a share of its diffusive exchange."""
    return replace(
        flow, mix_east_m3_s=share * flow.mix_east_m3_s, mix_north_m3_s=share * flow.mix_north_m3_s
    )


def divergence(east_m3_s: Field, north_m3_s: Field) -> Field:
    """Net outflow of every cell, m3/s, (ny, nx)."""
    return np.diff(east_m3_s, axis=1) + np.diff(north_m3_s, axis=0)


def project(
    east: Field, north: Field, gain_east: Field, gain_north: Field, wanted: Field
) -> tuple[Field, Field]:
    """The fluxes nearest to the given ones whose divergence is the wanted one.

    Distance is sum of (change)^2 / gain over faces; the potential is zero beyond the domain's edge.
    gain: how easily a face's flux is changed, positive.
    """
    rows, columns = wanted.shape
    index = np.arange(rows * columns).reshape(rows, columns)
    diagonal = gain_east[:, :-1] + gain_east[:, 1:] + gain_north[:-1] + gain_north[1:]
    pairs = [
        (index[:, :-1], index[:, 1:], gain_east[:, 1:-1]),
        (index[:-1], index[1:], gain_north[1:-1]),
    ]
    first = np.concatenate([a.ravel() for a, _, _ in pairs])
    second = np.concatenate([b.ravel() for _, b, _ in pairs])
    weight = np.concatenate([gain.ravel() for _, _, gain in pairs])
    every = index.ravel()
    laplace = sparse.coo_array(
        (
            np.concatenate([diagonal.ravel(), -weight, -weight]),
            (np.concatenate([every, first, second]), np.concatenate([every, second, first])),
        ),
        shape=(every.size, every.size),
    ).tocsc()
    factor = splu(
        laplace, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options={"SymmetricMode": True}
    )
    potential = factor.solve((wanted - divergence(east, north)).ravel()).reshape(rows, columns)
    padded = np.pad(potential, 1)
    return (
        east - gain_east * np.diff(padded[1:-1], axis=1),
        north - gain_north * np.diff(padded[:, 1:-1], axis=0),
    )


def _smooth(field: Field, cells: float) -> Field:
    if np.isinf(cells):
        return np.zeros_like(field)
    return np.asarray(gaussian_filter(field, sigma=cells, mode="nearest")) if cells > 0 else field


def _to_east(field: Field) -> Field:
    """Means at the faces between columns; the cell's own value at both ends."""
    padded = np.pad(field, ((0, 0), (1, 1)), mode="edge")
    return 0.5 * (padded[:, 1:] + padded[:, :-1])


def _to_north(field: Field) -> Field:
    padded = np.pad(field, ((1, 1), (0, 0)), mode="edge")
    return 0.5 * (padded[1:] + padded[:-1])
