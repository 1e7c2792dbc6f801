using Howdah.Engine.Files;
using Howdah.Engine.Planning;

namespace Howdah.Patterns.Queries;

/// <summary>A declared query makes nothing; what is told is where it cannot mean what it says.</summary>
static class QueriesDiffer
{
    internal static Delta Diff(QueriesSpec spec, QueriesFacts facts) => new([],
        [.. from query in spec.Queries
            from table in query.Value.Prunes.Keys
            where facts.Tables.GetValueOrDefault(QName.Parse(table)!.Value) is { Key: null }
            select Diagnostic.Warning(Codes.Whole, $"{query.Key} prunes {table}, which is not partitioned",
                $"{spec.Path}.{query.Key}.prunes", "leave it out, or partition the table")]);
}
