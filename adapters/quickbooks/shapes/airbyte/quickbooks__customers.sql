select
    customers."Id" as customer_id,
    coalesce(customers."DisplayName", customers."FullyQualifiedName") as customer_name,
    customers."ParentRef.value" as parent_customer_id,
    customers."CurrencyRef.value" as currency_code,
    terms."DueDays" as payment_terms_days,
    customers."Active" is not false as is_active,
    customers."MetaData.CreateTime" as created_at,
    customers."MetaData.LastUpdatedTime" as updated_at
from {{ source('quickbooks', 'customers') }} as customers
left join {{ source('quickbooks', 'terms') }} as terms
    on customers."SalesTermRef.value" = terms."Id"
