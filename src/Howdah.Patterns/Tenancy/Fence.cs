using Howdah.Engine.Planning;

namespace Howdah.Patterns.Tenancy;

/// <summary>
/// The body of <c>howdah.current_tenant()</c>, which every floor calls. While all tenants are served in rows at home it only reads the
/// context, and the planner puts it in place of the call: it costs nothing. Tenants that are not served here stand in the body, which then
/// raises for them (SQLSTATE HW001): replacing a function takes no lock on any table, and every session sees it with its next statement,
/// also one with an old snapshot. The body is a pure function of who is closed, so a changed one shows in the plan.
/// </summary>
static class Fence
{
    /// <summary>The SQLSTATE of a tenant that is not served here.</summary>
    internal const string State = "HW001";

    /// <summary>More than this many stand in a function of their own, so that what every statement parses stays small.</summary>
    internal const int Most = 48;

    /// <summary>How many closed tenants may stand in the function itself; a signed context is verified once, so it is not named
    /// twice.</summary>
    internal static int Inline(TenancySpec spec) => spec.Wanted.Signed ? 0 : Most;

    // Where the list stands in a body that is made before the list is known.
    const string Hole = "%s";

    internal const string Refuse =
        """

        begin
          raise exception using errcode = 'HW001', message = 'this tenant is not served here now',
            hint = 'Ask howdah.locate where it is served, and try again there.';
        end

        """;

    /// <summary>The body of current_tenant.</summary>
    internal static string Body(TenancySpec spec, int closed, string list)
    {
        var tenant = spec.Wanted.Signed ? "howdah.verified_tenant()" : Context(spec);
        return closed == 0 ? $"select {tenant}"
            : closed > Inline(spec) ? $"select howdah.unless_closed({tenant})"
            : $"select case when {tenant} = any ('{{{list}}}'::pg_catalog.uuid[]) and {Stranger(spec)} "
                + $"then howdah.refuse_tenant() else {tenant} end";
    }

    /// <summary>The body of unless_closed.</summary>
    internal static string Lookup(TenancySpec spec, string list) =>
        $$"""

        begin
          if tenant = any ('{{{list}}}'::pg_catalog.uuid[]) and {{Stranger(spec)}} then
            return howdah.refuse_tenant();
          end if;
          return tenant;
        end

        """;

    // Whoever may become the tables' owner works on tenants whatever their state: to move, export and erase them, within the floor. By who
    // logged in, so that a function that runs with its owner's rights opens nothing.
    static string Stranger(TenancySpec spec) =>
        $"not pg_catalog.pg_has_role(session_user, {new Literal(spec.Owner)}, 'MEMBER')";

    /// <summary>The body of verified_tenant: HMAC over tenant, expiry and backend, built from the server's own SHA-256. Hashes of the two
    /// signatures are compared first, so that how long it takes tells nothing of the right one. The signature is looked at first: what it
    /// covers was written by who has the key, and needs no further looks at its form.</summary>
    internal static string Verify(TenancySpec spec) =>
        $"""

        declare
          said text := current_setting({new Literal(spec.Wanted.Context)}, true);
          signature text := right(said, 64);
          right_one text;
        begin
          if said is null or said = '' then
            return null;
          end if;
          if length(said) < 66 then
            raise exception using errcode = '42501', message = 'the tenant context is not signed';
          end if;
          select encode(sha256(outer_key || sha256(inner_key || convert_to(left(said, -65), 'UTF8'))), 'hex')
              into strict right_one from howdah.signing;
          -- How long a comparison takes tells where texts begin to differ; that of their hashes tells nothing of them.
          if hashtextextended(signature, 0) <> hashtextextended(right_one, 0) or signature <> right_one then
            raise exception using errcode = '42501', message = 'the tenant context has a wrong signature';
          end if;
          if split_part(said, '.', 2)::bigint < date_part('epoch', clock_timestamp()) then
            raise exception using errcode = '42501', message = 'the tenant context has expired';
          end if;
          if split_part(said, '.', 3)::bigint not in (0, pg_backend_pid()) then
            raise exception using errcode = '42501', message = 'the tenant context belongs to another session';
          end if;
          return split_part(said, '.', 1)::uuid;
        end

        """;

    internal static string List(IEnumerable<Guid> closed) => string.Join(',', closed);

    /// <summary>
    /// Lays the fence anew after a change of the registry, in the same transaction: one statement, which first waits for whoever else does
    /// so and then reads who is closed.
    /// </summary>
    internal static Sql Lay(TenancySpec spec)
    {
        if (spec.Wanted.Type != "uuid")
            return Sql.Of($"select 1"); // ids that the registry did not give cannot be closed by it
        string Made(int count, TenancyParts.Part part) => part.Create.ToString();
        var open = Made(0, TenancyParts.CurrentTenant(spec, 0, ""));
        var few = Made(1, TenancyParts.CurrentTenant(spec, 1, Hole));
        var many = Made(Most + 1, TenancyParts.CurrentTenant(spec, Most + 1, ""));
        var lookup = Made(Most + 1, TenancyParts.UnlessClosed(spec, Hole));
        return Sql.Of($"do {new DollarQuoted(Sql.Of($"""

            declare
              closed pg_catalog.text;
              many pg_catalog.int8;
            begin
              perform pg_catalog.pg_advisory_xact_lock({Lock}, 0);
              select pg_catalog.string_agg(id::pg_catalog.text, ',' order by id::pg_catalog.text), pg_catalog.count(*) into closed, many
              from howdah.tenants where state <> 'active' or model <> 'rows';
              if many = 0 then
                execute {new Literal(open)};
              elsif many <= {Inline(spec)} then
                execute pg_catalog.replace({new Literal(few)}, {new Literal(Hole)}, closed);
              else
                execute pg_catalog.replace({new Literal(lookup)}, {new Literal(Hole)}, closed);
                execute {new Literal(many)};
              end if;
            end

            """).ToString())}");
    }

    /// <summary>The advisory lock under which the fence is laid: "HOWF".</summary>
    const int Lock = 0x484F5746;

    static string Context(TenancySpec spec) => spec.Wanted.Type == "text"
        ? $"nullif(pg_catalog.current_setting({new Literal(spec.Wanted.Context)}, true), '')"
        : $"nullif(pg_catalog.current_setting({new Literal(spec.Wanted.Context)}, true), '')::pg_catalog.{Internal(spec.Wanted.Type)}";

    static string Internal(string type) => type switch
    {
        "integer" => "int4",
        "bigint" => "int8",
        _ => type,
    };
}
