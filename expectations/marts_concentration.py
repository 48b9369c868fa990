"""Gate 2 on concentrations, where an edition has them: levels, scenarios, attribution, people."""

from __future__ import annotations

from expectations.judgement import EXACT, Bound, Judgement, gap, gap_sql
from expectations.marts_exports import emission_of

# 2026-11-21: the lowest annual provincial mean that CAQRA shows is 6 ug/m3 (Tibet), the highest 108.
_LEAST_UG_M3, _MOST_UG_M3 = 1.0, 250.0


def concentration_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/concentration that is not about skill (marts_evaluation.py)."""
    return (
        _levels(),
        _grid(),
        _attribution(),
        _attribution_by_sector(),
        _reading(),
        _sensitivity(),
        _exposure(),
        _groups(),
    )


def _levels() -> Judgement:
    """Levels of the base; leaving emissions out lowers them, and never below nothing."""
    return Judgement(
        "fct_pm25_province",
        f"""
        with levels as (
            select engine, scenario, province, weighting, season, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_province
            where season = 'year'
            group by all
        ),

        base as (from levels where scenario = 'Base')

        select
            concat_ws(' ', less.engine, less.scenario, less.province, less.weighting) as place,
            case when less.scenario = 'Base' then less.pm25_ug_m3 else {_LEAST_UG_M3} end as pm25_ug_m3,
            case
                when less.scenario = 'Base' or less.weighting <> 'population' then 1
                else less.pm25_ug_m3 / base.pm25_ug_m3 - {EXACT}
            end as pm25_ug_m3__of_base
        from levels as less
        left join base using (engine, province, weighting)
        """,
        (
            Bound(
                "pm25_ug_m3",
                "2026-11-21: annual provincial means of CAQRA are 6 (Tibet) to 108.",
                _LEAST_UG_M3,
                _MOST_UG_M3,
            ),
            # Secondary organics may vary with CO.
            Bound(
                "pm25_ug_m3__of_base",
                "2026-11-21: falling stocks can make an export's embodied emission negative.",
                0,
                1,
                "warn",
            ),
        ),
    )


def _grid() -> Judgement:
    return Judgement(
        "fct_pm25_grid",
        f"""
        with people as (
            select sum(population_persons) as population_persons
            from (
                select longitude, latitude, max(population_persons) as population_persons
                from marts.fct_pm25_grid
                group by longitude, latitude
            )
        ),

        breathed as (
            select
                engine,
                scenario,
                component,
                sum(pm25_ug_m3 * population_persons) as breathed,
                min(pm25_ug_m3) as least,
                max(pm25_ug_m3) as most
            from marts.fct_pm25_grid
            group by engine, scenario, component
        ),

        nation as (
            select engine, scenario, component, pm25_ug_m3
            from marts.fct_pm25_province
            where season = 'year' and weighting = 'population' and province = $home
        )

        select
            concat_ws(' ', engine, scenario, component) as place,
            {gap_sql("breathed / population_persons", "pm25_ug_m3", 1e-3)} as pm25_ug_m3__nation_gap,
            coalesce(least, 0) as pm25_ug_m3__least,
            coalesce(most, 0) as pm25_ug_m3__most
        from breathed -- cells are kept for some of the scenarios
        left join nation using (engine, scenario, component)
        cross join people
        """,
        (
            gap(
                "pm25_ug_m3__nation_gap",
                "the mean of cells by people",
                "the nation's in fct_pm25_province",
                "2026-11-30: cells that round to nothing are left out",
                1e-6,
            ),
            Bound("pm25_ug_m3__least", "2026-11-30: a component is there or not.", minimum=0),
            Bound(
                "pm25_ug_m3__most",
                "2026-11-30: no cell of a year has more than 500 of one component (97 in 2007); the"
                " foulest city of the WHO's data has 220 of all.",
                maximum=500,
            ),
        ),
    )


def _attribution() -> Judgement:
    """What the view attributes to exports is Base less I_EX for China; dbt tests every receptor's parts."""
    return Judgement(
        "fct_pm25_attribution",
        """
        with attributed as (
            select engine, receptor, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_attribution
            where consumer_region != $home and receptor = $home
            group by all
        ),

        runs as (
            select
                engine,
                province as receptor,
                sum(pm25_ug_m3) filter (where scenario = 'Base') as base_ug_m3,
                sum(pm25_ug_m3) filter (where scenario = 'I_EX') as without_ug_m3
            from marts.fct_pm25_province
            where
                season = 'year' and weighting = 'population'
                and component not in ('soa', 'background') and engine = 'reduced'
                and province = $home
            group by all
        )

        select
            runs.engine || ' ' || runs.receptor as place,
            abs(runs.base_ug_m3 - runs.without_ug_m3 - coalesce(attributed.pm25_ug_m3, 0))
            / runs.base_ug_m3 as pm25_ug_m3__gap
        from runs
        left join attributed using (engine, receptor)
        """,
        (
            gap(
                "pm25_ug_m3__gap",
                "Base less I_EX",
                "what is attributed",
                "2026-11-21: backward is forward",
            ),
        ),
    )


