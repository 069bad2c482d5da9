-- Guards: the channels that the worklist lists are those that may land.
-- Why it matters: a channel that only the contract has would never be offered, and a stop of it would never be shown.
-- A row is a channel that only the contract or only the project's variable has.
with

in_contract as (

    select cast(null as string) as channel
    {%- for channel in contract_values('collections', 'activities', 'channel') %}
        union all
        select '{{ channel }}' as channel
    {%- endfor %}

),

in_variable as (

    select cast(null as string) as channel
    {%- for channel in var('contact_channels') %}
        union all
        select '{{ channel }}' as channel
    {%- endfor %}

)

select
    in_contract.channel as in_contract,
    in_variable.channel as in_variable
from in_contract
full outer join in_variable on in_contract.channel = in_variable.channel
where
    (in_contract.channel is null and in_variable.channel is not null)
    or (in_contract.channel is not null and in_variable.channel is null)
