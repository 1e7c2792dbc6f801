using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// Facts that come before the members they are about: refused, or members are made of which the key alone is known. A key that the log
/// knows is never inferred, so facts and events in any order end in the same.
/// </summary>
static class MissingMembers
{
    static readonly Sql In = Sql.Of($"pg_temp.howdah_in");

    /// <summary>Refuses facts for whose time there is no member. A fact that names none is about nobody known, and stays.</summary>
    internal static Sql? Refuse(WarehouseSpec spec, FactWish wish) => All(wish, MissingMember.Quarantine, (role, reference) => Sql.Of($"""
          update {In} f set refused = 'member: {new Words(role)} is not known for the fact''s time'
          where f.refused is null and {Given(spec, role, reference)}
            and not exists (select from {spec.Name(reference.Dimension)} d where {Same(spec, role, reference, "d")}
              and {DimensionLoad.Holds(spec, reference)});
        """));

    /// <summary>Makes the members, and points the facts to them that an earlier load left at the unknown one.</summary>
    internal static Sql? Infer(WarehouseSpec spec, FactWish wish) => All(wish, MissingMember.Infer, (role, reference) =>
    {
        var dimension = spec.Wanted.Dimensions[reference.Dimension];
        var keys = dimension.Key.Keys.ToList();
        var texts = DimensionParts.Texts(dimension);
        return Sql.Of($"""
              drop table if exists pg_temp.howdah_touched;
              create temp table howdah_touched on commit drop as
                select distinct {Sql.Join(", ", keys.Select(key =>
                    Sql.Of($"f.{new Ident(DimensionLoad.Parked(role, reference, key))} as {new Ident(key)}")))} from {In} f
                where f.refused is null and {Given(spec, role, reference)}
                  and not exists (select from {spec.Name(reference.Dimension)} d where {Same(spec, role, reference, "d")})
                  and not exists (select from {spec.Name(reference.Dimension + DimensionParts.Log)} d
                    where {Same(spec, role, reference, "d")});
              get diagnostics the_late = row_count;
              if the_late > 0 then
                the_inferred := the_inferred + the_late;
                analyze pg_temp.howdah_touched;
                insert into {spec.Name(reference.Dimension)} ({Part.List([.. keys, .. texts])}, inferred)
                select {Part.Columns("x", keys)}{Sql.Join("", texts.Select(static _ => Sql.Of($", 'Unknown'")))}, true
                from pg_temp.howdah_touched x;
            {Sql.Join("\n", DimensionLoad.Referring(spec, reference.Dimension).Select(each =>
                DimensionLoad.Repoint(spec, reference.Dimension, dimension, each.Fact, each.Role, each.Reference)))}
              end if;
              drop table pg_temp.howdah_touched;
            """);
    });

    static Sql? All(FactWish wish, MissingMember missing, Func<string, ReferenceWish, Sql> of)
    {
        var all = wish.References.Where(each => each.Value.Missing == missing).Select(each => of(each.Key, each.Value)).ToList();
        return all.Count == 0 ? null : Sql.Join("\n", all);
    }

    static Sql Given(WarehouseSpec spec, string role, ReferenceWish reference) => Sql.Join(" and ", spec.Wanted
        .Dimensions[reference.Dimension].Key.Keys.Select(key =>
            Sql.Of($"f.{new Ident(DimensionLoad.Parked(role, reference, key))} is not null")));

    static Sql Same(WarehouseSpec spec, string role, ReferenceWish reference, string alias) => Sql.Join(" and ", spec.Wanted
        .Dimensions[reference.Dimension].Key.Keys.Select(key =>
            Sql.Of($"{new Words(alias)}.{new Ident(key)} = f.{new Ident(DimensionLoad.Parked(role, reference, key))}")));
}
