-- twin: schemas
-- expect: TEN-G04
alter schema t_7f3a rename to t_a_customer_whose_name_is_so_long_that_it_had_to_be_cut_after_63;
