using System.IO.Enumeration;

namespace Howdah.Loading;

/// <summary>Where bytes come from. They are opened once for each load, read once, and hashed on the way.</summary>
/// <param name="Name">What it is called in reports: a path, a URL without its query, <c>-</c> for standard input.</param>
/// <param name="OpenAsync">Opens it.</param>
public sealed record LoadInput(string Name, Func<CancellationToken, ValueTask<OpenedInput>> OpenAsync)
{
    /// <summary>A file.</summary>
    public static LoadInput File(string path) => new(path, _ =>
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.SequentialScan);
            return new(new OpenedInput(stream, stream.CanSeek ? stream.Length : null));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new LoadException($"cannot read {path}: {missing.Message}", missing);
        }
    });

    /// <summary>Files by a pattern: <c>incoming/sales-*.csv.gz</c>, with <c>*</c> and <c>?</c> in the last part of the path.</summary>
    /// <returns>One input for each file, in order of their names; a path without wildcards is itself, there or not.</returns>
    public static IReadOnlyList<LoadInput> Glob(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var name = Path.GetFileName(pattern);
        if (!name.AsSpan().ContainsAny('*', '?'))
            return [File(pattern)];
        var folder = Path.GetDirectoryName(pattern) is { Length: > 0 } parent ? parent : ".";
        if (!Directory.Exists(folder))
            return [];
        return [.. Directory.EnumerateFiles(folder)
            .Where(path => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(path), false)).Order(StringComparer.Ordinal)
            .Select(static path => File(path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path))];
    }

    /// <summary>Standard input.</summary>
    public static LoadInput StandardInput() => new("-", static _ => new(new OpenedInput(Console.OpenStandardInput(), null)));

    /// <summary>What a web server sends for an address by http or https.</summary>
    /// <param name="address">The address; names and passwords in it are not reported.</param>
    /// <param name="client">How it is asked: limits of time, proxies and certificates are its own.</param>
    public static LoadInput Url(Uri address, HttpClient client)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(client);
        var name = address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.SafeUnescaped);
        return new(name, async token =>
        {
            try
            {
                var answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                if (!answer.IsSuccessStatusCode)
                {
                    answer.Dispose();
                    throw new LoadException($"{name} answered {(int)answer.StatusCode} {answer.ReasonPhrase}");
                }
                var length = answer.Content.Headers.ContentLength;
                return new(await answer.Content.ReadAsStreamAsync(token).ConfigureAwait(false), length);
            }
            catch (HttpRequestException failed)
            {
                throw new LoadException($"cannot fetch {name}: {failed.Message}", failed);
            }
        });
    }
}

/// <summary>An input that is open.</summary>
/// <param name="Stream">Its bytes; closed by whoever reads them.</param>
/// <param name="Length">How many there are, where that is known: a stream that ends before is refused.</param>
public sealed record OpenedInput(Stream Stream, long? Length);
