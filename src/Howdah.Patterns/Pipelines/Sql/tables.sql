-- no parameters; batches of loads, and what they refused. Owned by the role that applies
create table howdah.load_batch (
  id bigint generated always as identity primary key,
  pipeline text not null,
  source text not null,            -- the file's name, an address, or "quarantine of batch N"
  sha256 text,                     -- of the bytes that were read, in the pass that loaded them
  bytes bigint,
  header bytea,                    -- the source's first line, so that refused lines can be read again
  state text not null check (state in ('running', 'done', 'failed')),
  forced boolean not null default false,
  retry_of bigint references howdah.load_batch,
  rows_read bigint not null default 0,
  rows_loaded bigint not null default 0,
  rows_unchanged bigint not null default 0,
  rows_quarantined bigint not null default 0,
  rows_skipped bigint not null default 0,
  mapping text not null,           -- SHA-256 of the pipeline as declared then
  tool text not null,
  message text,
  started timestamptz not null default pg_catalog.clock_timestamp(),
  finished timestamptz
);
comment on table howdah.load_batch is 'One row per load: what was read, and what became of it. Committed with the rows.';
create unique index load_batch_once on howdah.load_batch (pipeline, sha256) where state = 'done' and not forced and retry_of is null;
create index load_batch_pipeline on howdah.load_batch (pipeline, id);

create table howdah.quarantine (
  id bigint generated always as identity primary key,
  batch bigint not null references howdah.load_batch,
  line bigint,
  byte_offset bigint,              -- where the record begins in the decompressed source
  column_name text,
  rule text,
  sqlstate text,
  message text,
  raw bytea,                       -- as it stood in the source; null once settled by a person
  created_at timestamptz not null default pg_catalog.now(),
  resolved_at timestamptz,
  resolved_batch bigint references howdah.load_batch,
  resolved_why text
);
comment on table howdah.quarantine is 'Rows that loads refused, as the source sent them: personal data.';
create index quarantine_batch on howdah.quarantine (batch, line);
create index quarantine_open on howdah.quarantine (id) where resolved_at is null;
