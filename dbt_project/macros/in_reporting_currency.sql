{#
  An amount in the reporting currency, at the rate of int_exchange_rates_daily for the day of the balance or flow. Zero
  is zero in every currency; a missing rate makes any other amount null (the test exchange_rates_are_there names the day
  and the two currencies). Cast a summed amount back to decimal(18, 4) first, so that amount and rate together do not
  have too many digits.
  `amount`, `rate`: SQL expressions; the rate is the value of one unit of the amount's currency in the reporting
  currency.
#}
{% macro in_reporting_currency(amount, rate='rates.rate') -%}
    case when {{ amount }} = 0 then 0 else {{ amount }} * {{ rate }} end
{%- endmacro %}
