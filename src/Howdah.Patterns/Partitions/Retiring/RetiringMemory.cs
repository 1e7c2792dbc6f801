using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Partitions.Retiring;

/// <summary>
/// What is remembered of retired partitions, in schema howdah: rollups read there what is not to be worked out anew, loaders ask
/// <c>howdah.low_water()</c> up to where a row is too late.
/// </summary>
static class RetiringMemory
{
    static readonly CatalogQuery Script = CatalogQuery.Load(typeof(RetiringMemory), "memory.sql");

    internal static Step Step(PartitionsSpec spec) => new()
    {
        Id = $"partitions/{spec.Database}/retired",
        Server = spec.Server,
        Database = spec.Database,
        Pattern = PartitionsSpec.Key,
        Object = "table howdah.retired_partitions",
        Action = StepAction.Create,
        Detail = "what was retired, and how far back tables take rows",
        Sql = [Script.AsSql()],
        After = [$"howdah/{spec.Server}/{spec.Database}/memory"],
    };
}
