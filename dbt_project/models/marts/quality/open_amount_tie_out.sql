with

source_open_amounts as (

    select * from {{ ref('int_source_open_amounts') }}

),

ledger as (

    select * from {{ ref('fct_receivables_ledger') }}

),

-- An overpayment belongs to its invoice. Receipts and memos are negative in the ledger.
standing as (

    select
        source_open_amounts.document_type,
        source_open_amounts.document_id,
        sum(case when source_open_amounts.document_type = 'invoice' then ledger.amount else -ledger.amount end)
            as open_amount,
        max(ledger.recorded_at) as last_recorded_at
    from source_open_amounts
    inner join ledger
        on
            source_open_amounts.document_id = ledger.item_id
            and source_open_amounts.document_type
            = case when ledger.item_type = 'overpayment' then 'invoice' else ledger.item_type end
    group by
        source_open_amounts.document_type,
        source_open_amounts.document_id

),

compared as (

    select
        source_open_amounts.document_type,
        source_open_amounts.document_id,
        source_open_amounts.company_id,
        source_open_amounts.customer_id,
        source_open_amounts.currency_code,
        cast(standing.open_amount as decimal(18, 4)) as ledger_open_amount,
        cast(source_open_amounts.source_open_amount as decimal(18, 4)) as source_open_amount,
        standing.last_recorded_at > source_open_amounts.recorded_at as is_older
    from source_open_amounts
    left join standing
        on
            source_open_amounts.document_type = standing.document_type
            and source_open_amounts.document_id = standing.document_id

),

final as (

    select
        document_type,
        document_id,
        company_id,
        customer_id,
        currency_code,
        ledger_open_amount,
        source_open_amount,
        cast(ledger_open_amount - source_open_amount as decimal(18, 4)) as difference,
        case
            when ledger_open_amount is null then 'not_in_ledger'
            when ledger_open_amount = source_open_amount then 'ties_out'
            when is_older then 'changed_since'
            else 'differs'
        end as status
    from compared

)

select * from final
