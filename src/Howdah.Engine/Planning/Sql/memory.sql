-- no parameters; Howdah's memory in one database. Owned by the role that applies; nobody else may enter.
create schema howdah;
comment on schema howdah is 'Howdah: what it did here and what it owns. See the journal in howdah.journal.';
revoke all on schema howdah from public;

create table howdah.owned (
  identity text primary key,
  classid oid not null,
  objid oid not null,              -- 0 while a non-transactional step that makes it is under way
  object_names text[] not null,
  object_args text[] not null,
  step text not null,
  at timestamptz not null default now()
);
comment on table howdah.owned is 'Objects Howdah made or adopted; only these are ever changed or dropped.';

create table howdah.run (
  id bigint generated always as identity primary key,
  estate text not null,
  spec_hash text not null,
  fingerprint text not null,
  tool text not null,
  host text not null,
  pid integer not null,
  backend_pid integer not null default pg_backend_pid(),
  backend_start timestamptz,
  started timestamptz not null default now(),
  ended timestamptz,
  outcome text check (outcome in ('done', 'failed', 'stopped', 'interrupted'))
);
comment on table howdah.run is 'One row per apply.';

create table howdah.journal (
  id bigint generated always as identity primary key,
  run bigint not null references howdah.run,
  step text not null,
  object text not null,
  action text not null,
  sql text not null,               -- as shown in the plan: secrets stand as references
  done_sql text,                   -- for steps outside a transaction: whether the effect is there
  state text not null check (state in ('running', 'done', 'failed', 'superseded')),
  attempts integer not null default 1,
  begun timestamptz not null default now(),
  ended timestamptz,
  error text
);
comment on table howdah.journal is 'One row per step of a run.';
