namespace Howdah.Engine.Servers;

/// <summary>A server cannot be reached or started; the message is one sentence for the user that says what to do.</summary>
public sealed class ServerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
