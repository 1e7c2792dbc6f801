-- TEN-C10 high
-- title: No rule carries tenants' rows elsewhere
-- how: Lists rules on tables with a tenant column.
-- why: What a rule adds runs with the rights of the table's owner, not the caller's: rows of one tenant are written where others read
--   them, and no grant tells of it.
-- source: https://www.postgresql.org/docs/current/rules-privileges.html
select array_agg(t.name || ' ' || quote_ident(w.rulename) order by t.name, w.rulename) as targets,
       format('rules (%s) rewrite what is done to %s', string_agg(distinct quote_ident(w.rulename), ', '),
              string_agg(distinct t.name, ', ')) as evidence,
       string_agg(format('DROP RULE %I ON %s;', w.rulename, t.name), E'\n' order by t.name, w.rulename) as fix
from pg_rewrite w join tenant_table t on t.oid = w.ev_class
where w.rulename <> '_RETURN' and w.ev_enabled <> 'D'
having count(*) > 0