def _attribution_by_sector() -> Judgement:
    """One receptor and one consumer of a view of a thousand million rows."""
    sums = """
        select engine, producer_province, component, sum(pm25_ug_m3) as pm25_ug_m3
        from marts.{}
        where receptor = $home and consumer_region = $consumer
        group by engine, producer_province, component
    """
    return Judgement(
        "fct_pm25_attribution_sector",
        f"""
        with by_sector as ({sums.format("fct_pm25_attribution_sector")}),
        by_group as ({sums.format("fct_pm25_attribution")})

        select
            concat_ws(' ', engine, producer_province, component) as place,
            {gap_sql("by_sector.pm25_ug_m3", "by_group.pm25_ug_m3", 1e-6)} as pm25_ug_m3__gap
        from by_sector
        full outer join by_group using (engine, producer_province, component)
        """,
        (
            gap(
                "pm25_ug_m3__gap",
                "by sector",
                "by group, for the largest consumer",
                "2026-11-30: one sum",
                1e-7,
            ),
        ),
    )


def _reading() -> Judgement:
    """Both readings of direct and indirect put the same over China as the attribution by exporter."""
    return Judgement(
        "fct_pm25_reading",
        f"""
        with by_reading as (
            select
                engine,
                reading,
                sum(pm25_ug_m3) as pm25_ug_m3,
                sum(case when is_direct then pm25_ug_m3 else 0 end) as direct_ug_m3
            from marts.fct_pm25_reading
            where receptor = $home and not is_returned
            group by engine, reading
        ),

        by_exporter as (
            select
                engine,
                sum(pm25_ug_m3) as pm25_ug_m3,
                sum(case when producer_province = exporter_province then pm25_ug_m3 else 0 end)
                    as direct_ug_m3
            from marts.fct_pm25_attribution
            where receptor = $home and consumer_region != $home
            group by engine
        ),

        asked as (
            select engine, reading.name as reading, pm25_ug_m3, direct_ug_m3
            from by_exporter
            cross join (values ('exporter'), ('final_producer')) as reading (name)
        )

        select
            concat_ws(' ', engine, reading) as place,
            {gap_sql("by_reading.pm25_ug_m3", "asked.pm25_ug_m3", 1e-6)} as pm25_ug_m3__gap,
            case
                when reading = 'exporter'
                    then {gap_sql("by_reading.direct_ug_m3", "asked.direct_ug_m3", 1e-6)}
                else 0
            end as is_direct__gap
        from asked
        full outer join by_reading using (engine, reading)
        """,
        (
            gap(
                "pm25_ug_m3__gap",
                "a reading",
                "what is attributed to exports",
                "2026-11-30: both readings split the same concentration",
                1e-7,
            ),
            gap(
                "is_direct__gap",
                "direct by exporter",
                "own exports of the attribution",
                "2026-11-30: one reading, two marts",
                1e-7,
            ),
        ),
    )


