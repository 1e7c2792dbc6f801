-- no parameters; home's last migration, empty where none ran
select coalesce(max(name collate "C"), '') from howdah.migrations order by 1
