-- twin: rows
-- expect: TEN-A10
-- A database made before CVE-2024-4317 was closed keeps views without the question of whose table it is.
do $$ begin
  execute 'create or replace view pg_catalog.pg_stats_ext with (security_barrier) as '
    || regexp_replace(pg_get_viewdef('pg_catalog.pg_stats_ext'), 'pg_has_role\(c\.relowner, ''USAGE''::text\) AND', '');
  execute 'create or replace view pg_catalog.pg_stats_ext_exprs with (security_barrier) as '
    || regexp_replace(pg_get_viewdef('pg_catalog.pg_stats_ext_exprs'), 'pg_has_role\(c\.relowner, ''USAGE''::text\) AND', '');
end $$;
