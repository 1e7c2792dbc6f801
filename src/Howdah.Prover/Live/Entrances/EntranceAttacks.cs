using Howdah.Engine.Proving;

namespace Howdah.Prover.Live.Entrances;

/// <summary>The attacks on contexts that are more than a tenant's id: signed, or made by a statement.</summary>
static class EntranceAttacks
{
    const string Hmac = "https://www.rfc-editor.org/rfc/rfc2104";

    internal static Attack Forged { get; } = new("TEN-F09", "A context that nobody signed opens nothing", Gravity.Critical, true,
        "Where the context is more than the tenant's id (--context-sql, --tenant): as each role, enters A, then sets the "
            + "context to B alone, to A's context with B in A's place, to that without what follows, and with its last letter "
            + "changed; a row of B is a break.",
        Hmac, "A signature that is not checked, or not for this tenant, is decoration: whoever runs SQL chooses his tenant.");

    internal static Attack Expired { get; } = new("TEN-F10", "An expired context opens nothing", Gravity.High, true,
        "Where an expired context of A was given (--expired-context): as each role, sets it and asks for A's own row; "
            + "getting it is a break.",
        Hmac, "A context that was logged, cached or stolen once then works for ever.");

    internal static Attack Replay { get; } = new("TEN-F11", "A context works only in the session it was made for", Gravity.Low, true,
        "Where --context-sql enters: as each role, enters A in one session and sets the same context in another; A's row "
            + "there is told as residual, for a context is meant to travel in many designs.",
        Hmac, "Whoever reads a context in a log or a dump of a session can use it in his own, until it expires.");

    internal static Attack Pivot { get; } = new("TEN-F13", "One statement cannot turn to another tenant", Gravity.Critical, true,
        "As each role, as tenant A, reads a row of B in the statement that sets the context to B: in a sub-select, in a common table, "
            + "and after an own row was read. Getting it is a break where the context is more than the tenant's id, and told as residual "
            + "where it is a plain setting (TEN-F01).",
        "https://www.postgresql.org/docs/current/functions-admin.html (set_config)",
        "One injected expression is enough for it: no second statement is needed.");

    internal static IReadOnlyList<Attack> All { get; } = [Forged, Expired, Replay, Pivot];
}
