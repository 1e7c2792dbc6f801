using Howdah.Engine;
using Howdah.Engine.Files;
using Howdah.Engine.Planning;
using Howdah.Patterns.Partitions.Dividing;
using Howdah.Patterns.Partitions.Retiring;

namespace Howdah.Patterns.Partitions;

/// <summary>The partitions of one database as wanted.</summary>
/// <param name="Server">The server.</param>
/// <param name="Database">The database.</param>
/// <param name="Path">The YAML path.</param>
/// <param name="Tables">The tables by name, in the file's order.</param>
sealed record PartitionsSpec(string Server, string Database, string Path, IReadOnlyDictionary<string, PartitionWish> Tables)
{
    internal const string Key = "partitions";

    /// <summary>Whether partitions are to be kept as those of their age: upkeep's, not apply's.</summary>
    internal bool Aging { get; init; }

    internal static Section<IReadOnlyDictionary<string, PartitionWish>> Section { get; } = new(SectionScope.Database, Key,
        "Tables whose partitions are made, and made ahead: tables by `schema.name`, made with PARTITION BY by a migration.",
        Shapes.Map(PartitionShape.Shape));

    internal static PartitionsSpec? Read(Target target) => target.Database!.Get(Section) is { } tables
        ? new(target.Server.Name, target.Database.Name, $"{target.Path}.{Key}", tables) : null;

    internal static IEnumerable<Diagnostic> Validate(PartitionsSpec spec)
    {
        foreach (var (name, wish) in spec.Tables)
        {
            if (QName.Parse(name) is null)
                yield return Diagnostic.Error(Codes.BadName, $"`{name}` is no table", $"{spec.Path}.{name}",
                    "write schema and name, as `sales.events`");
            if (wish.Until < wish.From)
                yield return Diagnostic.Error(Codes.BadName, $"the partitions of {name} end before they begin", $"{spec.Path}.{name}.until",
                    "exchange from and until");
            if (!Clock.Knows(wish.Zone))
                yield return Diagnostic.Error(Codes.NoZone, $"there is no time zone `{wish.Zone}`", $"{spec.Path}.{name}.zone",
                    "write a name of the IANA list, as `Europe/Madrid`");
            if (wish.Ages.Any(age => wish.Kind is Kind.List or Kind.Hash || age.Distance is null == (wish.Kind == Kind.Number)))
                yield return Diagnostic.Error(Codes.Unclear, $"the ages of {name} do not fit its kind", $"{spec.Path}.{name}.ages",
                    "write `after: 3 months` for times and `after: 50000000` for numbers; values and hashes have no age");
            if (wish.Retention is { } retention && RetentionShape.Problem(retention, wish.Kind) is var (problem, hint))
                yield return Diagnostic.Error(Codes.NoArchive, problem, $"{spec.Path}.{name}", hint);
        }
    }
}
