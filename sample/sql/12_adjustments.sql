-- Changes of an invoice's balance that are neither cash nor memo: write-offs and their reversals, small balances, late
-- discounts, interest, corrections.
create table made.adjustments as
with changes as (
    select invoice_id, write_off_date as adjustment_date, 'write_off' as adjustment_type, -written_off as amount,
        'uncollectible' as reason_code
    from made.failures
    union all
    select invoice_id, recovered_date, 'write_off_reversal', recovered, 'paid_after_write_off'
    from made.failures where recovered is not null
    union all
    select invoice_id, closed_date, 'write_off', -amount, 'dispute_conceded'
    from made.disputes where resolution = 'written_off'
    union all
    select invoice_id, pay_date + whole(invoice_id, 'adjusted', 1, 25), 'small_balance', -left_out, 'below_tolerance'
    from made.fates where fate = 'small_short'
    union all
    select invoice_id, pay_date + whole(invoice_id, 'adjusted', 0, 6), 'discount', -left_out, 'discount_granted_late'
    from made.fates where fate = 'late_discount'
    union all
    select invoice_id, invoice_date + whole(invoice_id, 'adjusted', 0, greatest(0, pay_date - invoice_date)), 'other',
        -left_out,
        'price_correction'
    from made.fates where fate = 'corrected'
    union all
    select invoice_id, greatest(invoice_date, pay_date - whole(invoice_id, 'adjusted', 0, 10)), 'finance_charge',
        -left_out, 'late_payment_interest'
    from made.fates where fate = 'interest'
    union all
    select invoice_id, invoice_date + whole(invoice_id, 'adjusted', 5, 40), 'other', -amount, 'finance_charge_waived'
    from made.fates where fate = 'waived'
)

select
    printf('AD-%05d', row_number() over (order by adjustment_date, invoice_id, adjustment_type)) as adjustment_id,
    invoice_id, adjustment_date::date as adjustment_date, adjustment_type, amount::decimal(18, 2) as amount, reason_code
from changes
where adjustment_date <= end_day() and amount <> 0;
