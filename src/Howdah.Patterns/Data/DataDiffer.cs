using Howdah.Engine.Catalogs;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Data;

static class DataDiffer
{
    static readonly CatalogQuery Table = CatalogQuery.Load(typeof(DataDiffer), "table.sql");

    internal static Delta Diff(DataSpec spec, DataFacts facts) => facts.HasTable ? Delta.None : new(
    [
        new()
        {
            Id = $"data/{spec.Database}/loads",
            Server = spec.Server,
            Database = spec.Database,
            Pattern = DataSpec.Key,
            Object = "table howdah.loads",
            Action = StepAction.Create,
            Detail = "remembers what was loaded",
            Sql = [Table.AsSql()],
        },
    ], []);
}
