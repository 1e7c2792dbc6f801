-- no parameters; databases made ahead: name, server, whether they are finished, home's last migration at that time
select s.place, s.server, s.structure is not null, s.version from howdah.tenant_spares s order by s.place
