select
    employee_id,
    valid_from,
    valid_to,
    employee_name,
    company_id,
    team,
    role,
    fte,
    process_share
from {{ source('flat', 'rows') }}
