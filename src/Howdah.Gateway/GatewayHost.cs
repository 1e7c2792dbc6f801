using System.Runtime.InteropServices;
using System.Threading.Channels;
using Howdah.Engine.Applying;
using Howdah.Engine.Files;
using Howdah.Gateway.Upkeep;
using Howdah.Gateway.Web;

namespace Howdah.Gateway;

/// <summary>The host of <c>howdah serve</c>: runs the chores of an estate where it has the lead, and tells on HTTP how it is.</summary>
public static class GatewayHost
{
    /// <summary>Serves until it is stopped. SIGHUP reads the estate anew.</summary>
    /// <param name="options">How.</param>
    /// <param name="stop">Ends it: no new work, and what is in hand ends within <see cref="GatewayOptions.Grace"/>.</param>
    /// <returns>False where the estate cannot be used: its mistakes are told.</returns>
    /// <exception cref="Engine.Servers.ServerUnavailableException">A server cannot be opened; the message says what to do.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<bool> RunAsync(GatewayOptions options, CancellationToken stop)
    {
        var log = new Log(options);
        var state = new GatewayState(options);
        var reload = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        using var hangup = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            reload.Writer.TryWrite(true);
        });
        if (Read(options, state, log) is not { } estate)
            return false;
        // First of all, so that whoever started it can see that it lives while a server is still starting.
        await using var web = await WebFront.StartAsync(options, state, log);
        try
        {
            state.Assign(new(await options.Open(estate, true, stop)));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return true;
        }
        var stewards = new Dictionary<string, Task>();
        using var abort = new CancellationTokenSource();
        try
        {
            Appoint();
            var reloading = reload.Reader.ReadAsync(stop).AsTask();
            while (!stop.IsCancellationRequested)
            {
                var ended = await Task.WhenAny([.. stewards.Values, reloading]);
                if (stop.IsCancellationRequested)
                    break;
                if (ended == reloading)
                {
                    reloading = reload.Reader.ReadAsync(stop).AsTask();
                    await ReloadAsync(options, state, log, stop);
                    Appoint();
                }
                else
                {
                    var server = stewards.First(each => each.Value == ended).Key;
                    stewards.Remove(server);
                    state.Remove(server);
                    await ended;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped within a reload.
        }
        finally
        {
            state.Stopping = true;
            log.Tell(GatewayLevel.Info, "stopping", $"no new work; what is in hand has {options.Grace.TotalSeconds:0} s");
            abort.CancelAfter(stop.IsCancellationRequested ? options.Grace : TimeSpan.Zero);
            await Task.WhenAll(stewards.Values);
        }
        log.Tell(GatewayLevel.Info, "stopped", "all work has ended");
        return true;

        void Appoint()
        {
            foreach (var server in state.Current.Session.Servers.Keys.Where(server => !stewards.ContainsKey(server)))
            {
                var steward = new Steward(server, state, options, log);
                state.Add(server, steward);
                stewards[server] = Task.Run(() => steward.RunAsync(stop, abort.Token), CancellationToken.None);
            }
        }
    }

    static async Task ReloadAsync(GatewayOptions options, GatewayState state, Log log, CancellationToken stop)
    {
        if (Read(options, state, log) is not { } estate)
            return;
        try
        {
            state.Assign(new(await options.Open(estate, true, stop)));
            log.Tell(GatewayLevel.Info, "estate read", $"{state.Current.Session.Chores.Count} chores from now on");
        }
        catch (Exception unusable) when (!stop.IsCancellationRequested)
        {
            // Whatever it is: the last good state stays, and it is told.
            state.LastRead = (options.Time.GetUtcNow(), false);
            log.Tell(GatewayLevel.Error, "estate refused", $"{PgErrors.Tell(unusable)}; the former one stays");
        }
    }

    static Estate? Read(GatewayOptions options, GatewayState state, Log log)
    {
        var again = state.Opened ? "; the former one stays" : "";
        try
        {
            var loaded = options.Load();
            state.LastRead = (options.Time.GetUtcNow(), loaded.Estate is not null);
            if (loaded.Estate is { } estate)
                return estate;
            foreach (var wrong in loaded.Diagnostics.Where(static each => each.Severity == Severity.Error))
                log.Tell(GatewayLevel.Error, "estate refused", $"{Told(wrong)}{again}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            state.LastRead = (options.Time.GetUtcNow(), false);
            log.Tell(GatewayLevel.Error, "estate refused", $"{unreadable.Message}{again}");
        }
        return null;
    }

    static string Told(Diagnostic wrong) => (wrong.Place is { } place ? $"{place.File}:{place.Line}: " : "")
        + $"{wrong.Message} [{wrong.Code}]{(wrong.Hint is { } hint ? $"; {hint}" : "")}";
}
