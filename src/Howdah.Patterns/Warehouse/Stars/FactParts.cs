using Howdah.Engine.Planning;

namespace Howdah.Patterns.Warehouse;

/// <summary>
/// A fact in the database: its table and its load. Without foreign keys where they are not declared: they are checked row by row; the load
/// looks all rows up at once, and the proof looks for orphans.
/// </summary>
static class FactParts
{
    internal static IEnumerable<Part> For(WarehouseSpec spec, string fact, FactWish wish)
    {
        var table = new TableParts(spec, fact, wish.PartitionBy is not null);
        var columns = FactColumns.Of(spec, wish);
        var surrogates = wish.References.Keys.Select(FactColumn.Surrogate).ToList();
        var partition = wish.PartitionBy is { } by ? Sql.Of($" partition by range ({new Ident(by)})") : null;
        yield return table.Table($"fact {fact}, one row for each {string.Join(", ", wish.Grain)}", Sql.Of($"""
            create table {spec.Name(fact)} (
              {Sql.Join(",\n  ", columns.Select(column => Column(wish, column)))},
              {Sql.Join("", surrogates.Select(static column => Sql.Of($"{new Ident(column)} bigint not null default -1,\n  ")))}
              batch bigint not null,
              constraint {new Ident($"{fact}_grain")} primary key ({Part.List(wish.Grain)})
            ){partition}
            """));
        foreach (var column in columns)
            yield return table.Column(column.Name, column.Type);
        foreach (var surrogate in surrogates)
            yield return table.Column(surrogate, "bigint") with
            {
                Sql = [Sql.Of($"alter table {spec.Name(fact)} add column {new Ident(surrogate)} bigint not null default -1")],
            };
        yield return table.Constraint($"{fact}_grain", "one row for each of its grain", Sql.Of($"primary key ({Part.List(wish.Grain)})"))
            with { Inline = true };
        // NaN equals itself and is above all numbers: one of them makes every sum NaN.
        foreach (var (measure, _) in wish.Measures.Where(static each => WarehouseTypes.IsNumeric(each.Value.Type)))
            yield return table.Check($"{fact}_{measure}", $"{measure} is a number", Sql.Of($"{new Ident(measure)} <> 'NaN'"));
        if (wish.Kind == FactKind.Accumulating)
        {
            foreach (var (first, second) in wish.Dates.Zip(wish.Dates.Skip(1)))
                yield return table.Check($"{fact}_{second}", $"{second} is not before {first}",
                    Sql.Of($"{new Ident(first)} <= {new Ident(second)}"));
        }
        // A star join reads few rows by several keys at once: an index for each, which PostgreSQL joins by bitmap.
        foreach (var role in wish.References.Keys)
            yield return table.Index($"{fact}_{role}_ix", $"star joins by {role}", Sql.Of($"({new Ident(FactColumn.Surrogate(role))})"));
        foreach (var (role, reference) in wish.References.Where(each => !spec.Wanted.Dimensions[each.Value.Dimension].Junk))
            yield return table.Index($"{fact}_{role}_bk", $"finds the facts of a {role} whose history changes",
                Sql.Of($"({Part.List(FactColumns.Parked(spec, role, reference).Select(static column => column.Name))})"));
        foreach (var date in wish.Dates.Skip(wish.Ordered ? 1 : 0))
            yield return table.Index($"{fact}_{date}_ix", $"finds the facts by {date}", Sql.Of($"({new Ident(date)})"));
        if (wish.Ordered)
            yield return table.Index($"{fact}_{wish.Dates[0]}_brin", $"finds the facts by {wish.Dates[0]}, in whose order they come",
                Sql.Of($"using brin ({new Ident(wish.Dates[0])}) with (autosummarize = on)"));
        if (surrogates.Count > 1)
            yield return table.Statistics("st", surrogates);
        yield return table.Comment(wish.About.Length > 0 ? wish.About : $"fact {fact}");
        foreach (var (measure, about) in wish.Measures.Where(static each => each.Value.About.Length > 0))
            yield return table.Comment(measure, about.About);
        yield return table.Grants();
        foreach (var part in Routine.Procedure(spec, $"load_{fact}", Routine.Staging, $"loads {fact}: looks versions up by their time",
            FactLoad.Body(spec, fact, wish)))
            yield return part;
    }

    /// <summary>The foreign keys, once the dimensions are there.</summary>
    internal static IEnumerable<Part> Keys(WarehouseSpec spec, string fact, FactWish wish) => !wish.ForeignKeys ? []
        : wish.References.Select(each => new TableParts(spec, fact, wish.PartitionBy is not null).Reference(Key(fact, each.Key),
            $"no fact points to a {each.Key} that is not there", FactColumn.Surrogate(each.Key), spec.Name(each.Value.Dimension)));

    internal static string Key(string fact, string role) => $"{fact}_{role}_fk";

    /// <summary>When a foreign key is looked at in this transaction, if it is there already.</summary>
    internal static Sql LookedAt(WarehouseSpec spec, string fact, string role, string when)
    {
        var key = Key(fact, role);
        return Sql.Of($"""
                  if exists (select from pg_catalog.pg_constraint k where k.conname = {new Literal(key)}
                             and k.conrelid = {new Literal(spec.Name(fact).ToString())}::pg_catalog.regclass) then
                    set constraints {spec.Name(key)} {new Words(when)};
                  end if;
            """);
    }

    static Sql Column(FactWish wish, FactColumn column) => Sql.Of($"{new Ident(column.Name)} {Part.Type(column.Type)}"
        + $"{(FactColumns.IsOptional(wish, column) ? null : Sql.Of($" not null"))}");
}
