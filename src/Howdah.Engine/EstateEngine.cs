using Howdah.Engine.Files;
using Howdah.Engine.Servers;

namespace Howdah.Engine;

/// <summary>The door to everything: load an estate, open its servers, then plan, apply and prove.</summary>
/// <param name="patterns">The patterns, in order of work: <c>Builtin.All</c>, or <c>[.. Builtin.All, Mine]</c>.</param>
public sealed class EstateEngine(IReadOnlyList<Pattern> patterns)
{
    /// <summary>The patterns.</summary>
    public IReadOnlyList<Pattern> Patterns => patterns;

    /// <summary>Reads an estate file (or <c>estate.yaml</c> in a folder); every mistake is reported at once.</summary>
    public Loaded Load(string path, string? environment = null) => EstateReader.Read(path, environment, patterns);

    /// <summary>Opens the estate's servers; embedded ones are started where <paramref name="options"/> say so.</summary>
    /// <exception cref="ServerUnavailableException">A server is not there; the message says what to do.</exception>
    public async Task<Session> OpenAsync(Estate estate, ServerOptions options, CancellationToken token)
    {
        var promises = Promises.For(estate, patterns);
        var directory = await ServerDirectory.OpenAsync(estate, [.. promises.SelectMany(promise => promise.Logins())], options, token);
        return new(estate, promises, directory.Servers, directory.Secrets);
    }
}
