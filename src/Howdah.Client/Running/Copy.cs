using Npgsql;

namespace Howdah.Client;

/// <summary>
/// A statement for another place than the one where it ran first: Npgsql keeps in parameters what it looked up in the data source there.
/// </summary>
static class Copy
{
    internal static NpgsqlBatchCommand Of(NpgsqlBatchCommand statement)
    {
        var copy = new NpgsqlBatchCommand(statement.CommandText)
        {
            CommandType = statement.CommandType,
            AppendErrorBarrier = statement.AppendErrorBarrier,
        };
        foreach (NpgsqlParameter parameter in statement.Parameters)
            copy.Parameters.Add(parameter.Clone());
        return copy;
    }
}
