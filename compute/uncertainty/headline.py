"""The headline results as functions of an inventory and of what exports drive."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from compute._checks import Array, Indices, InvalidInput
from compute.uncertainty.drive import LAYERS, Drive
from compute.uncertainty.health import Deaths

ALL = "all"
INDEX = "APE"


@dataclass(frozen=True)
class Headlines:
    """Which headline results there are, and how to calculate them.

    pollutants: (k,).  provinces: (P,).  sectors: number in the footprint.  outside: number of
    emitters outside it; an inventory is (k, P', sectors + outside), P' >= P provinces, those with a
    table first.  groups: (g,) names of consumer groups; group: (consumers,) each consumer's.
    index_weight: (k,), the index APE per tonne.  ranked: positions of the consumers to be ranked.
    sensitivity: None or (receptors, k, P, sectors), ug/m3 per tonne; receptors: their names.
    nation: code of the whole country among the places.
    deaths: None, or what PM2.5 is associated with.
    """

    pollutants: tuple[str, ...]
    provinces: tuple[str, ...]
    sectors: int
    groups: tuple[str, ...]
    group: Indices
    index_weight: Array
    ranked: Indices
    nation: str
    receptors: tuple[str, ...] = ()
    sensitivity: Array | None = None
    deaths: Deaths | None = None

    def __post_init__(self) -> None:
        """Refuse a sensitivity that fits neither emissions nor receptors."""
        expected = (len(self.receptors), len(self.pollutants), len(self.provinces), self.sectors)
        if self.sensitivity is not None and self.sensitivity.shape != expected:
            raise InvalidInput(
                f"the sensitivity has shape {self.sensitivity.shape}, expected {expected}"
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Pollutants and the index."""
        return (*self.pollutants, INDEX)

    @property
    def places(self) -> tuple[str, ...]:
        """Provinces and the nation."""
        return (*self.provinces, self.nation)

    @property
    def labels(self) -> list[tuple[str, str, str, str, str]]:
        """Result, place, pollutant, part and unit of every headline, in the order of `values`."""
        names, places = self.names, self.places
        parts = [
            ("export_emission", ALL),
            ("export_emission", "direct"),
            ("export_emission", "indirect"),
        ]
        parts += [("export_emission", group) for group in self.groups]
        rows = [
            (result, place, name, part, "t")
            for result, part in parts
            for place in places
            for name in names
        ]
        rows += [("direct_share", place, name, ALL, "share") for place in places for name in names]
        rows += [("export_share", place, name, ALL, "share") for place in places for name in names]
        rows += [("inventory_total", place, name, ALL, "t") for place in places for name in names]
        rows += [
            ("production_layer", self.nation, name, layer, "t")
            for layer in LAYERS
            for name in names
        ]
        if self.sensitivity is not None:
            rows += [("export_pm25", receptor, ALL, ALL, "ug/m3") for receptor in self.receptors]
        if self.deaths is not None:
            receptors = (*self.deaths.receptors, self.nation)
            for result in ("pm25_deaths", "export_deaths"):
                rows += [(result, receptor, ALL, ALL, "deaths") for receptor in receptors]
            rows += [("export_deaths", self.nation, ALL, group, "deaths") for group in self.groups]
        return rows

    def values(
        self, emission: Array, drive: Drive, deaths: Array | None = None
    ) -> tuple[Array, Array]:
        """All headlines, (h,), and emissions by place, pollutant and consumer, (P + 1, k + 1, consumers).

        deaths: of receptors in a draw, (r,); None: those of the run.
        """
        count, every = len(self.provinces), self._with_index(emission)
        inside = every[:, :count, : self.sectors]
        by_province = (count, self.sectors)
        consumer = np.matmul(
            inside.transpose(1, 0, 2), drive.consumer.reshape(-1, *by_province).transpose(1, 2, 0)
        )  # (P, k + 1, consumers)
        consumer = np.concatenate([consumer, consumer.sum(axis=0, keepdims=True)])
        total = consumer.sum(axis=2)
        direct = (inside * drive.direct.reshape(by_province)).sum(axis=2).T
        direct = np.concatenate([direct, direct.sum(axis=0, keepdims=True)])
        member = (self.group[:, None] == np.arange(len(self.groups))).astype(np.float64)
        grouped = (consumer @ member).transpose(2, 0, 1)
        emitted = every.sum(axis=2)
        inventory = np.concatenate(
            [emitted[:, :count], emitted.sum(axis=1, keepdims=True)], axis=1
        ).T
        layers = np.einsum("kps,lps->lk", inside, drive.layer.reshape(-1, *by_province))
        parts = [
            total,
            direct,
            total - direct,
            grouped,
            _ratio(direct, total),
            _ratio(total, inventory),
        ]
        parts += [inventory, layers]
        if self.sensitivity is not None:
            exported = inside[:-1] * drive.consumer.sum(axis=0).reshape(by_province)
            parts.append(self.sensitivity.reshape(len(self.receptors), -1) @ exported.ravel())
        if self.deaths is not None:
            number = self.deaths.point if deaths is None else deaths
            parts.append(self.death_values(number, self.export_shares(emission, drive)))
        return np.concatenate([part.ravel() for part in parts]), consumer

    def export_shares(self, emission: Array, drive: Drive) -> Array:
        """Share of each receptor's deaths by consumer, (r, consumers). Needs deaths."""
        assert self.deaths is not None  # noqa: S101 - callers have looked
        inside = emission[:, : len(self.provinces), : self.sectors]
        per_output = (self.deaths.share_per_t * inside).sum(axis=1)
        return np.asarray(per_output.reshape(len(per_output), -1) @ drive.consumer.T)

    def death_values(self, deaths: Array, shares: Array) -> Array:
        """The headlines of deaths: all by receptor and nation, exports' (without those that return), by group."""
        by_consumer = deaths[:, None] * shares
        exported = by_consumer[:, self.ranked].sum(axis=1)
        member = (self.group[:, None] == np.arange(len(self.groups))).astype(np.float64)
        totals = ([number.sum()] for number in (deaths, exported))
        first, second = totals
        return np.concatenate([deaths, first, exported, second, by_consumer.sum(axis=0) @ member])

    def _with_index(self, emission: Array) -> Array:
        index = np.tensordot(self.index_weight, emission, axes=1)
        return np.concatenate([emission, index[None]])


def _ratio(above: Array, below: Array) -> Array:
    ratio: Array = np.divide(above, below, out=np.zeros_like(above), where=below != 0)
    return ratio
