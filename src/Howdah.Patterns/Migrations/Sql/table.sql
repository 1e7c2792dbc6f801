-- no parameters; the table of applied migrations
create table howdah.migrations (
  version integer primary key,
  name text not null unique,
  checksum text not null,          -- SHA-256 of the text with \n as newline
  text text not null,              -- what was run, so that a later edit can be shown as a diff
  at timestamptz not null default now()
);
comment on table howdah.migrations is 'Migrations that ran here, with the text that was run.';
