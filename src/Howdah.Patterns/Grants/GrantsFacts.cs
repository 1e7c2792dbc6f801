namespace Howdah.Patterns.Grants;

/// <summary>What is seen of privileges in a database.</summary>
/// <param name="Major">The server's major version: it decides what ALL means.</param>
/// <param name="Known">Whether the database exists.</param>
/// <param name="Owners">Every object there is in the declared schemas, with its owner; the database and schema public besides.</param>
/// <param name="Given">Who has what on them, the owner's own privileges left out.</param>
sealed record GrantsFacts(
    int Major, bool Known, IReadOnlyDictionary<ObjectName, string> Owners,
    IReadOnlyDictionary<(ObjectName Name, string Column, string Grantee), IReadOnlyList<Given>> Given);

/// <summary>One privilege somebody has.</summary>
/// <param name="Privilege">In lower case.</param>
/// <param name="Grantable">Whether it may be passed on.</param>
/// <param name="Grantor">Who gave it: only that role can take it back.</param>
sealed record Given(string Privilege, bool Grantable, string Grantor);
