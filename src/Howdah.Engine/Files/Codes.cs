namespace Howdah.Engine.Files;

/// <summary>The engine's own diagnostic codes; HOW01xx is the file, HOW02xx planning and applying. Patterns list theirs.</summary>
public static class Codes
{
    /// <summary>The text is not YAML.</summary>
    public const string NotYaml = "HOW0101";
    /// <summary>The file cannot be read, is empty, or is too large.</summary>
    public const string NoFile = "HOW0102";
    /// <summary>The format version is not one that this tool reads.</summary>
    public const string Version = "HOW0103";
    /// <summary>A key that means nothing here.</summary>
    public const string UnknownKey = "HOW0104";
    /// <summary>A key stands twice.</summary>
    public const string DuplicateKey = "HOW0105";
    /// <summary>A value of the wrong type.</summary>
    public const string WrongType = "HOW0106";
    /// <summary>A key that must be there is not.</summary>
    public const string MissingKey = "HOW0107";
    /// <summary>A name that PostgreSQL would not keep as written.</summary>
    public const string BadName = "HOW0108";
    /// <summary>A reference to something the file does not define.</summary>
    public const string BadReference = "HOW0109";
    /// <summary>Two names that differ only in case.</summary>
    public const string FoldedName = "HOW0110";
    /// <summary>A secret in the file.</summary>
    public const string LiteralSecret = "HOW0111";
    /// <summary>An include that cannot be followed.</summary>
    public const string BadInclude = "HOW0112";
    /// <summary>An environment that is not there, or changes what it may not.</summary>
    public const string BadEnvironment = "HOW0113";
    /// <summary>Keys that exclude each other, or of which one is needed.</summary>
    public const string Conflict = "HOW0114";
    /// <summary>An object with a name of ours that Howdah did not make and was not told to adopt.</summary>
    public const string Stranger = "HOW0201";
    /// <summary>Something undeclared that is left alone.</summary>
    public const string Undeclared = "HOW0202";
    /// <summary>The role that applies lacks a privilege.</summary>
    public const string Privilege = "HOW0203";
    /// <summary>A wish that the server cannot fulfil as it is.</summary>
    public const string CannotServe = "HOW0204";
}
