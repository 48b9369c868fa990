-- Grain: one row per edition, year, role, file_name, reader, original_file_name (the original behind the
-- file read; two readers may take one).
with files as (

    select
        role,
        file_name,
        reader,
        producer,
        title,
        citation,
        licence,
        terms_of_use,
        accessed_date,
        vintage_year,
        original_file_name,
        original_sha256,
        original_bytes,
        loaded_rows,
        is_bundled,
        conversions
    from {{ source('raw', 'provenance') }}
    {%- if var('kind') == 'concentration' %}
        union all
        select
            role,
            file_name,
            reader,
            producer,
            title,
            citation,
            licence,
            terms_of_use,
            accessed_date,
            vintage_year,
            original_file_name,
            original_sha256,
            original_bytes,
            loaded_rows,
            is_bundled,
            conversions
        from {{ computed('simulation_provenance') }}
    {%- endif %}

)

select
    '{{ var("edition") }}' as edition,
    cast({{ var("year") }} as integer) as year,
    role,
    file_name,
    reader,
    producer,
    title,
    citation,
    licence,
    terms_of_use,
    accessed_date,
    vintage_year,
    original_file_name,
    original_sha256,
    original_bytes,
    loaded_rows,
    is_bundled,
    conversions
from files
