-- SEC-32 high
-- title: No login's password is kept as MD5
-- how: Looks, as a superuser, at the first letters of the stored passwords of all logins that may connect here.
-- why: Whoever reads an MD5 verifier, from a backup for one, can log in with it as it is; and it is cracked in hours.
-- source: https://www.postgresql.org/docs/current/auth-password.html
select array_agg(quote_ident(a.name) order by a.name) as targets,
       format('the password of %s is kept as MD5', string_agg(quote_ident(a.name), ', ' order by a.name)) as evidence,
       '-- SET password_encryption = ''scram-sha-256''; then give each a new password with \password, which never sends it in clear.' as fix
from pg_authid r join attacker a on a.oid = r.oid
where r.rolpassword like 'md5%'
having count(*) > 0
