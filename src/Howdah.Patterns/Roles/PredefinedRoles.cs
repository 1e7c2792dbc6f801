namespace Howdah.Patterns.Roles;

/// <summary>The roles that a server has from birth; membership in them is declared like any other.</summary>
static class PredefinedRoles
{
    // With the version that brought each; 15 stands for all that came before.
    static readonly Dictionary<string, int> Known = new()
    {
        ["pg_checkpoint"] = 15,
        ["pg_create_subscription"] = 16,
        ["pg_database_owner"] = 15,
        ["pg_execute_server_program"] = 15,
        ["pg_maintain"] = 17,
        ["pg_monitor"] = 15,
        ["pg_read_all_data"] = 15,
        ["pg_read_all_settings"] = 15,
        ["pg_read_all_stats"] = 15,
        ["pg_read_server_files"] = 15,
        ["pg_signal_autovacuum_worker"] = 18,
        ["pg_signal_backend"] = 15,
        ["pg_stat_scan_tables"] = 15,
        ["pg_use_reserved_connections"] = 16,
        ["pg_write_all_data"] = 15,
        ["pg_write_server_files"] = 15,
    };

    /// <summary>Their names.</summary>
    internal static IReadOnlyCollection<string> All => Known.Keys;

    /// <summary>The version that brought one; 0 for any other role.</summary>
    internal static int Since(string role) => Known.GetValueOrDefault(role);
}
