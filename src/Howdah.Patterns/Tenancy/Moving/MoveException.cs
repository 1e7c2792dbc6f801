namespace Howdah.Patterns.Tenancy.Moving;

/// <summary>A move cannot begin or cannot go on; the message says why and what to do.</summary>
/// <param name="sentence">The message.</param>
public sealed class MoveException(string sentence) : Exception(sentence);
