{#
A mart that a computation has written itself (`mart` of its contract in a _computed.yml): its rows are written once.
The model's SQL says what stands in it. Its columns and the table's must both be the contract's; the table gets its
comments and stays as it is.
#}
{% materialization computed_in_place, adapter='duckdb' %}
    {%- set written = load_cached_relation(this) -%}
    {%- if not (written and written.is_table) -%}
        {{ exceptions.raise_compiler_error(
            this ~ ' was not written by its computation. Run `tradeplume run`, which orders the two.'
        ) }}
    {%- endif -%}
    {%- set target = this.incorporate(type='table') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {{ get_assert_columns_equivalent(sql) }}
    {{ get_assert_columns_equivalent('select * from ' ~ target) }}
    {% call statement('main') -%}
        select count(*) from {{ target }}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}

    {{ return({'relations': [target]}) }}
{% endmaterialization %}
