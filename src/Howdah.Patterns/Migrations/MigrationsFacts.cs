using Howdah.Engine.Planning;

namespace Howdah.Patterns.Migrations;

/// <summary>What is known of a database's migrations.</summary>
/// <param name="HasTable">Whether howdah.migrations is there.</param>
/// <param name="Applied">Applied ones, in order.</param>
/// <param name="Schemas">Schemas there are, with their owners: what a rehearsal needs besides the files.</param>
/// <param name="Extensions">Extensions there are, with their schemas.</param>
/// <param name="InvalidIndexes">Indexes that are invalid, whoever made them.</param>
/// <param name="OurIndexes">Indexes that migrations made.</param>
/// <param name="HasFloor">Whether tenancy's howdah.lift_floor() is there.</param>
/// <param name="Rehearsals">What rehearsing each pending file showed, by name; empty where nothing was rehearsed.</param>
sealed record MigrationsFacts(bool HasTable,
    IReadOnlyList<AppliedMigration> Applied,
    IReadOnlyList<(string Name, string Owner)> Schemas, IReadOnlyList<(string Name, string Schema)> Extensions,
    IReadOnlyList<InvalidIndex> InvalidIndexes, IReadOnlySet<QName> OurIndexes, bool HasFloor,
    IReadOnlyDictionary<string, Rehearsal> Rehearsals);

/// <summary>A migration that ran.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Checksum">Its checksum then.</param>
/// <param name="Text">Its text then.</param>
sealed record AppliedMigration(int Version, string Name, string Checksum, string Text);
