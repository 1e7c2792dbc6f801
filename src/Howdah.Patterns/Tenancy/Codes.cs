namespace Howdah.Patterns.Tenancy;

/// <summary>The diagnostics of tenancy.</summary>
static class Codes
{
    internal const string Model = "HOW0601";
    internal const string NoTables = "HOW0602";
    internal const string Twice = "HOW0603";
    internal const string OwnerServes = "HOW0604";
    internal const string NoColumn = "HOW0605";
    internal const string Nullable = "HOW0606";
    internal const string Keys = "HOW0607";
    internal const string Undeclared = "HOW0608";
    internal const string NoGuard = "HOW0609";
    internal const string Missing = "HOW0610";
    internal const string Partitioned = "HOW0611";

    internal const string Refused = "HOW0640";
    internal const string Drifted = Registry.PlaceDifference.Code;
    internal const string Moving = "HOW0642";

    internal static (string, string)[] All { get; } =
    [
        (Model, "A tenancy whose model needs what it does not have: ids of the registry, one schema."),
        (NoTables, "A tenancy without tables."),
        (Twice, "A table stands twice under tenancy."),
        (OwnerServes, "The tables' owner is declared as what an application logs in as."),
        (NoColumn, "A tenant table lacks the tenant column, or it has another type."),
        (Nullable, "The tenant column may be NULL."),
        (Keys, "A primary key, unique constraint, unique index or foreign key does not lead with the tenant column."),
        (Undeclared, "A table beside tenant tables is neither a tenant's nor shared."),
        (NoGuard, "The guard for later tables cannot be made without a superuser."),
        (Missing, "A declared table is not there and no migration is pending that could make it."),
        (Partitioned, "A tenant table is not partitioned by LIST of the tenant column although the file says so, or the other way round."),
        (Refused, "A statement of a migration cannot run in tenants' schemas or databases."),
        (Drifted, "A tenant's tables are not as home's, though its version is."),
        (Moving, "A tenant's place stays behind, because work on the tenant is under way."),
    ];
}
