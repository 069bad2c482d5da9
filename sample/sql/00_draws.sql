-- What every later file draws with. A draw depends on the seed, on whose it is and on what it is for, and on nothing
-- else: no random(), no clock, no order of rows. md5 and not hash(): it stays the same from one DuckDB to the next.
--
-- Schemas: `made` holds the business as it truly is, with traits no ledger would show; `landing` holds the tables of
-- the raw contract, every version of every row, as they are landed.
-- Variables: seed (text), first_day, last_day (dates), customers, companies, segments (counts).
create schema made;
create schema landing;

-- Evenly between 0 (inclusive) and 1 (exclusive), of 53 of the 128 bits. `whose` is text.
create macro draw(whose, purpose) as
    (md5_number(whose || '/' || purpose || '/' || getvariable('seed')) >> 75)::double / 9007199254740992::double;

-- A whole number, both ends included.
create macro whole(whose, purpose, low, high) as (low + floor(draw(whose, purpose) * (high - low + 1)))::integer;

-- The first and last day of the business, and a day only if it is not after the last one.
create macro start_day() as getvariable('first_day');
create macro end_day() as getvariable('last_day');
create macro so_far(day) as case when day <= end_day() then day end;

-- One of a list.
create macro pick(whose, purpose, choices) as choices[1 + floor(draw(whose, purpose) * len(choices))::integer];

-- About normal, mean 0 and deviation 1, never beyond 4.1.
create macro bell(whose, purpose) as ln((draw(whose, purpose) + 0.001) / (1.001 - draw(whose, purpose))) / 1.7;

-- An amount a ledger in this currency would show.
create macro money(x, currency) as
    case when currency = 'JPY' then round(x)::decimal(18, 2) else round(x, 2)::decimal(18, 2) end;

-- The same day, or the Monday after a weekend.
create macro working_day(day) as (day + case isodow(day) when 6 then 2 when 7 then 1 else 0 end)::date;

-- When the source learnt of something that happened on a day: at once for nine in ten, some days late for one in
-- fifteen, weeks late for the rest; never after the last day, because the files were cut then.
create macro recorded(day, whose, purpose) as least(
    day::timestamp
    + to_days(case
        when draw(whose, purpose || '-lag') < 0.91 then 0
        when draw(whose, purpose || '-lag') < 0.98 then whole(whose, purpose || '-days', 1, 4)
        else whole(whose, purpose || '-weeks', 6, 34)
    end)
    + to_seconds(whole(whose, purpose || '-second', 25200, 68400)),
    end_day()::timestamp + to_seconds(whole(whose, purpose || '-second', 68400, 82800))
);
