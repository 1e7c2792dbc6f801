using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Howdah.Client;

/// <summary>
/// One tenant, as a source of commands and connections that are bound to it wherever it lives. Cheap: make one for each request, or keep
/// it.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "For the reader it is a tenant; the base type says what it serves as.")]
public sealed class Tenant : DbDataSource
{
    readonly TenantDataSource source;
    Resident resident;
    bool settled;

    internal Tenant(TenantDataSource source, Resident resident)
    {
        this.source = source;
        this.resident = resident;
    }

    /// <summary>Its id: what stands in the tenant column.</summary>
    public Guid Id => resident.Id;

    /// <inheritdoc/>
    /// <remarks>Of the home database, without the password.</remarks>
    public override string ConnectionString => source.ConnectionString;

    internal TenantDataSource Source => source;
    internal Resident Resident => resident;

    /// <summary>A connection bound to this tenant, not yet open.</summary>
    public new TenantConnection CreateConnection() => new(this);

    /// <summary>An open connection bound to this tenant.</summary>
    public new async ValueTask<TenantConnection> OpenConnectionAsync(CancellationToken cancellationToken = default)
    {
        var connection = new TenantConnection(this);
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        return connection;
    }

    /// <summary>A statement bound to this tenant, with a connection of its own while it runs: one round trip.</summary>
    public new TenantCommand CreateCommand(string? commandText = null) => new(new(this),
        ownsConnection: true) { CommandText = commandText };

    /// <summary>A batch bound to this tenant, with a connection of its own while it runs: one round trip, one transaction.</summary>
    public new TenantBatch CreateBatch() => new(new(this), ownsConnection: true);

    internal async ValueTask<Session> OpenSessionAsync(CancellationToken token)
    {
        await SettleAsync(token).ConfigureAwait(false);
        return await Session.OpenAsync(source, resident, token).ConfigureAwait(false);
    }

    /// <summary>Makes sure that the registry knows it; from then on, all share what is known of it.</summary>
    internal async ValueTask SettleAsync(CancellationToken token)
    {
        await source.CheckedAsync(token).ConfigureAwait(false);
        if (settled)
            return;
        if (resident.Placement is null)
            await source.Locator.FindAsync(resident, token).ConfigureAwait(false);
        resident = source.Settle(resident);
        settled = true;
    }

    /// <inheritdoc/>
    protected override DbConnection CreateDbConnection() => CreateConnection();

    /// <inheritdoc/>
    protected override DbConnection OpenDbConnection()
    {
        var connection = CreateConnection();
        connection.Open();
        return connection;
    }

    /// <inheritdoc/>
    protected override async ValueTask<DbConnection> OpenDbConnectionAsync(CancellationToken cancellationToken = default) =>
        await OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand(string? commandText = null) => CreateCommand(commandText);

    /// <inheritdoc/>
    protected override DbBatch CreateDbBatch() => CreateBatch();
}
