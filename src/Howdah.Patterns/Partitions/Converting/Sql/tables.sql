-- no parameters; what is known of conversions, beside the journal
create table if not exists howdah.conversion (
  id bigint generated always as identity primary key,
  schema_name text not null,
  table_name text not null,
  step text not null,
  old jsonb not null,
  blocks bigint,
  filenode oid,
  pages_at_once integer,
  longest_ms double precision not null default 0,
  begun timestamptz not null default now(),
  finished timestamptz,
  outcome text
);
comment on table howdah.conversion is 'One row per table that was or is being partitioned while it is used.';
create unique index if not exists conversion_open on howdah.conversion (schema_name, table_name) where finished is null;
create table if not exists howdah.conversion_chunk (
  conversion bigint not null references howdah.conversion,
  chunk bigint not null,
  rows bigint not null,
  primary key (conversion, chunk)
);
comment on table howdah.conversion_chunk is 'Pages of a table that were copied already.';
