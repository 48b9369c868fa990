{# Schemas are named as written, without dbt's target prefix: they are a promise to readers. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
