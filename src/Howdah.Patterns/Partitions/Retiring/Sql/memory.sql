-- no parameters; what partitions were retired, and how far back tables take rows. Bounds are texts of the key's type, instants in UTC;
-- tables stand as regclass writes them where search_path is empty
create table howdah.retired_partitions (
  id bigint generated always as identity primary key,
  parent text not null,
  leaf text not null,
  leaf_oid oid not null,
  lo text,                         -- null: from the beginning
  hi text not null,
  goal text not null check (goal in ('detach', 'drop', 'archive')),
  state text not null check (state in ('retiring', 'retired', 'restored', 'lost')),
  rows bigint,
  digest text,                     -- sum of the first 8 bytes of each row's SHA-256, whatever their order
  archive text,                    -- the manifest, in the folder of archives
  sha256 text,                     -- of the archive
  manifest_sha256 text,
  began_at timestamptz not null default pg_catalog.now(),
  retired_at timestamptz,
  restored_at timestamptz
);
comment on table howdah.retired_partitions is 'Partitions whose rows are no longer in their table: rollups of that range are not worked out anew.';
create unique index retired_partitions_open on howdah.retired_partitions (leaf_oid) where state = 'retiring';

create table howdah.partition_marks (
  parent text primary key,
  low_water text,                  -- rows before it are too late: their partition was retired
  upkeep_at timestamptz not null
);
comment on table howdah.partition_marks is 'How far back each table takes rows, and when it was last looked after.';

create function howdah.low_water(parent pg_catalog.regclass) returns pg_catalog.text
  language sql stable security definer set search_path = ''
  as $$ select m.low_water from howdah.partition_marks m where m.parent = $1::pg_catalog.text $$;
comment on function howdah.low_water(pg_catalog.regclass) is
  'The first key that a table still takes, as text of the key''s type; null where none was retired. A loader puts earlier rows into its quarantine.';
