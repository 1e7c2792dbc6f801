using Npgsql;

namespace Howdah.Client;

/// <summary>Which errors of the server say that the tenant is not there any more.</summary>
static class Refusal
{
    internal const string Fenced = "HW001";

    /// <summary>At log-in: the role, its password, the database or the right to connect is gone. Rows live at home, where these mean what
    /// they say.</summary>
    internal static bool AtTheDoor(PostgresException error, Placement placement) => !placement.InRows && error.SqlState
        is PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidCatalogName
        or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectNotInPrerequisiteState;

    /// <summary>At a statement.</summary>
    /// <param name="answered">Whether the context in front was answered already, so that the statement itself had begun.</param>
    internal static bool Inside(PostgresException error, Placement placement, bool answered) => error.SqlState switch
    {
        Fenced => true,
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.UndefinedObject => !placement.InRows,
        // The process was ended. After the context's answer, nobody can tell whether the statement was committed before that.
        PostgresErrorCodes.AdminShutdown => !placement.InRows && !answered,
        _ => false,
    };
}
