-- no parameters; a row per applied migration, in order
select version, name, checksum, text from howdah.migrations order by version
