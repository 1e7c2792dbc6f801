using Howdah.Engine.Proving;
using Howdah.Prover.Catalogue;

namespace Howdah.Prover.Live;

/// <summary>The attacks that are really made, as the reference page lists them.</summary>
static class LiveAttacks
{
    const string Rls = "https://www.postgresql.org/docs/current/ddl-rowsecurity.html";

    internal static Attack Own { get; } = new("TEN-B01", "A tenant sees its own rows only", Gravity.Critical, true,
        "As each role, with tenant A's context, asks for one row of tenant B by its place in the table, and again with "
            + "row_security turned off, which must raise and not show; getting it is a break.", Rls,
        "Whoever uses the application as one customer reads the data of all others.");

    internal static Attack Unset { get; } = new("TEN-B05", "Without a tenant there are no rows", Gravity.Critical, true,
        "As each role, in a session where the context was never set, asks for a row; getting it is a break.", "pgrls SEC004; agor#2591",
        "One forgotten call and the application serves everybody's data: a policy must fail closed.");

    internal static Attack Empty { get; } = new("TEN-B06", "An empty tenant has no rows", Gravity.Critical, true,
        "As each role, with the context set to the empty text, as PostgreSQL leaves it after a transaction, asks for a row; getting it "
            + "is a "
            + "break, an error is not.", "https://www.postgresql.org/docs/current/functions-admin.html (current_setting)",
        "After SET LOCAL and COMMIT a setting is '' and not NULL; a policy that takes '' for `no restriction` opens on the next request.");

    internal static Attack Wildcard { get; } = new("TEN-B13", "A wildcard is nobody's context", Gravity.Critical, true,
        "As each role, with the context set to % and to .*, asks for a row; getting it is a break.", "pgrls SEC026",
        "A policy that compares with LIKE or a regular expression lets a tenant choose a context that matches all.");

    internal static Attack GiveAway { get; } = new("TEN-B02", "Rows cannot be given to another tenant", Gravity.Critical, true,
        "As each role, as tenant A, sets the tenant column of one of its own rows to B, by its place and through a cursor (WHERE "
            + "CURRENT OF, "
            + "so that no SELECT policy helps); success is a break.", Rls,
        "A row that changes hands is data planted in another customer's account.");

    internal static Attack Plant { get; } = new("TEN-B04", "Rows cannot be planted with another tenant", Gravity.Critical, true,
        "As each role, as tenant A, inserts a row that says it is B's, also by MERGE; success is a break, and so is a key "
            + "conflict: it means that the row was let in.", Rls, "Planted rows are forged invoices, forged messages, forged permissions.");

    internal static Attack Update { get; } = new("TEN-B10", "Another tenant's rows cannot be updated", Gravity.Critical, true,
        "As each role, as tenant A, updates one row of B by its place, and on small tables all rows without WHERE; MERGEs "
            + "into it, and INSERTs a row with B's key ON CONFLICT DO UPDATE; a changed row of B is a break.",
        Rls + "; CVE-2023-39418 (MERGE)", "Another customer's data is changed at will.");

    internal static Attack Delete { get; } = new("TEN-B11", "Another tenant's rows cannot be deleted", Gravity.Critical, true,
        "As each role, as tenant A, deletes one row of B by its place, with and without RETURNING and by MERGE, and on "
            + "small tables all rows; a deleted row of B is a break.", Rls,
        "Another customer's data is destroyed at will.");

    internal static Attack Lock { get; } = new("TEN-B12", "Another tenant's rows cannot be locked", Gravity.High, true,
        "As each role, as tenant A, selects one row of B by its place FOR UPDATE, FOR NO KEY UPDATE, FOR SHARE and FOR KEY SHARE; a row is "
            + "a break.", Rls, "Whoever can lock a row can stop everybody who wants to change it.");

    internal static Attack Copy { get; } = new("TEN-C09", "COPY gives out own rows only", Gravity.Critical, true,
        "As each role, as tenant A and without a tenant, copies tables of up to 10,000 rows to the client, of larger ones one row of B by "
            + "its place; B in the stream is a break. Copies a row of B from the client (TEN-B04).",
        "https://www.postgresql.org/docs/current/sql-copy.html", "An export is the quickest way to carry everything away.");

    internal static Attack Cursor { get; } = new("TEN-E08", "A change of tenant in the middle of a statement shows nothing new",
        Gravity.High, true, "As each role, opens a cursor as A, fetches a row, sets the context to B, fetches the rest; "
            + "and reads, as A, with set_config(B) in the select list; a row of B is a break.", "Howdah",
        "A policy that is asked anew for each row follows the context: a statement that began as one tenant ends as another, and "
            + "one injected expression reads every tenant.");

    internal static Attack Prepared { get; } = new("TEN-E09", "A statement prepared as one tenant serves the next one's rows only",
        Gravity.Critical, true, "As each role, prepares and executes a statement as A, executes it as B; a row of A is a break. "
            + "Prepares as the role and executes as each role it can become, and the other way; more rows than the same query shows when "
            + "it is asked anew is a break.",
        "CVE-2024-10976", "Pools keep prepared statements; a plan that froze a tenant serves it to everybody after.");

    internal static Attack Views { get; } = new("TEN-C01", "No view shows what the policies hide", Gravity.Critical, true,
        "As each role, as tenant A, asks every view and materialized view that is made from tenant tables, directly or through others, for "
            + "rows of B; a row is a break. Views without a tenant column are judged by whose rights they read with.",
        "https://www.postgresql.org/docs/current/sql-createview.html (security_invoker)",
        "A view reads with its owner's rights: made by a superuser or an owner that is exempt, it shows everybody's rows.");

    internal static Attack Partition { get; } = new("TEN-C05", "A partition or child cannot be read past its parent's policies",
        Gravity.Critical, true, "As each role, as tenant A, reads a row of B directly from partitions and inheritance children; a row is a "
            + "break.", Rls, "Policies of the parent hold only for those who ask the parent.");

    internal static Attack Check { get; } = new("TEN-D12", "Checks do not tell of other tenants' rows", Gravity.Medium, true,
        "As each role, as tenant A, writes a row of its own with B's values in the columns of a check that calls a function; another "
            + "outcome than without B's row is a break.", "Howdah",
        "A check that looks at other rows through a function with more rights than the caller answers whether another tenant has a value.");

    // What a lint finds too: live and lint speak with one voice.
    internal static Attack Unique { get; } = LintBook.Of("TEN-D01");

    internal static Attack Reference { get; } = LintBook.Of("TEN-D02");

    internal static Attack Floor { get; } = LintBook.Of("TEN-A03");

    internal static Attack Function { get; } = LintBook.Of("TEN-C03");

    internal static Attack Truncate { get; } = LintBook.Of("TEN-C06");

    internal static Attack Hooks { get; } = LintBook.Of("TEN-C07");

    internal static Attack Lured { get; } = LintBook.Of("TEN-F04");

    internal static Attack Sequences { get; } = LintBook.Of("TEN-C11");

    internal static Attack Objects { get; } = LintBook.Of("TEN-C12");

    internal static Attack Notices { get; } = LintBook.Of("TEN-C15") with { Gravity = Gravity.High };

    internal static Attack Foreigners { get; } = LintBook.Of("TEN-C13");

    internal static IReadOnlyList<Attack> All { get; } =
        [Own, Unset, Empty, Wildcard, GiveAway, Plant, Update, Delete, Lock, Copy, Cursor, Prepared, Views,
            Partition, Check];
}
