-- TEN-A10 high
-- title: The server has no known hole that a tenant can use
-- how: Compares the minor version with those that closed holes in row-level security, in what statistics show, and through which whoever
--   may run SQL becomes the server; and looks whether the views of extended statistics were closed where an older server made them.
-- why: A hole in the server is a hole in every policy. The fix for CVE-2024-4317 is not applied by upgrading: databases made before it
--   need a script.
-- source: https://www.postgresql.org/support/security/
, closed(cve, major, minor, what) as (
  values ('CVE-2023-2455', 15, 3, 'policies of another role are applied when a function is inlined'),
         ('CVE-2023-39418', 15, 4, 'MERGE does not ask UPDATE and SELECT policies'),
         ('CVE-2024-4317', 15, 7, 'extended statistics show other roles'' values'),
         ('CVE-2024-4317', 16, 3, 'extended statistics show other roles'' values'),
         ('CVE-2024-10976', 15, 9, 'a cached plan keeps the policies of the role before'),
         ('CVE-2024-10976', 16, 5, 'a cached plan keeps the policies of the role before'),
         ('CVE-2024-10976', 17, 1, 'a cached plan keeps the policies of the role before'),
         ('CVE-2024-10978', 15, 9, 'SET ROLE does not stick to the role named'),
         ('CVE-2024-10978', 16, 5, 'SET ROLE does not stick to the role named'),
         ('CVE-2024-10978', 17, 1, 'SET ROLE does not stick to the role named'),
         ('CVE-2025-8713', 15, 14, 'statistics show values through views and policies'),
         ('CVE-2025-8713', 16, 10, 'statistics show values through views and policies'),
         ('CVE-2025-8713', 17, 6, 'statistics show values through views and policies'),
         ('CVE-2025-12817', 15, 15, 'CREATE STATISTICS asks for no right on the schema'),
         ('CVE-2025-12817', 16, 11, 'CREATE STATISTICS asks for no right on the schema'),
         ('CVE-2025-12817', 17, 7, 'CREATE STATISTICS asks for no right on the schema'),
         ('CVE-2025-12817', 18, 1, 'CREATE STATISTICS asks for no right on the schema'),
         ('CVE-2026-2006', 15, 16, 'text that is no text overruns memory: whoever may run SQL runs code'),
         ('CVE-2026-2006', 16, 12, 'text that is no text overruns memory: whoever may run SQL runs code'),
         ('CVE-2026-2006', 17, 8, 'text that is no text overruns memory: whoever may run SQL runs code'),
         ('CVE-2026-2006', 18, 2, 'text that is no text overruns memory: whoever may run SQL runs code'),
         ('CVE-2026-6473', 15, 18, 'sizes wrap around and memory is overrun: whoever may run SQL runs code'),
         ('CVE-2026-6473', 16, 14, 'sizes wrap around and memory is overrun: whoever may run SQL runs code'),
         ('CVE-2026-6473', 17, 10, 'sizes wrap around and memory is overrun: whoever may run SQL runs code'),
         ('CVE-2026-6473', 18, 4, 'sizes wrap around and memory is overrun: whoever may run SQL runs code')
), server(major, minor) as (
  select current_setting('server_version_num')::int / 10000, current_setting('server_version_num')::int % 10000
), stale(view, whole) as (
  select v.name, rtrim(pg_get_viewdef(v.name::regclass), ';')
  from (values ('pg_catalog.pg_stats_ext'), ('pg_catalog.pg_stats_ext_exprs')) v(name)
  where pg_get_viewdef(v.name::regclass) !~ 'pg_has_role'
)
select array[format('PostgreSQL %s.%s', s.major, s.minor)] as targets,
       format('PostgreSQL %s.%s has %s: %s', s.major, s.minor, string_agg(c.cve, ', ' order by c.cve),
              string_agg(distinct c.what, '; ')) as evidence,
       format('-- Upgrade to %s.%s or later: a new binary and a restart, no dump.', s.major, max(c.minor)) as fix
from server s join closed c on c.major = s.major and c.minor > s.minor
group by s.major, s.minor
union all
-- The whole condition of the closed views: who may act as the owner, and is subject to no policy.
select array_agg(view order by view),
       format('%s: made before CVE-2024-4317 was closed, and not mended', string_agg(view, ', ' order by view)),
       string_agg(format('CREATE OR REPLACE VIEW %s WITH (security_barrier) AS %s WHERE pg_has_role(c.relowner, ''USAGE'') AND '
                           || '(c.relrowsecurity = false OR NOT row_security_active(c.oid));', view,
                         regexp_replace(whole, '\sWHERE\s+(?!.*\sWHERE\s).*$', '')), E'\n' order by view)
from stale
having count(*) > 0
