"""Gate 2 on concentrations, where an edition has them: levels, scenarios, attribution, people."""

from __future__ import annotations

import great_expectations.expectations as gxe

from expectations.runner import Suite

# 2026-11-21: the lowest annual provincial mean that CAQRA shows is 6 ug/m3 (Tibet), the highest 108.
_LEAST_UG_M3, _MOST_UG_M3 = 1.0, 250.0
# 2026-11-21: sums of thousands of terms in two orders; a missing flow is far above.
_ROUNDING = 1e-9
# 2026-11-21: what the paper's model reaches (Methods: r 0.80, NMB 16 %).
_LEAST_CORRELATION, _MOST_BIAS_SHARE = 0.80, 0.16


def concentration_suites(*, evaluated: bool) -> list[Suite]:
    """The suites of the concentration marts. evaluated: whether the edition has observations."""
    suites = [_levels(), _scenarios(), _attribution(), _people()]
    return [*suites, _skill()] if evaluated else suites


def _levels() -> Suite:
    return Suite(
        "marts__fct_pm25_province__levels",
        "marts.fct_pm25_province",
        """
        select engine || ' ' || province || ' ' || weighting as place, sum(pm25_ug_m3) as pm25_ug_m3
        from marts.fct_pm25_province
        where scenario = 'Base' and season = 'year'
        group by engine, province, weighting
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="pm25_ug_m3", min_value=_LEAST_UG_M3, max_value=_MOST_UG_M3
            ),
        ),
    )


def _scenarios() -> Suite:
    """Leaving emissions out lowers nothing but what they make; secondary organics may vary with CO."""
    return Suite(
        "marts__fct_pm25_province__scenarios",
        "marts.fct_pm25_province",
        f"""
        select
            base.engine || ' ' || less.scenario || ' ' || base.province as place,
            less.pm25_ug_m3 / base.pm25_ug_m3 - {_ROUNDING} as share_of_base
        from (
            select engine, province, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_province
            where scenario = 'Base' and season = 'year' and weighting = 'population'
            group by all
        ) as base
        inner join (
            select engine, scenario, province, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_province
            where scenario != 'Base' and season = 'year' and weighting = 'population'
            group by all
        ) as less on base.engine = less.engine and base.province = less.province
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="share_of_base", min_value=0.0, max_value=1.0, severity="warning"
            ),
        ),
        "2026-11-21: falling stocks can make an export's embodied emission negative: a warning.",
    )


def _attribution() -> Suite:
    """What the view attributes to exports is Base less I_EX for China; dbt tests every receptor's parts."""
    return Suite(
        "marts__fct_pm25_attribution__sums_to_exports",
        "marts.fct_pm25_attribution",
        """
        with attributed as (
            select engine, receptor, sum(pm25_ug_m3) as pm25_ug_m3
            from marts.fct_pm25_attribution
            where consumer_region != 'CHN' and receptor = 'CHN'
            group by all
        ),
        runs as (
            select
                engine,
                province as receptor,
                sum(pm25_ug_m3) filter (where scenario = 'Base') as base_ug_m3,
                sum(pm25_ug_m3) filter (where scenario = 'I_EX') as without_ug_m3
            from marts.fct_pm25_province
            where season = 'year' and weighting = 'population'
                and component not in ('soa', 'background') and engine = 'reduced'
                and province = 'CHN'
            group by all
        )
        select
            runs.engine || ' ' || runs.receptor as place,
            abs(runs.base_ug_m3 - runs.without_ug_m3 - coalesce(attributed.pm25_ug_m3, 0))
            / runs.base_ug_m3 as gap_share
        from runs
        left join attributed on runs.engine = attributed.engine and runs.receptor = attributed.receptor
        """,
        (gxe.ExpectColumnValuesToBeBetween(column="gap_share", max_value=_ROUNDING),),
    )


def _people() -> Suite:
    """The curve of people falls with the level, and all live above none at all."""
    return Suite(
        "marts__fct_exposure__curve_falls",
        "marts.fct_exposure",
        """
        select
            engine || ' ' || scenario || ' ' || province as place,
            max(rise_persons) as rise_persons,
            max(people_above_persons) as people_persons
        from (
            select
                engine,
                scenario,
                province,
                people_above_persons,
                people_above_persons - lag(people_above_persons) over (
                    partition by engine, scenario, province order by threshold_ug_m3
                ) as rise_persons
            from marts.fct_exposure
        )
        group by engine, scenario, province
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(column="rise_persons", max_value=0),
            gxe.ExpectColumnValuesToBeBetween(
                column="people_persons", min_value=0, strict_min=True
            ),
        ),
    )


def _skill() -> Suite:
    """The judged years stand beside the paper's model; falling short warns and stops nothing."""
    return Suite(
        "marts__fct_model_evaluation__skill",
        "marts.fct_model_evaluation",
        """
        select model || ' ' || season as place, correlation, bias_share
        from marts.fct_model_evaluation
        where model = 'reduced' and pollutant = 'PM2.5' and period = 'judged'
            and observation = 'province_area'
        """,
        (
            gxe.ExpectColumnValuesToBeBetween(
                column="correlation", min_value=_LEAST_CORRELATION, severity="warning"
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="bias_share",
                min_value=-_MOST_BIAS_SHARE,
                max_value=_MOST_BIAS_SHARE,
                severity="warning",
            ),
        ),
    )
