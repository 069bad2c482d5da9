-- A row a document of a customer: what kind it is for Duebook, and its first amount, always positive.
select * from {{ ref('erpnext__sales') }}

union all

select * from {{ ref('erpnext__payments') }}

union all

select * from {{ ref('erpnext__journals') }}
