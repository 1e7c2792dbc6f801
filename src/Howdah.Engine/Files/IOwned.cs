namespace Howdah.Engine.Files;

/// <summary>Something in a section whose owner the file may name, so that other patterns can know whose it will be.</summary>
public interface IOwned
{
    /// <summary>The owner's name; null for the owner of the database.</summary>
    string? Owner { get; }
}
