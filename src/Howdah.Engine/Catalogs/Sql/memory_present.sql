-- no parameters; one row: whether Howdah's memory is in this database, made by Howdah (its first table belongs to the schema's owner)
select exists (
  select from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'howdah' and c.relname = 'owned' and c.relkind = 'r' and c.relowner = n.nspowner)
