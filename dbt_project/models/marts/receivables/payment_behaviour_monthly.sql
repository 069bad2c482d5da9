with

levels as (

    select * from {{ ref('int_receivables_levels') }}

),

behaviour as (

    select * from {{ ref('int_behaviour_levels') }}

),

joined as (

    select
        levels.month_end,
        levels.level,
        levels.scope,
        levels.company_id,
        levels.segment,
        levels.is_complete,
        behaviour.cash_applied,
        behaviour.cash_days_to_pay,
        behaviour.cash_applied_with_due_date,
        behaviour.cash_days_late,
        behaviour.cash_days_to_pay_received,
        behaviour.cash_days_late_received,
        behaviour.paid_invoices,
        behaviour.invoice_days_to_pay,
        behaviour.paid_invoices_with_due_date,
        behaviour.invoice_days_late
    from levels
    inner join behaviour
        on
            levels.month_end = behaviour.month_end
            and levels.scope = behaviour.scope

),

final as (

    select
        month_end,
        level,
        scope,
        company_id,
        segment,
        cast(cash_applied as decimal(18, 4)) as cash_applied,
        cast(cash_days_to_pay as decimal(24, 4)) as cash_days_to_pay,
        cast(cash_applied_with_due_date as decimal(18, 4)) as cash_applied_with_due_date,
        cast(cash_days_late as decimal(24, 4)) as cash_days_late,
        cast(cash_days_to_pay_received as decimal(24, 4)) as cash_days_to_pay_received,
        cast(cash_days_late_received as decimal(24, 4)) as cash_days_late_received,
        cast(paid_invoices as bigint) as paid_invoices,
        cast(invoice_days_to_pay as bigint) as invoice_days_to_pay,
        cast(paid_invoices_with_due_date as bigint) as paid_invoices_with_due_date,
        cast(invoice_days_late as bigint) as invoice_days_late,
        case when cash_applied > 0 then cast(cash_days_to_pay as double) / cast(cash_applied as double) end
            as average_days_to_pay,
        case
            when cash_applied_with_due_date > 0
                then cast(cash_days_late as double) / cast(cash_applied_with_due_date as double)
        end as average_days_late,
        case when cash_applied > 0 then cast(cash_days_to_pay_received as double) / cast(cash_applied as double) end
            as average_days_to_pay_received,
        case
            when cash_applied_with_due_date > 0
                then cast(cash_days_late_received as double) / cast(cash_applied_with_due_date as double)
        end as average_days_late_received,
        case when paid_invoices > 0 then cast(invoice_days_to_pay as double) / paid_invoices end
            as average_collection_cycle,
        case
            when paid_invoices_with_due_date > 0
                then cast(invoice_days_late as double) / paid_invoices_with_due_date
        end
            as mean_days_late_per_invoice,
        case when cash_applied <= 0 then 'no_cash_applied' end as reason,
        case when cash_applied_with_due_date <= 0 then 'no_cash_applied' end as reason_days_late,
        case when paid_invoices = 0 then 'nothing_paid_in_full' end as reason_cycle,
        case when paid_invoices_with_due_date = 0 then 'nothing_paid_in_full' end as reason_days_late_per_invoice,
        is_complete
    from joined

)

select * from final
