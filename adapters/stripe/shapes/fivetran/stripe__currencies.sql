-- What the smallest unit of a currency is worth; a hundredth, where it is not here.
select
    currencies.currency_code,
    currencies.unit
from (
    values
    ('BIF', 1.000),
    ('CLP', 1.000),
    ('DJF', 1.000),
    ('GNF', 1.000),
    ('JPY', 1.000),
    ('KMF', 1.000),
    ('KRW', 1.000),
    ('MGA', 1.000),
    ('PYG', 1.000),
    ('RWF', 1.000),
    ('VND', 1.000),
    ('VUV', 1.000),
    ('XAF', 1.000),
    ('XOF', 1.000),
    ('XPF', 1.000),
    ('BHD', 0.001),
    ('JOD', 0.001),
    ('KWD', 0.001),
    ('OMR', 0.001),
    ('TND', 0.001)
) as currencies (currency_code, unit)
