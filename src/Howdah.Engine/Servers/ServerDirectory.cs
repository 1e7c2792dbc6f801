using Howdah.Engine.Files;

namespace Howdah.Engine.Servers;

/// <summary>How to open the servers of an estate.</summary>
/// <param name="Start">Whether embedded servers that do not run are started.</param>
/// <param name="Progress">Told what takes long.</param>
/// <param name="Secrets">Where secrets come from; the estate's own where null. Given by who must mask them even if opening fails.</param>
public sealed record ServerOptions(bool Start, IProgress<string>? Progress = null, SecretStore? Secrets = null);

/// <summary>The servers of an estate, ready to be connected to.</summary>
public sealed class ServerDirectory
{
    ServerDirectory(IReadOnlyDictionary<string, ServerAccess> servers, SecretStore secrets)
    {
        Servers = servers;
        Secrets = secrets;
    }

    /// <summary>The ways in, by the server's name.</summary>
    public IReadOnlyDictionary<string, ServerAccess> Servers { get; }

    /// <summary>The estate's secrets.</summary>
    public SecretStore Secrets { get; }

    /// <summary>Opens all servers of an estate.</summary>
    /// <param name="estate">The estate.</param>
    /// <param name="logins">The roles that can log in.</param>
    /// <param name="options">How.</param>
    /// <param name="token">Cancels the wait for a start.</param>
    /// <exception cref="ServerUnavailableException">A server is not there; the message says what to do.</exception>
    public static async Task<ServerDirectory> OpenAsync(Estate estate, IReadOnlyList<Login> logins, ServerOptions options,
        CancellationToken token)
    {
        var secrets = options.Secrets ?? new FileSecretStore(estate.StateFolder, estate.Folder);
        var passwords = logins.GroupBy(login => login.Role).ToDictionary(group => group.Key, group => group.First().Password);
        var servers = new Dictionary<string, ServerAccess>();
        foreach (var spec in estate.Servers.Values)
            servers[spec.Name] = new(spec.Name, await ConnectionAsync(estate, spec, secrets, options, token), passwords, secrets);
        return new(servers, secrets);
    }

    /// <summary>Stops the embedded servers of an estate; with <paramref name="purge"/>, deletes them and the generated secrets.</summary>
    /// <returns>The names of the servers it stopped or deleted.</returns>
    public static async Task<IReadOnlyList<string>> CloseAsync(Estate estate, bool purge, CancellationToken token)
    {
        var secrets = new FileSecretStore(estate.StateFolder, estate.Folder);
        var names = new List<string>();
        foreach (var spec in estate.Servers.Values.Where(spec => spec.Embedded is not null))
        {
            var server = new EmbeddedServer(estate, spec, secrets);
            if (purge)
                await server.PurgeAsync(token);
            else
                await server.StopAsync(token);
            names.Add(spec.Name);
        }
        if (purge && Directory.Exists(estate.StateFolder))
            Directory.Delete(estate.StateFolder, recursive: true);
        return names;
    }

    static async Task<string> ConnectionAsync(Estate estate, ServerSpec spec, SecretStore secrets, ServerOptions options,
        CancellationToken token)
    {
        if (spec.Embedded is not null)
        {
            var server = new EmbeddedServer(estate, spec, secrets);
            if (options.Start)
                await server.StartAsync(options.Progress, token);
            else if (!await server.RunsAsync(token))
                throw new ServerUnavailableException(
                    $"the embedded server `{spec.Name}` does not run: howdah up {estate.Folder} starts it");
            return server.ConnectionString!;
        }
        var text = secrets.Reveal(spec.Name, "", spec.Connection!, out var problem) ?? throw new ServerUnavailableException(
            $"server `{spec.Name}`: {problem}");
        try
        {
            return ConnectionText.Parse(text).ConnectionString;
        }
        catch (FormatException wrong)
        {
            throw new ServerUnavailableException($"server `{spec.Name}`: {wrong.Message}");
        }
    }
}
