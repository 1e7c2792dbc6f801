using Howdah.Engine.Proving;

namespace Howdah.Patterns.Databases;

/// <summary>The attacks on databases.</summary>
static class DatabaseAttacks
{
    internal static Attack Change { get; } = new("ACC-D01", "No login can change a database or make it its own", Gravity.Critical, true,
        "Logs in as each role and tries ALTER DATABASE … CONNECTION LIMIT, SET row_security, OWNER TO itself, and CREATE SCHEMA in each "
            + "database; a break is any that works.",
        "https://www.postgresql.org/docs/current/sql-alterdatabase.html");

    internal static Attack Plant { get; } = new("ACC-D02", "No login plants anything in the server's own databases", Gravity.High, true,
        "Logs in to postgres and template1 as each role and tries to make a schema and, in schema public, a function; what lies in "
            + "template1 comes with every database copied from it.", "CVE-2018-1058");

    internal static Attack Owner { get; } = new("ACC-D03", "A database belongs to its declared owner", Gravity.High, false,
        "Reads the owner of each database; a break is any other than declared.", "Howdah");

    internal static IReadOnlyList<Attack> All { get; } = [Change, Plant, Owner];
}
