select
    'Sales Invoice' as source_table,
    name as source_id,
    'draft' as reason
from {{ source('erpnext', 'sales_invoice') }}
where docstatus = 0

union all

select
    'Sales Invoice',
    document_id,
    'paid at once, or of nothing'
from {{ ref('erpnext__documents') }}
where kind in ('invoice', 'opening_balance') and amount = 0

union all

select
    'Payment Entry',
    name,
    case
        when docstatus = 0 then 'draft'
        when payment_type = 'Internal Transfer' then 'transfer between own accounts'
        when coalesce(party_type, '') <> 'Customer' then 'of no customer'
        when party is null then 'no customer'
    end
from {{ source('erpnext', 'payment_entry') }}
where
    docstatus = 0
    or payment_type = 'Internal Transfer'
    or coalesce(party_type, '') <> 'Customer'
    or party is null

union all

select
    'Payment Ledger Entry',
    name,
    case when account_type = 'Receivable' then 'of no customer' else 'not receivable' end
from {{ source('erpnext', 'payment_ledger_entry') }}
where coalesce(account_type, '') <> 'Receivable' or coalesce(party_type, '') <> 'Customer'
