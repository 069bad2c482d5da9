-- Invoices and instalments as they are landed: what was recorded first, and what was changed, voided or deleted later.
create table made.invoice_records as
with recorded_once as (
    select
        *, recorded(invoice_date, invoice_id, 'invoice') as recorded_at,
        -- A wrong price or a longer term found out later; the invoice's own day stays.
        fate = 'full' and invoice_type = 'invoice' and draw(invoice_id, 'amended') < 0.005 as was_repriced,
        fate = 'full' and due_date is not null and draw(invoice_id, 'amended') between 0.990 and 0.996 as was_extended
    from made.fates
)

select
    * exclude (recorded_at, void_date), recorded_at,
    so_far(void_date) as voided_date,
    case when was_repriced then money(amount * (0.80 + 0.50 * draw(invoice_id, 'first-price')), currency_code)
        else amount end as first_amount,
    case when was_extended then due_date - 10 else due_date end::date as first_due_date,
    case
        when void_date <= end_day()
            then greatest(recorded_at + interval 20 minutes, recorded(void_date, invoice_id, 'voided'))
        when was_repriced or was_extended
            then greatest(recorded_at + interval 20 minutes, recorded(
                least(invoice_date + whole(invoice_id, 'amended-day', 1, 20), end_day())::date, invoice_id, 'amended'))
    end as amended_at,
    case when fate = 'duplicate' then greatest(recorded_at + interval 20 minutes, recorded(
        least(invoice_date + whole(invoice_id, 'deleted-day', 1, 6), end_day())::date, invoice_id, 'deleted')) end
            as deleted_at
from recorded_once;

create table landing.invoices as
with versions as (
    select *, 1 as version, recorded_at as known_at from made.invoice_records
    union all
    select *, 2 as version, amended_at as known_at from made.invoice_records where amended_at is not null
)

select
    invoice_id, company_id, customer_id, invoice_number,
    -- An ordinary invoice may leave its type unsaid.
    case when invoice_type <> 'invoice' or draw(invoice_id, 'says-type') > 0.05 then invoice_type end as invoice_type,
    invoice_date,
    case version when 1 then first_due_date else due_date end as due_date,
    currency_code,
    case version when 1 then first_amount else amount end as amount,
    tax_amount,
    case when invoice_type in ('opening_balance', 'finance_charge') or fate = 'cash_sale' then false
        when draw(invoice_id, 'says-credit') > 0.05 then true end as is_credit_sale,
    case version when 2 then voided_date end as voided_date,
    known_at as updated_at, null::boolean as is_deleted, known_at as recorded_at
from versions
union all by name
select invoice_id, deleted_at as updated_at, true as is_deleted, deleted_at as recorded_at
from made.invoice_records where deleted_at is not null;

create table landing.instalments as
select instalments.instalment_id, instalments.invoice_id, instalments.due_date, instalments.amount, records.recorded_at
from made.instalments as instalments
inner join made.invoice_records as records using (invoice_id);
