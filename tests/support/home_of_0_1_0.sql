-- The tables of a home as release 0.1.0 left them, read from one that its code had refreshed: what was landed and noted
-- (schema raw of warehouse/landing.duckdb), and of what was published the marts that later refreshes read.
-- A record of what was: it doesn't change with the contract.
create schema raw;
create table raw._dlt_loads (
    load_id varchar not null, schema_name varchar, status bigint not null, inserted_at timestamptz not null,
    schema_version_hash varchar
);
create table raw._dlt_pipeline_state (
    version bigint not null, engine_version bigint not null, pipeline_name varchar not null, state varchar not null,
    created_at timestamptz not null, version_hash varchar, _dlt_load_id varchar not null, _dlt_id varchar not null
);
create table raw._dlt_version (
    version bigint not null, engine_version bigint not null, inserted_at timestamptz not null,
    schema_name varchar not null, version_hash varchar not null, schema varchar not null
);
create table raw.activities (
    activity_id varchar, occurred_at timestamp, customer_id varchar, employee_id varchar, invoice_id varchar,
    case_id varchar, channel varchar, direction varchar, outcome varchar, is_conversation boolean,
    duration_seconds integer, notice_type varchar, has_opt_out_text boolean, updated_at timestamp, is_deleted boolean,
    recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar, source_file_number bigint,
    source_row bigint, extra_columns varchar
);
create table raw.adjustments (
    adjustment_id varchar, invoice_id varchar, adjustment_date date, adjustment_type varchar, amount decimal(18,4),
    reason_code varchar, updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar,
    loaded_at timestamp, source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.applications (
    application_id varchar, receipt_id varchar, credit_memo_id varchar, invoice_id varchar, applied_date date,
    amount decimal(18,4), discount_amount decimal(18,4), source_amount decimal(18,4), unapplied_date date,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.assignments (
    customer_id varchar, employee_id varchar, valid_from date, valid_to date, updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.cases (
    case_id varchar, customer_id varchar, case_type varchar, opened_at timestamp, closed_at timestamp,
    reopened_at timestamp, updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar,
    loaded_at timestamp, source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.check_results (
    checked_at timestamp, as_of_date date, gate varchar, table_name varchar, expectation varchar, column_name varchar,
    success boolean, observed varchar, unexpected_count bigint, examples varchar, severity varchar
);
create table raw.companies (
    company_id varchar, company_name varchar, currency_code varchar, country_code varchar, timezone varchar,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.contact_preferences (
    customer_id varchar, channel varchar, received_at timestamp, preference varchar, expires_at timestamp,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.control_balances (
    company_id varchar, currency_code varchar, balance_date date, balance decimal(18,4), updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.credit_memos (
    credit_memo_id varchar, company_id varchar, customer_id varchar, invoice_id varchar, credit_memo_date date,
    currency_code varchar, amount decimal(18,4), reason_code varchar, voided_date date, updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.customers (
    customer_id varchar, customer_name varchar, parent_customer_id varchar, segment varchar, industry varchar,
    country_code varchar, region varchar, currency_code varchar, payment_terms_days integer,
    credit_limit decimal(18,4), risk_class varchar, timezones varchar, is_consumer boolean, email varchar,
    phone varchar, address varchar, created_date date, closed_date date, updated_at timestamp, is_deleted boolean,
    recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar, source_file_number bigint,
    source_row bigint, extra_columns varchar
);
create table raw.disputes (
    dispute_id varchar, invoice_id varchar, opened_date date, closed_date date, reason_code varchar,
    amount decimal(18,4), resolution varchar, updated_at timestamp, is_deleted boolean, recorded_at timestamp,
    load_id varchar, loaded_at timestamp, source_file varchar, source_file_number bigint, source_row bigint,
    extra_columns varchar
);
create table raw.employees (
    employee_id varchar, valid_from date, valid_to date, employee_name varchar, company_id varchar, team varchar,
    role varchar, manager_id varchar, fte decimal(9,4), process_share decimal(9,4), updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.exchange_rates (
    rate_date date, from_currency varchar, to_currency varchar, rate decimal(24,12), updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.instalments (
    instalment_id varchar, invoice_id varchar, due_date date, amount decimal(18,4), updated_at timestamp,
    is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp, source_file varchar,
    source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.invoices (
    invoice_id varchar, company_id varchar, customer_id varchar, invoice_number varchar, invoice_type varchar,
    invoice_date date, due_date date, currency_code varchar, amount decimal(18,4), tax_amount decimal(18,4),
    is_credit_sale boolean, voided_date date, updated_at timestamp, is_deleted boolean, recorded_at timestamp,
    load_id varchar, loaded_at timestamp, source_file varchar, source_file_number bigint, source_row bigint,
    extra_columns varchar
);
create table raw.loaded_files (
    file_number bigint, table_name varchar, source_file varchar, content_hash varchar, load_id varchar,
    loaded_at timestamp, rows_read bigint, rows_loaded bigint, rows_quarantined bigint
);
create table raw.placements (
    placement_id varchar, invoice_id varchar, agency_name varchar, placed_date date, recalled_date date,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.process_costs (
    company_id varchar, month date, cost_type varchar, currency_code varchar, amount decimal(18,4),
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.promises (
    promise_id varchar, customer_id varchar, invoice_id varchar, activity_id varchar, employee_id varchar,
    made_date date, due_date date, amount decimal(18,4), currency_code varchar, cancelled_date date,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.quarantined_rows (
    table_name varchar, source_file varchar, source_file_number bigint, source_row bigint, column_name varchar,
    value varchar, reason varchar, row_key varchar, row_as_landed varchar, load_id varchar, loaded_at timestamp
);
create table raw.receipts (
    receipt_id varchar, company_id varchar, customer_id varchar, receipt_date date, currency_code varchar,
    amount decimal(18,4), payment_method varchar, reference varchar, reversed_date date, reversal_reason varchar,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.refreshes (
    refresh_id varchar, as_of_date date, known_as_of date, started_at timestamp, ended_at timestamp, status varchar,
    detail varchar, landed_rows bigint, quarantined_rows bigint, published_path varchar
);
create table raw.refunds (
    refund_id varchar, receipt_id varchar, credit_memo_id varchar, refund_date date, amount decimal(18,4),
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create table raw.surveys (
    survey_id varchar, customer_id varchar, case_id varchar, sent_at timestamp, responded_at timestamp, score integer,
    updated_at timestamp, is_deleted boolean, recorded_at timestamp, load_id varchar, loaded_at timestamp,
    source_file varchar, source_file_number bigint, source_row bigint, extra_columns varchar
);
create schema marts;
create table marts.dim_customers (
    customer_id varchar, customer_name varchar, parent_customer_id varchar, segment varchar, industry varchar,
    country_code varchar, region varchar, currency_code varchar, payment_terms_days integer,
    credit_limit decimal(18,4), risk_class varchar, timezones varchar, is_consumer boolean, email_masked varchar,
    phone_masked varchar, created_date date, closed_date date
);
create table marts.fct_receivables_ledger (
    event_id varchar, event_type varchar, effective_date date, recorded_at timestamp, company_id varchar,
    customer_id varchar, item_type varchar, item_id varchar, instalment_id varchar, due_date date,
    currency_code varchar, amount decimal(18,4), is_credit_sale boolean, source_table varchar, source_id varchar
);
create table marts.reported_kpis_monthly (
    month_end date, level varchar, scope varchar, company_id varchar, segment varchar, team varchar,
    employee_id varchar, kpi_id varchar, value double, numerator double, denominator double, reason varchar,
    frozen_at timestamp, frozen_as_of date
);
create table marts.restated_events (
    detected_at timestamp, detected_as_of date, event_id varchar, entry varchar, kind varchar, event_type varchar,
    item_type varchar, item_id varchar, company_id varchar, customer_id varchar, due_date date, effective_date date,
    month_end date, currency_code varchar, amount decimal(18,4), is_credit_sale boolean, recorded_at timestamp,
    source_table varchar, source_id varchar
);
