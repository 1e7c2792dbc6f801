-- no parameters; migrations that ran at home, in order
select name, text, checksum from howdah.migrations order by version
