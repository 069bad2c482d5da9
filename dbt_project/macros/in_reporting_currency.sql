{#
  An amount in the reporting currency: at a rate of int_exchange_rates_daily, that of the day a balance is of or a flow
  happened on. Nothing is nothing in every currency: a missing rate matters only where there is something to convert,
  and makes that null (the test exchange_rates_are_there names day and pair). An amount that was summed is cast back to
  decimal(18, 4) first: amount and rate have room for each other then.
  `amount`, `rate`: SQL expressions; the rate is what one unit of the amount's currency is in the reporting currency.
#}
{% macro in_reporting_currency(amount, rate='rates.rate') -%}
    case when {{ amount }} = 0 then 0 else {{ amount }} * {{ rate }} end
{%- endmacro %}
