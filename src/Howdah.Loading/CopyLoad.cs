using System.Threading.Channels;
using Howdah.Loading.Copying;
using Howdah.Loading.Inputs;
using Npgsql;

namespace Howdah.Loading;

/// <summary>Loads a file into a table: every record is checked, and sent by binary COPY or handed over with its reason.</summary>
public static class CopyLoad
{
    /// <summary>Loads. Nothing is committed: with a transaction on each connection, all of it is the caller's to commit or not.</summary>
    /// <param name="connections">Open connections; rows go over all of them at once, in no order among them.</param>
    /// <param name="input">The file.</param>
    /// <param name="job">What is loaded.</param>
    /// <param name="rejected">Takes rejected rows, one batch at a time; the batch's connection is idle meanwhile.</param>
    /// <param name="progress">Told of what was read, several times a second at most speed.</param>
    /// <param name="cancellationToken">To give up; the COPY is then given up, too.</param>
    /// <exception cref="LoadException">The load cannot go on: see its message.</exception>
    /// <exception cref="PostgresException">The server refused what was not a single row's fault.</exception>
    public static Task<LoadCounts> RunAsync(IReadOnlyList<NpgsqlConnection> connections, LoadInput input, LoadJob job,
        Func<RejectedBatch, CancellationToken, ValueTask> rejected, IProgress<LoadProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connections);
        ArgumentOutOfRangeException.ThrowIfZero(connections.Count);
        return LoadAsync(connections, input, job, rejected, progress, cancellationToken);
    }

    /// <summary>Reads and checks the file, and sends nothing: what a load would do, except for what only the server knows.</summary>
    /// <param name="input">The file.</param>
    /// <param name="job">What would be loaded.</param>
    /// <param name="rejected">Takes rejected rows.</param>
    /// <param name="progress">Told of what was read.</param>
    /// <param name="cancellationToken">To give up.</param>
    /// <exception cref="LoadException">The load could not go on: see its message.</exception>
    public static Task<LoadCounts> CheckAsync(LoadInput input, LoadJob job, Func<RejectedBatch, CancellationToken, ValueTask> rejected,
        IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        LoadAsync([], input, job, rejected, progress, cancellationToken);

    static async Task<LoadCounts> LoadAsync(IReadOnlyList<NpgsqlConnection> connections, LoadInput input, LoadJob job,
        Func<RejectedBatch, CancellationToken, ValueTask> rejected, IProgress<LoadProgress>? progress, CancellationToken token)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(rejected);
        if (job.Fields.Count == 0)
            throw new LoadException($"no column of {job.Target.Table} is filled: name the fields");
        var file = await Opened.OpenAsync(input, job, token).ConfigureAwait(false);
        using var source = file.Content;
        var tally = new Tally();
        using var sink = new RejectSink(rejected);
        var steps = progress is null ? null : new Steps(progress, tally, source);
        var copy = $"copy {job.Target.Table} ({string.Join(", ", job.Fields.Select(static field => CopyTarget.Quoted(field.Column)))}) "
            + "from stdin (format binary)";
        // One stream more than none for a dry run.
        StreamWorker[] workers = [.. Enumerable.Range(0, Math.Max(1, connections.Count)).Select(i => new StreamWorker(job, file.Rows(),
            connections.Count == 0 ? null : new(connections[i], copy), sink, tally, steps))];
        await PumpAsync(file.Blocks, workers, token).ConfigureAwait(false);
        var hash = source.End();
        if (tally.Records == 0 && !job.Reading.MayBeEmpty)
            throw new LoadException($"{input.Name} holds no records: declare that it may be empty, or look at where it comes from");
        if (tally.Rejected > job.MaxRejected)
            throw new LoadException($"{tally.Rejected} records are rejected, more than the {job.MaxRejected} allowed");
        steps?.Report(tally.Records);
        return new(tally.Records, tally.Sent, tally.Rejected, tally.Skipped, file.Blocks.Lines, source.Count,
            source.Decompressed, hash, file.Unused, file.Blocks.MixedLineEnds, file.Blocks.EndsInNewline);
    }

    /// <summary>Reads blocks on a thread of its own, and gives them to whichever worker is free.</summary>
    static async Task PumpAsync(IBlockSource blocks, StreamWorker[] workers, CancellationToken token)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(token);
        var count = workers.Length + 2;
        var full = Channel.CreateBounded<RecordBlock>(new BoundedChannelOptions(count) { SingleWriter = true });
        var empty = Channel.CreateBounded<RecordBlock>(count);
        for (var i = 0; i < count; i++)
            empty.Writer.TryWrite(blocks.Make());
        async Task Read()
        {
            try
            {
                while (true)
                {
                    var block = await empty.Reader.ReadAsync(stop.Token).ConfigureAwait(false);
                    if (!blocks.Fill(block))
                        break;
                    await full.Writer.WriteAsync(block, stop.Token).ConfigureAwait(false);
                }
                full.Writer.Complete();
            }
            catch (Exception failed)
            {
                // The workers must not take a file's broken end for its end.
                full.Writer.TryComplete(failed);
                throw;
            }
        }
        Task[] all = [Task.Run(Read, token),
            .. workers.Select(worker => Task.Run(() => worker.RunAsync(full.Reader, empty.Writer, stop.Token), token))];
        var first = default(Exception);
        await foreach (var ended in Task.WhenEach(all).ConfigureAwait(false))
        {
            if (first is null && ended.IsFaulted)
            {
                first = ended.Exception.InnerException;
                await stop.CancelAsync().ConfigureAwait(false);
            }
        }
        token.ThrowIfCancellationRequested();
        if (first is ChannelClosedException { InnerException: { } inner })
            first = inner;
        if (first is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(first);
    }

    sealed class Steps(IProgress<LoadProgress> progress, Tally tally, IContent content) : IProgress<long>
    {
        public void Report(long value) => progress.Report(new(value, tally.Rejected, content.Count, content.Total));
    }
}
