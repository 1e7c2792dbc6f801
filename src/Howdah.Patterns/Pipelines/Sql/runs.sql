-- no parameters; up to when the times of pipelines are dealt with. Owned by the role that applies
create table howdah.load_run (
  pipeline text primary key,
  dealt timestamptz not null,      -- the times of its schedule up to here are dealt with
  began timestamptz,
  finished timestamptz,
  outcome text check (outcome in ('done', 'failed')),
  failures integer not null default 0,
  message text
);
comment on table howdah.load_run is 'One row per pipeline that howdah serve runs: its last run, and up to when its times are dealt with.';
