{#- Tables of documents that have an exchange rate: the domain, and the column with the document's day. -#}
{%- set documents = {'invoices': ('ar', 'invoice_date'), 'credit_memos': ('ar', 'credit_memo_date'),
    'receipts': ('payments', 'receipt_date')} -%}
with

exchange_rates as (

    select * from {{ ref('stg_payments__exchange_rates') }}

),

companies as (

    select * from {{ ref('stg_ar__companies') }}

),

landed_companies as (

    select * from {{ source('ar', 'companies') }}
    where cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}

),

-- All versions: a later version of a document may have another rate, but the rate of the first one stays in use.
landed_documents as (

    {% for table, (domain, day) in documents.items() %}
        select
            {{ day }} as rate_date,
            company_id,
            currency_code,
            exchange_rate,
            source_file_number
        from {{ source(domain, table) }}
        where
            exchange_rate is not null
            and not coalesce(is_deleted, false)
            and cast(coalesce(recorded_at, loaded_at) as date) <= {{ known_as_of_date() }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- A company's currency is known from the first file that has it.
currencies_of_companies as (

    select
        companies.company_id,
        companies.currency_code,
        min(landed_companies.source_file_number) as file_number
    from companies
    inner join landed_companies
        on
            companies.company_id = landed_companies.company_id
            and companies.currency_code = landed_companies.currency_code
    group by
        companies.company_id,
        companies.currency_code

),

-- A document's rate is known from the file with the document or from the file with its company's currency, whichever
-- came later.
placed as (

    select
        documents.rate_date,
        documents.currency_code as from_currency,
        companies.currency_code as to_currency,
        documents.exchange_rate,
        rank() over (
            partition by documents.rate_date, documents.currency_code, companies.currency_code
            order by greatest(documents.source_file_number, companies.file_number) asc nulls last
        ) as rank_of_file
    from landed_documents as documents
    inner join currencies_of_companies as companies on documents.company_id = companies.company_id
    where documents.currency_code <> companies.currency_code

),

made as (

    select
        rate_date,
        from_currency,
        to_currency,
        cast(cast(sum(exchange_rate) as double) / count(*) as decimal(24, 12)) as rate
    from placed
    where rank_of_file = 1
    group by
        rate_date,
        from_currency,
        to_currency

),

final as (

    select
        rate_date,
        from_currency,
        to_currency,
        rate,
        false as is_of_documents
    from exchange_rates
    union all
    select
        made.rate_date,
        made.from_currency,
        made.to_currency,
        made.rate,
        true as is_of_documents
    from made
    left join exchange_rates
        on
            made.rate_date = exchange_rates.rate_date
            and exchange_rates.from_currency in (made.from_currency, made.to_currency)
            and exchange_rates.to_currency in (made.from_currency, made.to_currency)
    where exchange_rates.rate_date is null

)

select * from final
