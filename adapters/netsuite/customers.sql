select
    customers.id as customer_id,
    coalesce(customers.companyname, customers.altname, customers.entityid) as customer_name,
    customers.parent as parent_customer_id,
    currencies.symbol as currency_code,
    terms.daysuntilnetdue as payment_terms_days,
    customers.creditlimit as credit_limit,
    customers.email,
    customers.phone,
    customers.datecreated as created_date,
    customers._fivetran_deleted as is_deleted,
    customers.lastmodifieddate as updated_at
from {{ source('netsuite', 'customer') }} as customers
left join {{ source('netsuite', 'currency') }} as currencies on customers.currency = currencies.id
left join {{ source('netsuite', 'term') }} as terms on customers.terms = terms.id
