-- TEN-H05 high
-- title: The template of new databases holds nothing of a tenant
-- how: Reads, in the catalog that all databases share, which roles own objects in template1 or were granted something there. Rows, and
--   objects of the first superuser that nobody was granted, can only be seen from inside template1.
-- live: looks into template1 for a row in any table, and into other templates for a row in a table that a login of this database may
--   write in; and with every --login makes a table or schema in each template, rolled back.
-- why: What is in template1 is in every database made from now on: a table with one tenant's rows, a function open to all, a grant.
-- source: https://www.postgresql.org/docs/current/manage-ag-templatedbs.html;
--   https://www.postgresql.org/docs/current/catalog-pg-shdepend.html
select array['template1'] as targets,
       format('template1 holds %s owned by or granted to %s', case count(distinct (s.classid, s.objid)) when 1 then 'an object'
                else count(distinct (s.classid, s.objid)) || ' objects' end,
              string_agg(distinct quote_ident(pg_get_userbyid(s.refobjid)), ', ')) as evidence,
       format('-- Connected to template1: DROP OWNED BY %s; then look whether anything is left.',
              string_agg(distinct quote_ident(pg_get_userbyid(s.refobjid)), ', ')) as fix
from pg_shdepend s join pg_database d on d.oid = s.dbid
where d.datname = 'template1' and s.refclassid = 'pg_authid'::regclass and s.refobjid >= 16384
having count(*) > 0
