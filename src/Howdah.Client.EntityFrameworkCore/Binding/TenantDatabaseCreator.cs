using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace Howdah.Client.EntityFrameworkCore.Binding;

/// <summary>Tells whether the tenant can be reached; makes and drops nothing, which is the estate's work.</summary>
sealed class TenantDatabaseCreator(RelationalDatabaseCreatorDependencies dependencies, INpgsqlRelationalConnection connection,
    IRawSqlCommandBuilder raw, ContextTenant tenant) : NpgsqlDatabaseCreator(dependencies, connection, raw)
{
    internal static NotSupportedException Refusal() => new("a tenant's context makes, migrates and drops no database: the estate does"
        + " (`howdah apply`), or a migrations bundle run as the owner");

    public override bool Exists() => tenant.AtDesignTime ? base.Exists() : Reach(Dependencies.Connection);

    public override Task<bool> ExistsAsync(CancellationToken cancellationToken = default) =>
        tenant.AtDesignTime ? base.ExistsAsync(cancellationToken) : ReachAsync(Dependencies.Connection, cancellationToken);

    public override bool EnsureCreated() => tenant.AtDesignTime ? base.EnsureCreated() : throw Refusal();

    public override Task<bool> EnsureCreatedAsync(CancellationToken cancellationToken = default) =>
        tenant.AtDesignTime ? base.EnsureCreatedAsync(cancellationToken) : throw Refusal();

    public override void Create() => Run(base.Create);

    public override Task CreateAsync(CancellationToken cancellationToken = default) => Run(() => base.CreateAsync(cancellationToken));

    public override void CreateTables() => Run(base.CreateTables);

    public override Task CreateTablesAsync(CancellationToken cancellationToken = default) =>
        Run(() => base.CreateTablesAsync(cancellationToken));

    public override void Delete() => Run(base.Delete);

    public override Task DeleteAsync(CancellationToken cancellationToken = default) => Run(() => base.DeleteAsync(cancellationToken));

    static bool Reach(IRelationalConnection connection)
    {
        connection.Open();
        connection.Close();
        return true;
    }

    static async Task<bool> ReachAsync(IRelationalConnection connection, CancellationToken token)
    {
        await connection.OpenAsync(token).ConfigureAwait(false);
        await connection.CloseAsync().ConfigureAwait(false);
        return true;
    }

    void Run(Action work) => (tenant.AtDesignTime ? work : throw Refusal())();

    Task Run(Func<Task> work) => tenant.AtDesignTime ? work() : throw Refusal();
}
