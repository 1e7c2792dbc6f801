using Microsoft.Extensions.Logging;

namespace Howdah.Gateway.Web;

/// <summary>Warnings and errors of the web server, in the gateway's own log.</summary>
sealed class WebLog(Log log) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            log.Tell(logLevel == LogLevel.Warning ? GatewayLevel.Warning : GatewayLevel.Error, "web",
                exception is null ? formatter(state, exception) : $"{formatter(state, exception)}: {exception.Message}");
    }

    public void Dispose()
    {
        // It holds nothing.
    }
}
