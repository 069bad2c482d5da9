-- Decided by the declared rules (duebook/adapters/cash), once and for all; or by a person.
select * from {{ source('flat', 'decisions') }}
