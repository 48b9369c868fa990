"""Gate 2 on the engine's skill: against observations, by place, simulated, and published shares."""

from __future__ import annotations

from expectations.judgement import Bound, Judgement

# 2026-11-21: what the paper's model reaches (Methods: r 0.80, NMB 16 %).
_LEAST_CORRELATION, _MOST_BIAS_SHARE = 0.80, 0.16


def evaluation_judgements() -> tuple[Judgement, ...]:
    """One judgement a mart of models/concentration that holds the engine against others' figures."""
    return (_skill(), _skill_by_place(), _simulated_skill(), _apportionment())


def _skill() -> Judgement:
    """Falling short of the paper's model in the judged years warns and stops nothing."""
    return Judgement(
        "fct_model_evaluation",
        """
        select
            concat_ws(' ', model, observation, pollutant, season, period) as place,
            correlation,
            bias_share,
            error_share,
            places,
            case when is_judged then correlation else 1 end as correlation__judged,
            case when is_judged then abs(bias_share) else 0 end as bias_share__judged
        from (
            select
                *,
                model = 'reduced' and pollutant = 'PM2.5' and period = 'judged'
                and observation = 'province_area' as is_judged
            from marts.fct_model_evaluation
        )
        """,
        (
            Bound("correlation", "2026-11-30: a correlation.", -1, 1),
            Bound(
                "bias_share",
                "2026-11-30: ten times the observed is another unit; changes may point the other way.",
                -3,
                10,
            ),
            Bound(
                "error_share", "2026-11-30: mean absolute error over the mean; as the bias.", 0, 10
            ),
            Bound("places", "2026-11-30: two places make a correlation of one.", minimum=3),
            Bound(
                "correlation__judged",
                "2026-11-21: the paper's model has 0.80.",
                minimum=_LEAST_CORRELATION,
                severity="warn",
            ),
            Bound(
                "bias_share__judged",
                "2026-11-21: the paper's model has 16 %.",
                maximum=_MOST_BIAS_SHARE,
                severity="warn",
            ),
        ),
        may_be_empty="select count(*) = 0 from computed.model_evaluation",
    )


def _skill_by_place() -> Judgement:
    return Judgement(
        "fct_model_evaluation_place",
        """
        select
            concat_ws(' ', observation, pollutant, season, period) as place,
            min(modelled_ug_m3) as modelled_ug_m3__least,
            median(modelled_ug_m3) / nullif(median(observed_ug_m3), 0) as modelled_ug_m3__of_observed,
            coalesce(median(baseline_ug_m3) / nullif(median(observed_ug_m3), 0), 1)
                as baseline_ug_m3__of_observed
        from marts.fct_model_evaluation_place
        group by all
        """,
        (
            Bound("modelled_ug_m3__least", "2026-11-30: a concentration.", minimum=0),
            Bound(
                "modelled_ug_m3__of_observed",
                "2026-11-30: medians over places; a tenth or ten times is another unit.",
                0.1,
                10,
            ),
            Bound(
                "baseline_ug_m3__of_observed",
                "2026-11-30: as above; without a baseline 1.",
                0.1,
                10,
            ),
        ),
        may_be_empty="select count(*) = 0 from computed.model_evaluation_place",
    )


def _simulated_skill() -> Judgement:
    return Judgement(
        "fct_simulation_evaluation",
        """
        select
            concat_ws(' ', engine, observation, season) as place,
            correlation, bias_share, error_share, places
        from marts.fct_simulation_evaluation
        """,
        (
            Bound("correlation", "2026-11-30: a correlation.", -1, 1),
            Bound("bias_share", "2026-11-30: ten times the observed is another unit.", -1, 10),
            Bound("error_share", "2026-11-30: as the bias.", 0, 10),
            Bound("places", "2026-11-30: two places make a correlation of one.", minimum=3),
        ),
        may_be_empty="select count(*) = 0 from computed.simulation_evaluation",
    )


def _apportionment() -> Judgement:
    return Judgement(
        "fct_source_apportionment",
        """
        select
            concat_ws(' ', province, season, list_round, source) as place,
            coalesce(self_made_share, 0) as self_made_share,
            self_made_high_share - self_made_low_share as self_made_high_share__less_low,
            case
                when coalesce(is_within, self_made_share between self_made_low_share and self_made_high_share)
                    is not distinct from (self_made_share between self_made_low_share and self_made_high_share)
                    then 0
                else 1
            end as is_within__wrong
        from marts.fct_source_apportionment
        """,
        (
            Bound("self_made_share", "2026-11-30: a part of what a province breathes.", 0, 1),
            Bound("self_made_high_share__less_low", "2026-11-30: a range.", 0, 1),
            Bound(
                "is_within__wrong",
                "2026-11-30: it says whether the share lies in the range.",
                maximum=0,
            ),
        ),
    )
