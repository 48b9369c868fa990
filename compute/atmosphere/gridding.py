"""From emissions of provinces to emissions of cells, every tonne kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from compute.atmosphere.engine import EMISSION_GROUPS, POLLUTANTS, GriddedEmission
from compute.atmosphere.grid import Field


class GriddingError(ValueError):
    """Emissions cannot be laid on the grid."""


@dataclass(frozen=True)
class Gridding:
    """Where each group of sources of a province stands.

    weights: by group, (cells, provinces), each column sums to one.  fallback: pairs of group and
    province whose own proxy is empty, so that population stands in.  published: by group and pollutant, in
    place of the group's weights: a published grid knows them apart.
    """

    provinces: tuple[str, ...]
    weights: Mapping[str, sparse.csc_array]
    fallback: tuple[tuple[str, str], ...]
    published: Mapping[tuple[str, str], sparse.csc_array] = field(default_factory=dict)

    def place(self, tonnes: NDArray[np.float64]) -> GriddedEmission:
        """tonnes: (pollutants, groups, provinces) -> the same on cells; totals kept to rounding."""
        wanted = (len(EMISSION_GROUPS), len(self.provinces))
        if tonnes.ndim != 3 or tonnes.shape[1:] != wanted or not np.isfinite(tonnes).all():
            raise GriddingError(
                f"emissions of shape {tonnes.shape}: finite (*, {wanted}) is needed"
            )
        placed = np.stack(
            [
                (self.weights[group] @ tonnes[:, place].T).T
                for place, group in enumerate(EMISSION_GROUPS)
            ],
            axis=1,
        )
        for (group, pollutant), weights in self.published.items():
            row, place = POLLUTANTS.index(pollutant), EMISSION_GROUPS.index(group)
            placed[row, place] = weights @ tonnes[row, place]
        return GriddedEmission(placed)

    def gather(self, sensitivity: NDArray[np.float64]) -> NDArray[np.float64]:
        """The transpose of ``place``: (..., pollutants, groups, cells) -> (..., pollutants, groups, provinces)."""
        gathered = np.stack(
            [
                _means(self.weights[group], sensitivity[..., place, :])
                for place, group in enumerate(EMISSION_GROUPS)
            ],
            axis=-2,
        )
        for (group, pollutant), weights in self.published.items():
            row, place = POLLUTANTS.index(pollutant), EMISSION_GROUPS.index(group)
            gathered[..., row, place, :] = _means(weights, sensitivity[..., row, place, :])
        return gathered

    def with_published(self, amounts: Mapping[tuple[str, str], Field]) -> Gridding:
        """The same with a published grid where it has emission.

        amounts: by group and pollutant, (cells, provinces), not negative, in any unit. A province without any
        keeps the weights of the group. Raises GriddingError for a name, a shape or a value that is wrong.
        """
        published = {}
        for (group, pollutant), amount in amounts.items():
            if group not in EMISSION_GROUPS or pollutant not in POLLUTANTS:
                raise GriddingError(f"published grid of {group}, {pollutant}: unknown")
            usual = self.weights[group].toarray()
            if amount.shape != usual.shape or not np.isfinite(amount).all() or (amount < 0).any():
                raise GriddingError(
                    f"published grid of {group}, {pollutant}: finite amounts needed"
                )
            total = amount.sum(axis=0)
            share = np.divide(amount, total, out=usual, where=total > 0)
            published[group, pollutant] = sparse.csc_array(share / share.sum(axis=0))
        return replace(self, published=published)


def _means(weights: sparse.csc_array, sensitivity: Field) -> Field:
    """(..., cells) -> (..., provinces)."""
    flat = sensitivity.reshape(-1, sensitivity.shape[-1])
    return np.asarray((weights.T @ flat.T).T.reshape(*sensitivity.shape[:-1], -1))


def build_gridding(
    provinces: Sequence[str],
    proxies: Mapping[str, Field],
    mixture: Mapping[str, Mapping[str, float]],
    fallback: str,
) -> Gridding:
    """Weights from proxies.

    proxies: name to amounts (cells, provinces), not negative.  mixture: group to the share each proxy
    has in it.  fallback: the proxy that stands in where a province has none of another.
    Raises GriddingError for a negative proxy, a mixture that does not sum to one, an unknown proxy, or
    a province that not even the fallback covers.
    """
    shares, empty = {}, {}
    for name, amount in proxies.items():
        if amount.shape[1] != len(provinces) or not np.isfinite(amount).all() or (amount < 0).any():
            raise GriddingError(f"proxy {name}: finite amounts by cell and province are needed")
        total = amount.sum(axis=0)
        empty[name] = total <= 0
        shares[name] = np.divide(amount, total, out=np.zeros_like(amount), where=total > 0)
    if empty[fallback].any():
        lacking = [code for code, none in zip(provinces, empty[fallback], strict=True) if none]
        raise GriddingError(f"no cell holds {fallback} of {', '.join(lacking)}")
    weights, replaced = {}, []
    for group in EMISSION_GROUPS:
        parts = mixture.get(group, {})
        unknown = sorted(set(parts) - set(shares))
        if unknown or abs(sum(parts.values()) - 1) > 1e-12:
            raise GriddingError(f"{group}: proxies {dict(parts)} are unknown or do not sum to one")
        mixed = np.zeros_like(shares[fallback])
        for name, share in parts.items():
            mixed += share * np.where(empty[name], shares[fallback], shares[name])
            replaced += [
                (group, code) for code, none in zip(provinces, empty[name], strict=True) if none
            ]
        weights[group] = sparse.csc_array(mixed / mixed.sum(axis=0))
    return Gridding(tuple(provinces), weights, tuple(replaced))
