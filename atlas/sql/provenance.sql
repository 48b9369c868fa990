-- Every file that went into this edition: whose it is, under which terms, and which year it describes.
select
    role,
    title,
    producer,
    licence,
    terms_of_use,
    vintage_year,
    case when vintage_year <> year then 'another year than the edition' else '' end as vintage_note,
    accessed_date,
    loaded_rows,
    is_bundled,
    original_file_name,
    original_sha256,
    citation
from fct_provenance
where edition = '{{ edition }}' and year = {{ year }}
order by role, original_file_name
