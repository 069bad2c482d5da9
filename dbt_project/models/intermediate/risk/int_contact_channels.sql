with

-- If in doubt, no contact: a stop counts if it is in force at any time of the day, a consent only if it is in force all
-- day.
preferences as (

    select * from {{ ref('stg_collections__contact_preferences') }}
    where
        cast(received_at as date) <= {{ as_of_date() }}
        and (
            expires_at is null
            or cast(expires_at as date) > {{ as_of_date() }}
            or (preference <> 'consent' and expires_at > cast({{ as_of_date() }} as timestamp))
        )

),

customers as (

    select * from {{ ref('int_customers') }}

),

-- Customers for whom one more call today would be a presumed violation.
called_enough as (

    select customer_id from {{ ref('int_call_verdicts') }}
    where
        is_one_more
        and is_binding
        and verdict = 'presumed_violation'

),

channels as (

    {% for channel in var('contact_channels') -%}
        select '{{ channel }}' as channel
        {%- if not loop.last %}
            union all
        {% endif -%}
    {% endfor %}

),

-- A wish about all channels counts for each channel, and so does a cease notice. The wish received last counts; if two
-- have the same time, the stricter one.
ranked as (

    select
        preferences.customer_id,
        channels.channel,
        preferences.preference = 'consent' as is_allowed,
        row_number() over (
            partition by preferences.customer_id, channels.channel
            order by
                preferences.received_at desc nulls last,
                case when preferences.preference = 'consent' then 1 else 0 end asc nulls last,
                preferences.channel asc nulls last
        ) as recency
    from preferences
    inner join channels
        on preferences.channel in (channels.channel, 'all') or preferences.preference = 'cease'

),

forbidden as (

    select
        customer_id,
        channel
    from ranked
    where
        recency = 1
        and not is_allowed
    union distinct
    select
        customer_id,
        'phone' as channel
    from called_enough

),

decided as (

    select
        {% for channel in var('contact_channels') -%}
            max(case when channel = '{{ channel }}' then 1 else 0 end) as forbids_{{ channel }},
        {% endfor -%}
        customer_id
    from forbidden
    group by customer_id

),

-- A customer without wishes and without too many calls may be contacted by every channel.
listed as (

    select
        customers.customer_id,
        ''
        {%- for channel in var('contact_channels') %}
            || case when decided.forbids_{{ channel }} = 1 then '' else ', {{ channel }}' end
        {%- endfor %} as channels
    from customers
    left join decided on customers.customer_id = decided.customer_id

),

final as (

    select
        customer_id,
        case when channels = '' then 'none' else substr(channels, 3) end as allowed_channels
    from listed

)

select * from final
