using Howdah.Engine.Planning;

namespace Howdah.Patterns.Roles;

/// <summary>The attributes of a role: those that differ, as SQL and in words.</summary>
static class RoleAttributes
{
    internal static IEnumerable<(Sql Sql, string Detail)> Changes(RoleSpec role, RoleFacts? there)
    {
        var now = there is null ? "" : "now ";
        var plain = RoleSpec.Plain;
        if (there?.Superuser == true)
            yield return (Sql.Of($"NOSUPERUSER"), "no longer a superuser");
        if (role.Login != (there?.Login ?? plain.Login))
            yield return role.Login ? (Sql.Of($"LOGIN"), $"{now}can log in") : (Sql.Of($"NOLOGIN"), "can no longer log in");
        if (role.Inherit != (there?.Inherit ?? plain.Inherit))
            yield return role.Inherit ? (Sql.Of($"INHERIT"), $"{now}inherits")
                : (Sql.Of($"NOINHERIT"), there is null ? "does not inherit" : "no longer inherits");
        if (role.CreateDb != (there?.CreateDb ?? plain.CreateDb))
            yield return role.CreateDb ? (Sql.Of($"CREATEDB"), $"{now}can create databases")
                : (Sql.Of($"NOCREATEDB"), "can no longer create databases");
        if (role.CreateRole != (there?.CreateRole ?? plain.CreateRole))
            yield return role.CreateRole ? (Sql.Of($"CREATEROLE"), $"{now}can create roles")
                : (Sql.Of($"NOCREATEROLE"), "can no longer create roles");
        if (role.Replication != (there?.Replication ?? plain.Replication))
            yield return role.Replication ? (Sql.Of($"REPLICATION"), $"{now}can replicate")
                : (Sql.Of($"NOREPLICATION"), "can no longer replicate");
        if (role.BypassRls != (there?.BypassRls ?? plain.BypassRls))
            yield return role.BypassRls
                ? (Sql.Of($"BYPASSRLS"), $"{now}bypasses row-level security")
                    : (Sql.Of($"NOBYPASSRLS"), "no longer bypasses row-level security");
        if (role.ConnectionLimit != (there?.ConnectionLimit ?? plain.ConnectionLimit))
            yield return (Sql.Of($"CONNECTION LIMIT {role.ConnectionLimit}"), $"connection limit "
                + $"{(there is null ? "" : $"{there.ConnectionLimit} → ")}{role.ConnectionLimit}");
        // No statement brings VALID UNTIL back to NULL; infinity means the same and counts as the same.
        if (role.ValidUntil != there?.ValidUntil)
            yield return (Sql.Of($"VALID UNTIL {new Literal(role.ValidUntil ?? "infinity")}"),
                $"password {(role.ValidUntil is null ? "never ends" : $"ends {role.ValidUntil}")}");
    }
}
