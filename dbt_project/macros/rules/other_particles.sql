{#
Other primary PM2.5: PM2.5 less black and organic carbon, not negative.
pm25: tonnes.  carbon: the amounts to deduct, one after the other; a carbon that is not known is given as zero.
Where PM2.5 itself is not known, neither is the rest: the answer is null.
#}
{% macro other_particles(pm25, carbon) -%}
    case when {{ pm25 }} is not null then greatest({{ pm25 }} - {{ carbon | join(' - ') }}, 0) end
{%- endmacro %}
