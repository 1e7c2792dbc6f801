using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// The first load of a fact: an index that is filled row by row takes several times as long as one that is built of what is there. Where
/// the caller says that nobody need read meanwhile (<c>howdah.alone</c>), many rows into an empty table have its indexes, which are no
/// key's, dropped and built again in the load's own transaction; whoever looks waits for its end, which is why it is never done unasked.
/// Where somebody uses the table, or something hangs on an index that its definition does not tell, all stay.
/// </summary>
static class FirstLoad
{
    /// <summary>Fewer rows are not worth locking the table for.</summary>
    internal const int Least = 50_000;

    /// <summary>The statement that fills the table, with what goes before and after it.</summary>
    /// <param name="spec">The warehouse.</param>
    /// <param name="fact">The fact.</param>
    /// <param name="wish">The fact as wanted.</param>
    /// <param name="fill">Fills it, and reads the row count after it.</param>
    internal static Sql Around(WarehouseSpec spec, string fact, FactWish wish, Sql fill)
    {
        var table = new Literal(spec.Name(fact).ToString());
        // No index is built while a check of the table waits for the transaction's end: those that are known are made now.
        var roles = wish.ForeignKeys ? wish.References.Keys.ToList() : [];
        return Sql.Of($"""
              declare
                the_drops pg_catalog.text[];
                the_indexes pg_catalog.text[];
                the_each pg_catalog.text;
              begin
                if the_read >= {Least} and pg_catalog.current_setting('howdah.alone', true) = 'on'
                    and {Empty(table)} then
                  begin
                    lock table {spec.Name(fact)} in access exclusive mode nowait;
            {Sql.Join("\n", roles.Select(role => FactParts.LookedAt(spec, fact, role, "immediate")))}
                    if {Empty(table)} and not exists (
                      select from pg_catalog.pg_trigger g
                      where (g.tgrelid = {table}::pg_catalog.regclass
                          or g.tgrelid in (select p.relid from pg_catalog.pg_partition_tree({table}) p))
                        and g.tgdeferrable and not exists (select from pg_catalog.pg_constraint k
                        where k.oid = g.tgconstraint and k.conname = any(array[{Sql.Join(", ", roles.Select(role =>
                            Sql.Of($"{new Literal(FactParts.Key(fact, role))}")))}]::pg_catalog.name[]))) then
            {Indexes(table)}
                      foreach the_each in array coalesce(the_drops, array[]::pg_catalog.text[]) loop
                        execute the_each;
                      end loop;
                    end if;
                  exception when lock_not_available or object_in_use or dependent_objects_still_exist then
                    the_indexes := null;
                  end;
                end if;
            {fill}
                foreach the_each in array coalesce(the_indexes, array[]::pg_catalog.text[]) loop
                  execute the_each;
                end loop;
              end;
            """);
    }

    // By size: policies hide rows from an owner, too.
    static Sql Empty(Literal table) => Sql.Of($"pg_catalog.pg_relation_size({table}) = 0 and not exists (select "
        + $"from pg_catalog.pg_partition_tree({table}) p where pg_catalog.pg_relation_size(p.relid) > 0)");

    // Of a partitioned table its own, which take those of its partitions with them.
    static Sql Indexes(Literal table) => Sql.Of($"""
                      select pg_catalog.array_agg(pg_catalog.format('drop index %s', x.oid::pg_catalog.regclass) order by x.relname),
                        pg_catalog.array_agg('CREATE INDEX ' || pg_catalog.quote_ident(x.relname) || pg_catalog.regexp_replace(
                          pg_catalog.substr(pg_catalog.pg_get_indexdef(x.oid), 14 + pg_catalog.length(pg_catalog.quote_ident(x.relname))),
                          '^ ON ONLY ', ' ON ') order by x.relname)
                      into the_drops, the_indexes
                      from pg_catalog.pg_index i join pg_catalog.pg_class x on x.oid = i.indexrelid
                      where i.indrelid = {table}::pg_catalog.regclass and i.indisvalid
                        and not (i.indisunique or i.indisexclusion or i.indisreplident or i.indisclustered or x.relispartition)
                        and x.reltablespace = 0 and not exists (select from pg_catalog.pg_partition_tree(x.oid) o
                          join pg_catalog.pg_class t on t.oid = o.relid where t.reltablespace <> 0)
                        and not exists (select from pg_catalog.pg_description d
                          where d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.objoid = x.oid)
                        and not exists (select from pg_catalog.pg_depend d
                          where d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = x.oid
                            and (d.classid <> 'pg_catalog.pg_class'::pg_catalog.regclass or d.deptype not in ('P', 'S', 'i')))
                        and not exists (select from pg_catalog.pg_attribute a where a.attrelid = x.oid
                          and coalesce(pg_catalog.to_jsonb(a)->>'attstattarget', '-1') <> '-1');
        """);
}
