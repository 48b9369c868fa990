{#
A raw role that an edition may lack: the table, or no rows of its columns.
columns: name to type, in order.
#}
{% macro optional_raw(role, columns) %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(database=target.database, schema='raw', identifier=role) -%}
    {%- endif -%}
    {%- if relation is not none -%}
        select
            {%- for name in columns %}
            {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        from {{ relation }}
    {%- else -%}
        select
            {%- for name, type in columns.items() %}
            cast(null as {{ type }}) as {{ name }}{{ ',' if not loop.last }}
            {%- endfor %}
        where false
    {%- endif -%}
{% endmacro %}