def _sensitivity() -> Judgement:
    return Judgement(
        "fct_pm25_sensitivity",
        """
        with by_receptor as (
            select
                engine,
                receptor,
                min(sensitivity_ug_m3_per_t) as least,
                max(sensitivity_ug_m3_per_t) as most,
                max(sensitivity_ug_m3_per_t) filter (where producer_province = receptor) as own
            from marts.fct_pm25_sensitivity
            group by engine, receptor
        ),

        spread as (
            select engine, max(groups) as groups
            from (
                select
                    engine,
                    max(sensitivity_ug_m3_per_t) - min(sensitivity_ug_m3_per_t) as groups
                from marts.fct_pm25_sensitivity
                group by engine, receptor, producer_province, emission_group, pollutant, component
            )
            group by engine
        )

        select
            engine || ' ' || receptor as place,
            least as sensitivity_ug_m3_per_t__least,
            most as sensitivity_ug_m3_per_t__most,
            coalesce(own / most, 1) as sensitivity_ug_m3_per_t__own_of_most,
            groups as sensitivity_ug_m3_per_t__within_a_group
        from by_receptor
        inner join spread using (engine)
        """,
        (
            Bound(
                "sensitivity_ug_m3_per_t__least",
                "2026-11-30: more emission is not less of its own component.",
                minimum=0,
            ),
            Bound(
                "sensitivity_ug_m3_per_t__most",
                "2026-11-30: at most 4e-4 (carbon of Hainan on itself, 2007); a tonne a year that"
                " stays a day below 500 m over 1,000 km2 makes 5e-3.",
                maximum=5e-3,
            ),
            Bound(
                "sensitivity_ug_m3_per_t__own_of_most",
                "2026-11-30: a province's own emission moves it most, or nearly so.",
                minimum=0.1,
            ),
            Bound(
                "sensitivity_ug_m3_per_t__within_a_group",
                "2026-11-30: sectors of a group share their sensitivity.",
                maximum=0,
            ),
        ),
    )


def _exposure() -> Judgement:
    """The curve of people falls with the level, all live above none, and what is lifted is a difference."""
    return Judgement(
        "fct_exposure",
        """
        with curve as (
            select
                *,
                people_above_persons - lag(people_above_persons) over (
                    partition by engine, scenario, province order by threshold_ug_m3
                ) as rise_persons,
                max(people_above_persons) filter (where scenario = 'Base') over (
                    partition by engine, province, threshold_ug_m3
                ) as base_persons
            from marts.fct_exposure
        )

        select
            concat_ws(' ', engine, scenario, province) as place,
            coalesce(max(rise_persons), 0) as people_above_persons__rise,
            max(people_above_persons) as people_above_persons__most,
            -- a thousandth of a person is kept
            max(abs(people_lifted_above_persons - (base_persons - people_above_persons)))
                as people_lifted_above_persons__gap
        from curve
        group by engine, scenario, province
        """,
        (
            Bound(
                "people_above_persons__rise",
                "2026-11-21: more people cannot live above a higher level.",
                maximum=0,
            ),
            Bound(
                "people_above_persons__most",
                "2026-11-30: people live in every province (Tibet: 3 million), and no more than in China.",
                1e5,
                1.6e9,
            ),
            Bound(
                "people_lifted_above_persons__gap",
                "2026-11-30: Base less the scenario, rounded.",
                maximum=1e-3 + EXACT,
            ),
        ),
    )


def _groups() -> Judgement:
    made = emission_of("marts.fct_export_output", "producer_province || ' ' || exporter_province")
    return Judgement(
        "fct_export_group_emission",
        f"""
        with grouped as (
            select
                producer_province || ' ' || exporter_province as place,
                pollutant,
                sum(emission_t) as emission_t
            from marts.fct_export_group_emission
            group by all
        ),

        made as (select * from ({made}) where pollutant <> 'APE')

        select
            place || ' ' || pollutant as place,
            {gap_sql("grouped.emission_t", "made.emission_t")} as emission_t__gap
        from grouped
        full outer join made using (place, pollutant)
        """,
        (gap("emission_t__gap", "by group", "by sector", "2026-11-30: groups hold all sectors"),),
    )
