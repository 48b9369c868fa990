{#
The index APE of eq. 13: every tonne divided by its pollutant's coefficient, summed over the pollutants.
amount: tonnes, or tonnes per something.  coefficient: that of int_pollutant__weight or dim_pollutant.
#}
{% macro index_of(amount, coefficient) -%}
    sum({{ amount }} / {{ coefficient }})
{%- endmacro %}
