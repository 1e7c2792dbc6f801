namespace Howdah.Patterns.Pipelines;

/// <summary>Which times of a pipeline nobody was there for. Pure.</summary>
static class MissedTimes
{
    /// <summary>How late a time may still be kept: taking over from one who died takes less.</summary>
    internal static TimeSpan Patience { get; } = TimeSpan.FromMinutes(5);

    /// <summary>Up to when times are left out, as the pipeline says; null where none is.</summary>
    /// <param name="wish">The pipeline.</param>
    /// <param name="dealt">Up to when its times are dealt with.</param>
    /// <param name="failed">When the run began that failed since then; null where none did.</param>
    /// <param name="now">The time that it is.</param>
    internal static DateTimeOffset? LeftOut(PipelineWish wish, DateTimeOffset dealt, DateTimeOffset? failed, DateTimeOffset now)
    {
        // A run that failed had somebody, and is tried again as long as it is the latest that there was to be.
        var from = failed > dealt ? failed.Value : dealt;
        return wish is { SkipsMissed: true, Schedule: { } schedule } && schedule.Next(from) <= now - Patience ? now - Patience : null;
    }
}
