using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Dividing;

/// <summary>What keeps the partitions of a table from being made, each with what to do.</summary>
static class DividingProblems
{
    internal static Diagnostic? Of(QName table, PartitionWish wish, TableFacts seen, string path) => seen switch
    {
        { Partitioned: false } => Diagnostic.Error(Codes.Unpartitioned, $"{table.Plain} is not partitioned", path,
            (wish.Within is null ? $"howdah partition convert {table.Plain} makes it so while it is in use; " : "")
                + $"a new table is made by a migration with PARTITION BY {wish.Kind.Strategy().ToUpperInvariant()} ({new Ident(wish.By)}), "
                + (wish.By == "id" ? "its primary key on that column, as PRIMARY KEY (id)"
                    : $"its primary key holding {wish.By}, as PRIMARY KEY (id, {wish.By}): an id alone then is unique only as long as one "
                        + "sequence gives it")),
        { Strategy: var strategy } when strategy != wish.Kind.Strategy() => Diagnostic.Error(Codes.OtherKey,
            $"{table.Plain} is partitioned by {strategy}, not by {wish.Kind.Strategy()}", path, strategy switch
            {
                "list" => "declare `lists`, the values of each partition",
                "hash" => "declare `modulus`, how many partitions there are",
                _ => "declare `every`, for times, or `step`, for numbers",
            }),
        { Key: var key } when key != wish.By => Diagnostic.Error(Codes.OtherKey,
            $"{table.Plain} is partitioned by {key ?? "several columns or an expression"}, not by {wish.By}", path,
            key is null ? "only one plain column can be declared" : $"write by: {key}"),
        _ => Type(table, wish, seen.Type, path) ?? wish.Division?.Problem(table, seen.Leaves, path),
    };

    /// <summary>A key that cannot be one in partitions of partitions. No error: the migration that mends it may be in the same plan, and
    /// the first step looks again.</summary>
    internal static Diagnostic? KeyLacks(QName table, PartitionWish wish, TableFacts seen, string path)
    {
        if (wish.Within is not { } within || seen.Unique.FirstOrDefault(index => !index.Columns.Contains(within.By)) is not { } lacks)
            return null;
        var (name, columns) = (new Ident(lacks.Name), Sql.List(lacks.Columns.Append(within.By).Select(static each => new Ident(each))));
        return Diagnostic.Warning(Codes.KeyLacks, $"{(lacks.Kind == "" ? "the unique index" : $"the {lacks.Kind.ToLowerInvariant()}")} "
            + $"{lacks.Name} of {table.Plain} does not hold {within.By}, by which partitions are divided again: PostgreSQL keeps it "
            + "within one partition, so it cannot know the rows of the others", path,
            "in a migration, which runs first: " + (lacks.Kind == ""
                ? $"DROP INDEX {new QName(table.Schema, lacks.Name)}; CREATE UNIQUE INDEX {name} ON {table} ({columns})"
                : $"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name} {lacks.Kind} ({columns})")
                + $"; ({string.Join(", ", lacks.Columns)}) alone is unique then only as long as one sequence gives it");
    }

    static Diagnostic? Type(QName table, PartitionWish wish, string type, string path) => Misfit(wish, type) is var (what, hint)
        ? Diagnostic.Error(Codes.OtherKey, $"{table.Plain} is partitioned by {wish.By} of type {type}, {what}", path, hint) : null;

    /// <summary>Why a type does not fit what is declared, and what to do; null where it does.</summary>
    internal static (string What, string Hint)? Misfit(PartitionWish wish, string type)
    {
        var (fits, what, hint) = wish.Kind switch
        {
            Kind.Time => (type is "timestamp with time zone" or "timestamp without time zone" or "date", "which is no time",
                type == "uuid" ? "where the UUIDs are of version 7, which begin with their time, write `as: uuidv7`"
                    : NumberRange.Types.ContainsKey(type) ? "for ranges of numbers write `step: 1000000` in place of `every`"
                    : "only date, timestamp and timestamptz are made ahead"),
            Kind.Uuid => (type == "uuid", "which is no uuid", "leave `as: uuidv7` out"),
            Kind.Number => (NumberRange.Types.ContainsKey(type), "which is no whole number", "write `every`, where it is a time"),
            _ => (true, "", ""),
        };
        return fits ? null : (what, hint);
    }
}
