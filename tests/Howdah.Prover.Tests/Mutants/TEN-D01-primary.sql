-- twin: signed
-- expect: TEN-D01
alter table notes.tags drop constraint tags_tenant_id_note_id_fkey;
alter table notes.notes drop constraint notes_pkey;
alter table notes.notes add primary key (id);
