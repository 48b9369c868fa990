"""How exactly the engine's identities hold on the nested grid.

    python -m benchmarks.atmosphere_identities <working file of open-2007>

One season (winter) of the edition with its own emissions and receptors: mass of every tracer, the adjoint of the
whole chain, and, from the stored sensitivities, what exports put over each province beside Base less I_EX, direct
and indirect beside all. Relative differences, the largest of each kind.
"""

from __future__ import annotations

import sys

import duckdb
import numpy as np

from compute.atmosphere.chemistry import particle_shares
from compute.atmosphere.engine import POLLUTANTS
from compute.atmosphere.season import SeasonModel, adjoint, emission_rates, forward, near_ground
from compute.atmosphere.transport import LAYERS, as_fresh, of_all_ages
from steps.atmosphere_inputs import engines_of, read_gridding, read_land, read_parameters
from steps.concentration import read_emissions, receptors_of

# The dbt test attribution_sums_to_scenarios says whether, this by how much. Exports that return stay in every run.
ATTRIBUTION = """
with difference as (
    select scenario, province as receptor, sum(pm25_ug_m3) as ug_m3
    from computed.pm25_province
    where season = 'year' and weighting = 'population' and component not in ('soa', 'background')
    group by all
),

attributed as (
    select
        receptor,
        sum(emission_t * sensitivity_ug_m3_per_t) as everything,
        sum(emission_t * sensitivity_ug_m3_per_t) filter (where producer_province <> exporter_province) as indirect
    from computed.pm25_sensitivity inner join intermediate.int_atmosphere__export_emission
        using (producer_province, emission_group, pollutant)
    where consumer_region <> 'CHN'
    group by receptor
)

select
    max(abs(everything / (base.ug_m3 - without.ug_m3) - 1)),
    max(abs((base.ug_m3 - inland.ug_m3 + indirect) / (base.ug_m3 - without.ug_m3) - 1)),
    count(*)
from attributed
inner join difference as base on base.receptor = attributed.receptor and base.scenario = 'Base'
inner join difference as without on without.receptor = attributed.receptor and without.scenario = 'I_EX'
inner join difference as inland on inland.receptor = attributed.receptor and inland.scenario = 'I_EXDIR'
"""


def mass(model: SeasonModel, rates: dict[str, np.ndarray]) -> float:
    """Emitted less what leaves, deposits, washes out or converts, over what is emitted; largest of all tracers."""
    found = []
    for operator in model.operators.values():
        emitted = rates["SO2"]
        held = of_all_ages(operator.solve(as_fresh(emitted)))
        gone = (operator.outflow + operator.removal) @ held
        found.append(abs(gone / emitted.sum() - 1))
    return max(found)


def transposed(model: SeasonModel, rates: dict[str, np.ndarray], receptors: np.ndarray) -> float:
    """Receptors of what emissions make beside emissions weighted with what receptors feel."""
    tracer = forward(model, rates)
    mixed = {name: tracer[name][: model.cells] for name in ("sulfate", "nitrate", "ammonium")}
    share = particle_shares(**mixed, allowed=model.chemistry.nitrate_particle_share.ravel())
    ground = near_ground(model, tracer, rates)
    ground["nitrate"] = ground["nitrate"] * share.nitrate
    ground["ammonium"] = ground["ammonium"] * share.ammonium
    names = ("sulfate", "nitrate", "ammonium", "bc", "poa", "anthropogenic_dust")
    ahead = receptors @ sum(ground[name] for name in names)
    felt = adjoint(model, share, np.ascontiguousarray(receptors.T))
    back = sum(felt[name].T @ rates[name] for name in POLLUTANTS if name in felt)
    return float(np.abs(back / ahead - 1).max())


def main() -> None:
    """Print the largest relative difference of each identity."""
    with duckdb.connect(sys.argv[1], read_only=True) as con:
        (year,) = con.execute("select any_value(year) from marts.fct_pm25_province").fetchall()[0]
        land = read_land(con, int(year))
        base, _ = read_emissions(con, land)
        tonnes = read_gridding(con, land, int(year)).place(base).tonnes
        model = engines_of(con, land, read_parameters(con))[0]().models[0]
        attributed, parted, receptors = con.sql(ATTRIBUTION).fetchall()[0]
    rates = emission_rates(model, tonnes)
    print(f"{model.name}, {LAYERS} x {model.cells:,} cells, {len(model.operators)} tracers")
    print(f"mass: {mass(model, rates):.1e}")
    print(f"adjoint: {transposed(model, rates, receptors_of(land).by_people):.1e}")
    print(f"attribution beside Base - I_EX, {receptors} receptors: {attributed:.1e}")
    print(f"I_EXDIR and indirect beside I_EX: {parted:.1e}")


if __name__ == "__main__":
    main()
