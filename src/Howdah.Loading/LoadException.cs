namespace Howdah.Loading;

/// <summary>A load that cannot go on as a whole: a header that does not fit, a limit passed, a column that cannot be sent. Its message says
/// what, where and how to mend it. Records that are bad by themselves are no exception: they are rejected and the load goes on.</summary>
public sealed class LoadException : Exception
{
    /// <param name="message">What, where and how to mend it.</param>
    public LoadException(string message) : base(message)
    {
    }

    /// <param name="message">What, where and how to mend it.</param>
    /// <param name="inner">What it came from.</param>
    public LoadException(string message, Exception inner) : base(message, inner)
    {
    }
}
