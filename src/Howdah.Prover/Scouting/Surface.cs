using Howdah.Engine.Planning;

namespace Howdah.Prover.Scouting;

/// <summary>What there is to attack in one database: facts and what was inferred from them.</summary>
/// <param name="Database">The database.</param>
/// <param name="Major">The server's major version.</param>
/// <param name="Super">Whether the role that looks is a superuser and can become every other.</param>
/// <param name="Attackers">Roles that attack.</param>
/// <param name="Tables">Tables with a column that tells the tenant.</param>
/// <param name="Contexts">Settings that carry the tenant, in ordinal order.</param>
/// <param name="TenantSchemas">Schemas that each hold one tenant.</param>
/// <param name="Policies">All policies.</param>
/// <param name="Guesses">What was inferred, in sentences, to be shown before anything else.</param>
sealed record Surface(
    string Database, int Major, bool Super, IReadOnlyList<Attacker> Attackers, IReadOnlyList<TenantTable> Tables,
    IReadOnlyList<string> Contexts, IReadOnlyList<uint> TenantSchemas, IReadOnlyList<Policy> Policies, IReadOnlyList<string> Guesses)
{
    /// <summary>How a tenant is entered.</summary>
    internal Entrance Entrance { get; init; } = Entrance.Plain;

    /// <summary>Tables that another session locks, so that they were not looked at.</summary>
    internal IReadOnlyList<string> Locked { get; init; } = [];
}

/// <summary>A role that attacks.</summary>
/// <param name="Bypass">Whether it has BYPASSRLS.</param>
sealed record Attacker(uint Oid, string Name, bool Bypass);

/// <summary>A column.</summary>
/// <param name="Type">As the server writes it: <c>uuid</c>, <c>character varying(20)</c>.</param>
/// <param name="Category">The type's category: <c>S</c> text, <c>N</c> number, <c>D</c> time, <c>B</c> boolean, <c>U</c> user-defined
/// …</param>
/// <param name="Generated">Whether the server always computes it.</param>
/// <param name="Identity">Whether it is GENERATED ALWAYS AS IDENTITY.</param>
/// <param name="Unique">Whether it is part of a unique index.</param>
sealed record Column(short Number, string Name, string Type, char Category, bool NotNull, bool Generated, bool Identity, bool Unique,
    bool HasDefault)
{
    /// <summary>Whether it has a default that leaves nothing behind: no number of a sequence, nothing that people made is called.</summary>
    internal bool Harmless { get; init; }
}

/// <summary>A table whose rows belong to tenants.</summary>
/// <param name="Kind"><c>r</c> ordinary, <c>p</c> partitioned, <c>f</c> foreign.</param>
/// <param name="Rows">The planner's idea of how many rows it has; -1 where it has none.</param>
/// <param name="Parent">Its parent where it is a partition or child; 0 else.</param>
sealed record TenantTable(
    uint Oid, QName Name, char Kind, uint Owner, bool Rls, bool Forced, double Rows, uint Parent, Column TenantColumn,
    IReadOnlyList<Column> Columns);

/// <summary>A policy.</summary>
/// <param name="Command"><c>*</c>, <c>r</c>, <c>a</c>, <c>w</c> or <c>d</c>.</param>
/// <param name="Roles">Whom it is for; 0 is PUBLIC.</param>
/// <param name="Columns">Columns of its own table that it names.</param>
/// <param name="Text">USING and WITH CHECK as the server writes them, and the bodies of functions it calls.</param>
sealed record Policy(
    uint Table, string Name, char Command, bool Permissive, IReadOnlyList<uint> Roles, string? Using, string? Check,
    IReadOnlyList<short> Columns, string Text);
