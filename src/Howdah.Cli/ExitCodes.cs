namespace Howdah.Cli;

/// <summary>The tool's exit codes; scripts rely on them.</summary>
static class ExitCodes
{
    internal const int Done = 0;
    internal const int Failed = 1;
    internal const int Differs = 2;
    internal const int Refused = 3;
    internal const int Inconclusive = 4;
    internal const int Usage = 64;
    internal const int Stopped = 130;

    internal static (int Code, string About)[] All { get; } =
    [
        (Done, "Done, nothing to do, or all held."),
        (Failed, "Failed; the message says what, where, why and what to do."),
        (Differs, "Differences (`plan --check`), an attack got through (`prove`), or a report was changed (`evidence verify`)."),
        (Refused, "Refused: a hazard that was not allowed, a stale plan, a stranger, another apply."),
        (Inconclusive, "Nothing broke, but some attacks could not be made; or only a part of a report could be checked."),
        (Usage, "The command line was not understood."),
        (Stopped, "Stopped by Ctrl-C; run again to go on."),
    ];
}
