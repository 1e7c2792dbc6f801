using Howdah.Engine.Proving;

namespace Howdah.Prover.Live.Schemas;

/// <summary>The attacks that are really made where each tenant has a schema of its own.</summary>
static class SchemaAttacks
{
    internal static Attack Read { get; } = new("TEN-G10", "No login reads in another tenant's schema", Gravity.Critical, true,
        "Takes a login's own schema from its search_path, what it owns, or what it alone may use. As the login, and as "
            + "each role that it can become by SET ROLE, reads tables, views and sequences of other tenants' schemas by their "
            + "full names, by SELECT and by COPY; tables of one name and equal rights are read once. A row is a break.",
        "https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV",
        "search_path only says what a short name means. Whoever has the rights reads another customer by writing the schema's name.");

    internal static Attack Write { get; } = new("TEN-G11", "No login writes in another tenant's schema", Gravity.Critical, true,
        "As each login, and as each role that it can become, inserts, updates, deletes and COPYs in other tenants' "
            + "schemas, by their tables and by shared views over them; a changed row is a break, and so is a refusal by a "
            + "constraint, for rights are asked first.",
        "https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PRIV",
        "Rows planted in another customer's schema are forged orders, forged messages, forged permissions.");

    internal static Attack Names { get; } = new("TEN-G12", "A short name means the login's own table or nothing", Gravity.High, true,
        "As each login, with its search_path, asks what the short names of tenants' tables mean; then with its own "
            + "schema taken off the path, as if the table were missing there. Where a name means another table, a marker row "
            + "is inserted by the short name; landing is a break, and so is reading there while nothing is taken off.",
        "https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH",
        "A migration that fails for one tenant, or a path in the wrong order, and its rows land without an error where "
            + "others read them.");

    internal static Attack Shared { get; } = new("TEN-G13", "Nothing shared shows rows of a tenant's schema", Gravity.Critical, true,
        "As logins of other tenants, asks every view and materialized view outside tenants' schemas, or in the login's "
            + "own, that is made from another tenant's tables, before and after a marker row is planted there; a row that "
            + "comes only from there, or another answer, is a break.",
        "https://www.postgresql.org/docs/current/sql-createview.html (security_invoker)",
        "A view reads with its owner's rights, wherever it stands: one report in a shared schema opens every tenant's.");

    internal static IReadOnlyList<Attack> All { get; } = [Read, Write, Names, Shared];
}
