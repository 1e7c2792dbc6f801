using System.Threading.Tasks.Sources;
using Npgsql;

namespace Howdah.Client;

/// <summary>
/// One statement's way to its reader: waits for Npgsql, and passes the context's own result. Used again and again, so that a
/// statement costs no object but Npgsql's; a pooled state machine would be missing where several run at the same time.
/// </summary>
sealed class Execution : IValueTaskSource<NpgsqlDataReader>
{
    readonly Action started, passed;
    ManualResetValueTaskSourceCore<NpgsqlDataReader> core;
    Attempt attempt;
    Task<NpgsqlDataReader>? starting;
    Task<bool>? passing;
    NpgsqlDataReader? reader;

    internal Execution() => (started, passed) = (Started, Passed);

    /// <summary>Waits for what was sent.</summary>
    internal ValueTask<NpgsqlDataReader> Await(in Attempt what, Task<NpgsqlDataReader> sent)
    {
        (attempt, starting, reader, passing) = (what, sent, null, null);
        var whole = new ValueTask<NpgsqlDataReader>(this, core.Version);
        if (sent.IsCompleted)
            Started();
        else
            sent.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(started);
        return whole;
    }

    void Started()
    {
        try
        {
            reader = starting!.GetAwaiter().GetResult();
            if (attempt.Front)
            {
                // The row of the context is not looked at: it was set, or there is an error.
                passing = reader.NextResultAsync(attempt.Token);
                if (!passing.IsCompleted)
                {
                    passing.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(passed);
                    return;
                }
            }
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }
        Passed();
    }

    void Passed()
    {
        try
        {
            passing?.GetAwaiter().GetResult();
            if (attempt.Front)
                attempt.Connection.ContextIsSet(attempt.At);
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }
        core.SetResult(reader!);
    }

    void Fail(Exception error) => _ = RecoverAsync(error);

    async Task RecoverAsync(Exception error)
    {
        NpgsqlDataReader again;
        try
        {
            again = await attempt.Connection.RecoverAsync(attempt, reader, error).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            core.SetException(e);
            return;
        }
        core.SetResult(again);
    }

    public NpgsqlDataReader GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            var front = attempt.At.Front;
            core.Reset();
            (attempt, starting, reader, passing) = (default, null, null, null);
            front.GiveBack(this);
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}
