namespace Howdah.Engine.Catalogs;

/// <summary>What every pattern may know of a server.</summary>
/// <param name="Name">Its name in the estate.</param>
/// <param name="Version"><c>server_version_num</c>: 150018 is 15.18.</param>
/// <param name="SystemIdentifier">Tells this cluster from every other, so a plan for staging is refused by production.</param>
/// <param name="User">The role that applies.</param>
/// <param name="IsSuperuser">Whether that role is a superuser.</param>
/// <param name="InRecovery">Whether it is a standby.</param>
public sealed record ServerFacts(string Name, int Version, string SystemIdentifier, string User, bool IsSuperuser, bool InRecovery)
{
    /// <summary>The major version.</summary>
    public int Major => Version / 10000;
}
