{{ config(materialized='replaced_view') }}

with

communications as (

    select * from {{ ref('int_communications') }}
    where is_communication

),

-- The rule applies to the initial communication about a debt; later ones are not in scope.
initial as (

    select * from communications
    where communication_number = 1

),

invoice_balances as (

    select * from {{ ref('int_invoice_balances') }}

),

senders as (

    select * from {{ ref('int_validation_senders') }}

),

validations as (

    select * from communications
    where
        is_validation
        and validation_number = 1

),

judged as (

    select
        initial.*,
        validations.activity_id as validation_id,
        validations.contact_date as validation_date,
        invoice_balances.paid_in_full_date,
        case
            when initial.invoice_id is null then 'no_debt'
            when validations.contact_date <= initial.validation_deadline then 'in_time'
            when invoice_balances.paid_in_full_date <= initial.validation_deadline then 'paid'
            when initial.validation_deadline > {{ as_of_date() }} then 'not_over'
            when validations.contact_date is not null then 'late'
            when senders.basis is null then 'none_landed'
            else 'never'
        end as finding
    from initial
    left join validations
        on
            initial.customer_id = validations.customer_id
            and initial.debt_id = validations.debt_id
            and initial.basis = validations.basis
    left join invoice_balances on initial.invoice_id = invoice_balances.invoice_id
    left join senders on initial.basis = senders.basis

),

final as (

    select
        rule_id,
        activity_id,
        case
            when finding in ('no_debt', 'not_over', 'none_landed') then 'insufficient_data'
            when finding = 'in_time' then 'pass'
            when finding = 'paid' then 'exception'
            else 'presumed_violation'
        end as verdict,
        case finding
            when 'no_debt' then 'The contact names no invoice.'
            when 'not_over' then 'The days to send it last until ' || cast(validation_deadline as string) || '.'
            when 'none_landed' then 'No notice of the type ' || notice_types || ' was ever landed of this caller.'
            when 'paid'
                then 'The debt was paid by ' || cast(paid_in_full_date as string) || ', before it had to be sent.'
            when 'late'
                then
                    'Validation information was sent on ' || cast(validation_date as string) || ', after '
                    || cast(validation_deadline as string) || '.'
            when 'never' then 'No validation information was sent by ' || cast(validation_deadline as string) || '.'
        end as reason,
        activity_id as first_contact_id,
        case when finding = 'late' then validation_id else activity_id end as last_contact_id,
        case when finding = 'late' then 2 else 1 end as contact_count
    from judged

)

select * from final
