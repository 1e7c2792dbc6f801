-- Documents with kinds of documents that inherit from them; every table has its own policies and may be asked by itself.
-- cluster
create role inherited_owner nologin;
create role inherited_app login;
-- database
revoke all on schema public from public;
create schema docs authorization inherited_owner;
alter default privileges for role inherited_owner revoke execute on functions from public;
set role inherited_owner;
create table docs.documents (workspace_id int not null, id uuid not null default gen_random_uuid(), title text not null,
  primary key (workspace_id, id));
create table docs.letters (recipient text not null, primary key (workspace_id, id)) inherits (docs.documents);
create table docs.contracts (party text not null, primary key (workspace_id, id)) inherits (docs.documents);
insert into docs.letters (workspace_id, title, recipient) select w, 'letter ' || n, 'somebody'
  from generate_series(1, 2) w, generate_series(1, 6) n;
insert into docs.contracts (workspace_id, title, party) select w, 'contract ' || n, 'party'
  from generate_series(1, 2) w, generate_series(1, 4) n;
insert into docs.documents (workspace_id, title) select w, 'document ' || n from generate_series(1, 2) w, generate_series(1, 3) n;
do $$ declare name text; begin
  foreach name in array array['docs.documents', 'docs.letters', 'docs.contracts'] loop
    execute format('alter table %s enable row level security', name);
    execute format('alter table %s force row level security', name);
    execute format('create policy own on %s to inherited_app using (workspace_id = '
                   '(select nullif(current_setting(''app.workspace'', true), '''')::int))', name);
  end loop;
end $$;
grant usage on schema docs to inherited_app;
grant select, insert, update, delete on docs.documents, docs.letters, docs.contracts to inherited_app;
reset role;
-- after
revoke all on database {db} from public;
grant connect on database {db} to inherited_app;
