-- Rows whose kind and amount contradict each other, by how the list is said to write its amounts.
with items as (
    select
        _file,
        _row,
        coalesce(kind, 'no kind') || ', ' || currency_code || ' ' || in_words(amount) as cell,
        case
            when {{ option('amounts') }} = 'unsigned' and kind is null then 'no kind'
            when {{ option('amounts') }} = 'unsigned' and amount < 0 then 'below zero'
            when {{ option('amounts') }} = 'signed' and kind = 'invoice' and amount < 0 then 'invoice below zero'
            when {{ option('amounts') }} = 'signed' and kind <> 'invoice' and amount > 0 then 'credit above zero'
        end as fault
    from {{ source('flat', 'rows') }}
)

select
    _file,
    _row,
    'kind' as field,
    cell,
    case fault
        when 'no kind' then 'a kind, because the amounts are said to be unsigned'
        when 'below zero' then 'no amount below zero, because the amounts are said to be unsigned'
        when 'invoice below zero' then 'an invoice above zero'
        else 'credit memos and receipts below zero'
    end as expected,
    'Correct them, or say in options.amounts how this list writes amounts: signed, unsigned or reversals.' as advice
from items
where fault is not null
