select
    "ContactID" as contact_id,
    "Name" as customer_name,
    "DefaultCurrency" as currency_code,
    case
        when "PaymentTerms" ->> '$.Sales.Type' = 'DAYSAFTERBILLDATE'
            then cast("PaymentTerms" ->> '$.Sales.Day' as integer)
    end as payment_terms_days,
    "IsCustomer" as is_customer,
    coalesce("ContactStatus", 'ACTIVE') = 'ACTIVE' as is_active,
    "UpdatedDateUTC" as updated_at
from {{ source('xero', 'contacts') }}
