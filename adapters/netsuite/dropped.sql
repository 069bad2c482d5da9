select
    'transaction' as source_table,
    document_id as source_id,
    case
        when kind is null then coalesce(type, 'unknown type') || ' is no document of accounts receivable'
        when posting is not true then 'not posted'
        else 'no customer'
    end as reason
from {{ ref('netsuite__transactions') }}
where
    _fivetran_deleted is not true
    and (kind is null or posting is not true or customer_id is null)

union all

select
    'transaction',
    document_id,
    'booked to an account for ' || kind || ': an adjustment of its invoices'
from {{ ref('netsuite__documents') }}
where kind in ('write_off', 'discount') and not is_deleted
