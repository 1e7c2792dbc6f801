-- twin: bigints
-- expect: TEN-D01
create unique index by_text on bill.templates (lower(body)) where body <> 'own';
