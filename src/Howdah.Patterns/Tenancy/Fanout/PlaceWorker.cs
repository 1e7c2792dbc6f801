using System.Security.Cryptography;
using Howdah.Engine;
using Howdah.Engine.Applying;
using Howdah.Engine.Planning;
using Npgsql;
using NpgsqlTypes;

namespace Howdah.Patterns.Tenancy.Fanout;

/// <summary>How it went in one place.</summary>
/// <param name="Moving">Whether it was passed over, because somebody holds the tenant's lock.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
sealed record PlaceOutcome(bool Moving = false, PlaceFailure? Failure = null);

/// <summary>Brings up one place after the other. Whatever is cut off is found by the next run: version and migration are one
/// transaction.</summary>
sealed class PlaceWorker(Session session, TenancySpec spec, FanoutOptions options, PlaceScripts scripts, SemaphoreSlim alone)
    : IAsyncDisposable
{
    NpgsqlConnection? home;
    NpgsqlCommand? call;

    internal async Task<PlaceOutcome> BringUpAsync(TenantPlace place, CancellationToken token)
    {
        var began = options.Time.GetTimestamp();
        var step = new Progressed();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(place, attempt, step, token);
            }
            catch (PostgresException e) when (e.SqlState == PlaceBatch.Locked)
            {
                return new(Moving: true);
            }
            catch (PostgresException e) when (PgErrors.IsLock(e) || PgErrors.IsCatalogRace(e) || e.SqlState == PlaceBatch.Changed)
            {
                if (options.Time.GetElapsedTime(began) > options.LockPatience || (e.SqlState == PlaceBatch.Changed && attempt > 3))
                    return Failed(e.SqlState == PlaceBatch.Changed ? e.MessageText
                        : $"no lock to be had within {options.LockPatience.TotalSeconds:0} s; run again when who holds it has ended");
                var pause = Math.Min(2000, 50 * (1 << Math.Min(attempt, 5)));
                await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(pause / 2, pause)), options.Time, token);
            }
            catch (Exception e) when (PgErrors.IsLost(e) && !token.IsCancellationRequested)
            {
                await DisposeAsync();
                if (attempt > 3)
                    return Failed(PgErrors.Tell(e));
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), options.Time, token);
            }
            catch (PostgresException e) when (!token.IsCancellationRequested)
            {
                return Failed($"{LineOf(e, step.Script)}{PgErrors.Tell(e)}");
            }
            catch (PlaceStop e)
            {
                return Failed(e.Message);
            }
        }

        PlaceOutcome Failed(string why) => new(Failure: new(place.Name, place.Place, step.Script?.Migration.Name ?? "", why));
    }

    async Task<PlaceOutcome> TryAsync(TenantPlace place, int attempt, Progressed step, CancellationToken token)
    {
        home ??= await OpenAsync(spec.Server, spec.Database, token);
        if (place.IsSchema)
        {
            // What another attempt committed without anybody having heard so is seen here.
            var version = attempt == 1 ? place.Version : await PlaceVersions.InsideAsync(home, place.Place, token);
            foreach (var script in scripts.For(place, version))
            {
                step.Script = script;
                await MigrateAsync(home, place, version, script, token);
                version = script.Migration.Name;
            }
            return new();
        }
        if (!await TenantLock.TryAsync(home, place.Tenant, token))
            return new(Moving: true);
        try
        {
            await using var inside = await OpenAsync(place.At.Server, place.At.Database, token);
            await RunAsync(inside, [PlaceVersions.Table, .. PlaceBatch.Make(spec)], token);
            var version = await PlaceVersions.InsideAsync(inside, place.Place, token);
            if (version.Length == 0 && place.Version.Length > 0)
            {
                // Made from the template at home's version of then, which only home knows.
                version = place.Version;
                await RunAsync(inside, [PlaceVersions.Record(place.Place, new(version, "", ""))], token);
            }
            await MirrorAsync(place, version, token);
            foreach (var script in scripts.For(place, version))
            {
                step.Script = script;
                await MigrateAsync(inside, place, version, script, token);
                version = script.Migration.Name;
                await RunAsync(home, [PlaceVersions.Record(place.Place, script.Migration)], token);
                options.Fault?.Invoke($"{place.Place} {version}: mirrored");
            }
            return new();
        }
        finally
        {
            if (home?.State == System.Data.ConnectionState.Open)
                await TenantLock.ReleaseAsync(home, place.Tenant, CancellationToken.None);
        }
    }

    async Task MigrateAsync(NpgsqlConnection at, TenantPlace place, string version, PlacedMigration script, CancellationToken token)
    {
        options.Fault?.Invoke($"{place.Place} {script.Migration.Name}: before");
        if (script.Migration.Transactional || !script.HasWork)
            await CallAsync(at, PlaceBatch.Call(spec, place, version, script, scripts.Privileges), token);
        else
            await AloneAsync(at, place, version, script, token);
        options.Fault?.Invoke($"{place.Place} {script.Migration.Name}: committed");
    }

    // Built one at a time: builds in one database wait for each other's snapshots.
    async Task AloneAsync(NpgsqlConnection at, TenantPlace place, string version, PlacedMigration script, CancellationToken token)
    {
        await alone.WaitAsync(token);
        var locked = false;
        try
        {
            if (place.IsSchema && !(locked = await TenantLock.TryAsync(at, place.Tenant, token)))
                throw new PostgresException("the tenant is being moved", "ERROR", "ERROR", PlaceBatch.Locked);
            if (await PlaceVersions.InsideAsync(at, place.Place, token) != version)
                throw new PostgresException("another run was faster", "ERROR", "ERROR", PlaceBatch.Changed);
            await new IndexBuild(at, place).RunAsync(script, point
                => options.Fault?.Invoke($"{place.Place} {script.Migration.Name}: {point}"),
                token);
            await RunAsync(at, [PlaceVersions.Record(place.Place, script.Migration)], token);
        }
        finally
        {
            if (locked && at.State == System.Data.ConnectionState.Open)
                await TenantLock.ReleaseAsync(at, place.Tenant, CancellationToken.None);
            alone.Release();
        }
    }

    // What its database knows and home does not was done by a run that was cut off between the two.
    async Task MirrorAsync(TenantPlace place, string version, CancellationToken token)
    {
        foreach (var script in scripts.Databases.Where(script => string.CompareOrdinal(script.Migration.Name, place.Version) > 0
            && string.CompareOrdinal(script.Migration.Name, version) <= 0))
            await RunAsync(home!, [PlaceVersions.Record(place.Place, script.Migration)], token);
    }

    async Task<NpgsqlConnection> OpenAsync(string server, string database, CancellationToken token)
    {
        var connection = await session.Servers[server].OpenPlainAsync(database, token);
        await RunAsync(connection, [Sql.Of($"set statement_timeout = 0")], token); // a migration takes the time it takes
        return connection;
    }

    // Prepared once for all schemas of this worker; a database's connection calls once.
    async Task CallAsync(NpgsqlConnection connection, (string Text, IReadOnlyList<object> Parameters) asked, CancellationToken token)
    {
        if (call?.Connection != connection)
        {
            if (call is not null)
                await call.DisposeAsync();
            call = new(asked.Text, connection) { CommandTimeout = 0 };
            foreach (var value in asked.Parameters)
                call.Parameters.Add(new() { NpgsqlDbType = value is string ? NpgsqlDbType.Text : NpgsqlDbType.Uuid });
            if (connection == home)
                await call.PrepareAsync(token);
        }
        for (var i = 0; i < asked.Parameters.Count; i++)
            call.Parameters[i].Value = asked.Parameters[i];
        await call.ExecuteNonQueryAsync(token);
    }

    static async Task RunAsync(NpgsqlConnection connection, IEnumerable<Sql> statements, CancellationToken token)
    {
        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        foreach (var statement in statements)
            batch.BatchCommands.Add(new(statement.ToString()));
        await batch.ExecuteNonQueryAsync(token);
    }

    // Inside EXECUTE the position is the inner one; the block adds one newline before the file's text.
    static string LineOf(PostgresException e, PlacedMigration? script) =>
        e.InternalPosition > 1 && script is not null && e.InternalPosition - 1 <= script.Template.Length
            ? $"line {script.Template[..(e.InternalPosition - 1)].Count(static c => c == '\n') + 1}: " : "";

    public async ValueTask DisposeAsync()
    {
        if (call is not null)
            await call.DisposeAsync();
        call = null;
        if (home is not null)
            await home.DisposeAsync();
        home = null;
    }

    sealed class Progressed
    {
        internal PlacedMigration? Script { get; set; }
    }
}

/// <summary>A place cannot go on, for a reason told in one sentence.</summary>
sealed class PlaceStop(string message) : Exception(message);
