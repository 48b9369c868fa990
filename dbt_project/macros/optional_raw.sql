{#
A raw role that an edition may lack: the table, or no rows of its columns.
columns: name to type, in order.
#}
{% macro optional_raw(role, columns) %}
    {%- do source('raw', role) -%}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(database=target.database, schema='raw', identifier=role) -%}
    {%- endif -%}
    select
    {%- for name, type in columns.items() %}
        {{ name if relation is not none else 'cast(null as ' ~ type ~ ') as ' ~ name }}{{ ',' if not loop.last }}
    {%- endfor %}
    {{ 'from ' ~ relation if relation is not none else 'where false' }}
{% endmacro %}
