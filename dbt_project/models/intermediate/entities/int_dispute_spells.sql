with

versions as (

    select * from {{ ref('int_dispute_versions') }}

),

disputes as (

    select * from {{ ref('stg_ar__disputes') }}

),

-- An invoice dated after the as-of day does not exist yet, nor do its disputes.
invoices as (

    select * from {{ ref('int_invoices') }}
    where invoice_date <= {{ as_of_date() }}

),

reason_codes as (

    select * from {{ ref('reason_codes') }}

),

-- A spell is what its last version says, but for the day it was opened again, which is its first one's.
ended as (

    select
        *,
        max(reopened_date) over (partition by dispute_id, spell) as spell_reopened_date,
        max(case when reopened_date is not null then closed_before end) over (partition by dispute_id, spell)
            as spell_closed_before,
        row_number() over (partition by dispute_id, spell order by version_number desc nulls last) as turn
    from versions

),

dated as (

    select
        *,
        case
            when spell = 1 or opened_date > spell_closed_before then opened_date
            -- It was said later than it was closed again.
            when closed_date < spell_reopened_date then closed_date
            else spell_reopened_date
        end as spell_opened_date,
        case when closed_date <= {{ as_of_date() }} then closed_date end as spell_closed_date
    from ended
    where turn = 1

),

final as (

    select
        dated.dispute_id,
        cast(dated.spell as integer) as spell,
        disputes.invoice_id,
        invoices.company_id,
        invoices.segment,
        invoices.customer_id,
        invoices.currency_code,
        dated.spell_opened_date as opened_date,
        dated.spell_closed_date as closed_date,
        dated.amount,
        case
            when reason_codes.reason_code is not null then dated.reason_code
            when dated.reason_code is not null then '***'
        end as reason_code,
        case when dated.spell_closed_date is not null then dated.resolution end as resolution,
        {{ dbt.datediff('dated.spell_opened_date', 'coalesce(dated.spell_closed_date, ' ~ as_of_date() ~ ')', 'day') }}
            as days_open
    from dated
    inner join disputes on dated.dispute_id = disputes.dispute_id
    inner join invoices on disputes.invoice_id = invoices.invoice_id
    left join reason_codes on dated.reason_code = reason_codes.reason_code
    where dated.spell_opened_date <= {{ as_of_date() }}

)

select * from final
