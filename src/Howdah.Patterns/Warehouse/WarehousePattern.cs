using System.Collections;
using Howdah.Engine;

namespace Howdah.Patterns.Warehouse;

/// <summary>Warehouses.</summary>
static class WarehousePattern
{
    internal static Pattern Value { get; } = new Pattern<WarehouseSpec, WarehouseFacts>
    {
        Key = WarehouseSpec.Key,
        About = "Dimensions keep their history whatever the order of arrival, "
            + "facts point to the version that held, rollups equal their facts.",
        Scope = PatternScope.Database,
        Sections = [WarehouseShapes.Section],
        Codes = Codes.All,
        Attacks = Checks.All,
        Read = Read,
        Validate = WarehouseValidation.Validate,
        Inspect = WarehouseInspector.InspectAsync,
        Diff = WarehouseDiffer.Diff,
        Prove = WarehouseProver.ProveAsync,
        Chores = WarehouseRollups.Chores,
    };

    internal static WarehouseSpec? Read(Target target) => target.Database!.Get(WarehouseShapes.Section) is { } wanted
        ? new(target.Server.Name, target.Database.Name, target.Database.Owner, $"{target.Path}.{WarehouseSpec.Key}", target.Estate.Folder,
            target.Database.Sections.GetValueOrDefault("schemas") is IDictionary map ? [.. map.Keys.Cast<string>()] : [], wanted)
        : null;
}
