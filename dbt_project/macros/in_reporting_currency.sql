{#
  An amount in the reporting currency: at the rate of int_exchange_rates_daily for the day of a balance or of a flow.
  Zero is zero in every currency, so a missing rate only matters for other amounts, and makes them null (the test
  exchange_rates_are_there names day and pair). Cast a summed amount back to decimal(18, 4) first, so that amount and
  rate together don't have too many digits.
  `amount`, `rate`: SQL expressions; the rate is the value of one unit of the amount's currency in the reporting currency.
#}
{% macro in_reporting_currency(amount, rate='rates.rate') -%}
    case when {{ amount }} = 0 then 0 else {{ amount }} * {{ rate }} end
{%- endmacro %}
