using Howdah.Loading.Copying;

namespace Howdah.Loading;

/// <summary>A format that a package of its own reads: see <see cref="Reading.Reader"/>.</summary>
public abstract class FormatReader
{
    internal FormatReader()
    {
    }

    /// <summary>Opens a file as far as its columns are known.</summary>
    internal abstract ValueTask<Opened> OpenAsync(LoadInput input, LoadJob job, CancellationToken token);
}
