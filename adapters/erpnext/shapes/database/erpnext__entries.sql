-- A row an entry of the payment ledger on a customer's receivables. A journal entry may be of several customers, and is
-- a document for each. An entry of a cancelled document is delinked: it is undone as if it had never been.
select
    name,
    company,
    party,
    voucher_type,
    voucher_no,
    case voucher_type when 'Journal Entry' then voucher_no || ':' || party else voucher_no end as voucher_id,
    case against_voucher_type
        when 'Journal Entry' then against_voucher_no || ':' || party
        else against_voucher_no
    end as against_id,
    voucher_type = against_voucher_type and voucher_no = against_voucher_no as is_own,
    posting_date,
    due_date,
    account,
    account_currency as currency_code,
    amount_in_account_currency as amount,
    amount as company_amount,
    coalesce(delinked, false) as is_undone,
    modified as updated_at
from {{ source('erpnext', 'payment_ledger_entry') }}
where
    account_type = 'Receivable'
    and party_type = 'Customer'
    -- Exchange gains and losses move the company's currency only.
    and amount_in_account_currency <> 0
