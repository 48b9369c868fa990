{# Whether a comparison runs across 1 September 2018. Since then the network reports particles at the temperature and
   pressure of the place and gases at 298.15 K, before at 273.15 K and 1013.25 hPa: the same air reads about 8 % lower
   (GB 3095-2012, amendment of 2018; Jin et al. 2020, Atmosphere 11, 1199). It holds of observations, not of a mean over
   area from a reanalysis. before_start: first day of the earlier period. period_end: last day of the later one. #}
{% macro is_across_reporting_change(before_start, period_end) -%}
    ({{ before_start }} < date '2018-09-01' and {{ period_end }} >= date '2018-09-01')
{%- endmacro %}
