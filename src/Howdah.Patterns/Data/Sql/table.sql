-- no parameters; the table of loads
create table howdah.loads (
  identity text primary key,       -- SHA-256 of file and steps: the same content is never loaded twice
  file text not null,
  rows bigint not null,            -- lines of the file, without its header
  at timestamptz not null default now()
);
comment on table howdah.loads is 'What was loaded here, each once, in the transaction that loaded it.';
