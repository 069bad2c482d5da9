{#
  The version that counts of every record; raw tables keep all versions. Of several rows with one key, the row with the
  latest updated_at wins; if updated_at is equal or absent, the row that landed last. A tombstone without updated_at
  counts from when it was recorded. If the winning row is a tombstone, the record is deleted. With the variable
  known_as_of, rows recorded after that day are ignored.

  `relation`: the source's import CTE; `key`: its key columns.
  A macro because twenty-two staging models need the same window.
  In an incremental run it reads only keys with a version that has landed since the last build.
#}
{% macro latest_versions(relation, key) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by
                    coalesce(updated_at, case when is_deleted then coalesce(recorded_at, loaded_at) end) desc nulls last,
                    source_file_number desc nulls last,
                    source_row desc nulls last
            ) as version_rank
        from {{ relation }}
        {% if increments() and is_incremental() %}
        where {{ landed_again(relation, key[0]) }}
        {% elif given('known_as_of') %}
        where cast(coalesce(recorded_at, loaded_at) as date) <= cast('{{ given("known_as_of") }}' as date)
        {% endif %}
    ) as ranked
    where
        version_rank = 1
        and not coalesce(is_deleted, false)
{% endmacro %}
