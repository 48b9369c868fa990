"""How intervals are asked for; light, since every plan of a run reads it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import duckdb

from warehouse import meta

if TYPE_CHECKING:
    from compute.uncertainty.sampling import Plan

STEP = "uncertainty"
DEFAULT_DRAWS = 1000


@dataclass(frozen=True)
class Settings:
    """How intervals are asked for; a run keeps the last ones.

    draws, seed, table_draws, full, rebalance: as in compute.uncertainty.sampling.Plan.
    alternatives: also what needs the table made again, for computed.sensitivity.
    """

    draws: int = DEFAULT_DRAWS
    seed: int = 1
    table_draws: int = 0
    full: bool = False
    rebalance: bool = False
    alternatives: bool = False

    @property
    def plan(self) -> Plan:
        """Checked.  Raises compute.InvalidInput."""
        from compute.uncertainty.sampling import Plan

        return Plan(self.draws, self.seed, self.table_draws, self.full, self.rebalance)

    def texts(self) -> dict[str, str]:
        """For meta.setting and for fingerprints."""
        return {name: str(int(value)) for name, value in asdict(self).items()}

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection) -> Settings:
        """The last ones of a working file, or the defaults."""
        kept = {name: int(value) for name, value in meta.settings(con, STEP).items()}
        known = {**asdict(cls()), **kept}
        return cls(
            known["draws"],
            known["seed"],
            known["table_draws"],
            bool(known["full"]),
            bool(known["rebalance"]),
            bool(known["alternatives"]),
        )
