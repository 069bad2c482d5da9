select
    id as customer_id,
    name as customer_name,
    case when parent_id <> id then parent_id end as parent_customer_id,
    not is_company as is_consumer,
    email,
    phone,
    create_date as created_date,
    write_date as updated_at
from {{ source('odoo', 'res_partner') }}
-- Contacts of a company owe nothing themselves.
where coalesce(commercial_partner_id, id) = id
