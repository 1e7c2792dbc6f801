-- no parameters. Tenants that are not served in rows at home
select id from howdah.tenants where state <> 'active' or model <> 'rows' order by id::text
