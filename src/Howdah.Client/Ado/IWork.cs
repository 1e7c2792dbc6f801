using System.Data;
using Npgsql;

namespace Howdah.Client;

/// <summary>What a user wants to run; may be started more than once, where the tenant had moved.</summary>
interface IWork
{
    /// <param name="session">Where.</param>
    /// <param name="front">Whether the context stands in front, whose own result comes first then.</param>
    Task<NpgsqlDataReader> StartAsync(Session session, bool front, CommandBehavior behavior, CancellationToken token);
}
