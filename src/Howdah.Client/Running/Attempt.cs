using System.Data;

namespace Howdah.Client;

/// <summary>What is run, where and how.</summary>
/// <param name="Front">Whether the context stands in front.</param>
readonly record struct Attempt(TenantConnection Connection, IWork Work, Session At, bool Front, CommandBehavior Behavior,
    CancellationToken Token);
