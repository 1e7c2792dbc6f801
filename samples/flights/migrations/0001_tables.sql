-- The file's columns and the batch that brought a row. Flights have no key of their own: 191 rows of the file stand more than once, so none
-- is made up, and none of the rows is lost to one.

create table flights.airports (
  iata text primary key,
  name text not null,
  city text,
  state text,
  country text not null,
  latitude double precision not null,
  longitude double precision not null
);

-- No foreign keys to airports: each row would be looked up twice on its way, at several times the price of the load.
-- `howdah query strays` looks all of them up at once.
create table flights.flights (
  date timestamp not null,
  delay integer not null,
  distance integer not null,
  origin text not null,
  destination text not null,
  batch bigint not null
) partition by range (date);

-- Rows come in order of time: a few blocks' bounds are index enough.
create index flights_date on flights.flights using brin (date);

-- A rollup of flights that only come, never go: each piece of a load adds what it has, in the load's own transaction, so that readers see
-- all of a load in both or none of it. Howdah's own rollups (samples/superstore) are of facts with a grain, which flights lack.
create table flights.by_day (
  day date not null,
  origin text not null,
  flights bigint not null,
  delay bigint not null,
  distance bigint not null,
  primary key (day, origin)
) with (fillfactor = 50);

create function flights.count_by_day() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  insert into flights.by_day as d
  select n.date::date, n.origin, count(*), sum(n.delay), sum(n.distance) from added n group by 1, 2 order by 1, 2
  on conflict (day, origin) do update
  set flights = d.flights + excluded.flights, delay = d.delay + excluded.delay, distance = d.distance + excluded.distance;
  return null;
end
$$;
revoke execute on function flights.count_by_day() from public;

create trigger count_by_day after insert on flights.flights referencing new table as added
for each statement execute function flights.count_by_day();

create function flights.refuse() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception 'flights are added and never changed: %', 'flights.by_day would no longer say what they say';
end
$$;
create trigger added_only before update or delete or truncate on flights.flights for each statement execute function flights.refuse();
