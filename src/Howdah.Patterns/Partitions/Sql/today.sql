-- $1: time zones. The date in each: the clock as a fact, so that a plan grows stale at midnight and not at once
select z.name, (pg_catalog.now() at time zone z.name)::date from pg_catalog.unnest($1::text[]) z (name) order by 1
