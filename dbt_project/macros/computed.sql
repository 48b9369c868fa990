{#
A table that a computation writes (models/*/_computed.yml). What the computation reads becomes a parent, too, so that
the way of the data through computations shows in dbt's documentation: the variable computed_from has it, from
steps/catalogue.py.
#}
{% macro computed(name) %}
    {%- for read in var('computed_from', {}).get(name, []) -%}
        {%- set schema, table = read.split('.') -%}
        {%- if schema in ('raw', 'computed') -%}
            {%- do source(schema, table) -%}
        {%- else -%}
            {%- do ref(table) -%}
        {%- endif -%}
    {%- endfor -%}
    {{- return(source('computed', name)) -}}
{% endmacro %}
