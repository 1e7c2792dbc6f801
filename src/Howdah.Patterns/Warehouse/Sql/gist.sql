-- No parameters. Whether btree_gist is there or can be had.
select exists (select from pg_catalog.pg_available_extensions e where e.name = 'btree_gist')
    or exists (select from pg_catalog.pg_extension e where e.extname = 'btree_gist')
order by 1
