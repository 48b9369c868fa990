{#
Whether a row of an inventory belongs to the row of the seed national_total_group, here called grouping_seed.
Ammonia has groups of its own: the inventories draw the borders of its sectors elsewhere.
relation: an alias with source_sector and pollutant.  source: the inventory as the seed names it.
#}
{% macro in_total_group(relation, source) -%}
    grouping_seed.source = '{{ source }}'
    and {{ relation }}.source_sector = grouping_seed.source_sector
    and ({{ relation }}.pollutant = 'NH3') = (grouping_seed.species = 'NH3')
{%- endmacro %}
