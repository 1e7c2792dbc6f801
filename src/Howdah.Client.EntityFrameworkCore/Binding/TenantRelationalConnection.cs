using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;

namespace Howdah.Client.EntityFrameworkCore.Binding;

/// <summary>The context's way to the database: a <see cref="TenantConnection"/>, which goes where the tenant lives.</summary>
sealed class TenantRelationalConnection : NpgsqlRelationalConnection
{
    const string Fixed = "where to connect comes from the tenant";
    readonly ContextTenant tenant;

    public TenantRelationalConnection(RelationalConnectionDependencies dependencies, NpgsqlDataSourceManager sources,
        IDbContextOptions options, ContextTenant tenant) : base(dependencies, sources, options)
    {
        this.tenant = tenant;
        if (RelationalOptionsExtension.Extract(options).Connection is not null && !EF.IsDesignTime)
            throw new InvalidOperationException("a connection of the options' own would go past the tenant: leave it out of UseNpgsql");
    }

    // Without a tenant it has no say, and EF Core asks for it in messages only.
    [AllowNull]
    public override string? ConnectionString
    {
        get => base.ConnectionString;
        set => base.ConnectionString = tenant.AtDesignTime ? value : throw new NotSupportedException(Fixed);
    }

    public override DbDataSource? DbDataSource
    {
        get => base.DbDataSource;
        set => base.DbDataSource = tenant.AtDesignTime ? value : throw new NotSupportedException(Fixed);
    }

    // The provider's own takes the connection string apart for each connection that is opened, to see whether one enlists. None does: it is
    // for the tenant's connection to refuse an ambient transaction.
    public override Transaction? CurrentAmbientTransaction => tenant.AtDesignTime ? base.CurrentAmbientTransaction : Transaction.Current;

    public override void SetDbConnection(DbConnection? value, bool contextOwnsConnection)
    {
        if (!tenant.AtDesignTime && value is not null && (value as TenantConnection)?.Tenant.Id != tenant.Tenant.Id)
            throw new NotSupportedException($"{Fixed}: only one of its own connections can take the place of the context's");
        base.SetDbConnection(value, contextOwnsConnection);
    }

    public override INpgsqlRelationalConnection CreateAdminConnection() =>
        tenant.AtDesignTime ? base.CreateAdminConnection() : throw TenantDatabaseCreator.Refusal();

    public override ValueTask<INpgsqlRelationalConnection> CloneWith(string connectionString, bool async,
        CancellationToken cancellationToken = default) => tenant.AtDesignTime
            ? base.CloneWith(connectionString, async, cancellationToken) : throw TenantDatabaseCreator.Refusal();

    protected override DbConnection CreateDbConnection() =>
        tenant.AtDesignTime ? base.CreateDbConnection() : tenant.Tenant.CreateConnection();

    // A connection stays with its tenant, and the context that comes out of the pool next may have another.
    protected override void ResetState(bool disposeDbConnection) => base.ResetState(disposeDbConnection: true);

    protected override ValueTask ResetStateAsync(bool disposeDbConnection) => base.ResetStateAsync(disposeDbConnection: true);
}
