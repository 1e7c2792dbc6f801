using System.Threading.Channels;
using Howdah.Loading.Inputs;

namespace Howdah.Loading.Copying;

/// <summary>Takes blocks of records, encodes them, and sends the rows over its connection; hands rejected records over.</summary>
sealed class StreamWorker(LoadJob job, IRowEncoder encoder, RowStream? stream, RejectSink sink, Tally tally, IProgress<long>? steps)
{
    CopyBuffer filling = new(), sending = new();
    readonly List<RejectedRow> rejects = [];
    readonly Bisection? bisection = job.FindRefused && stream is not null ? new(job, stream) : null;
    Task pending = Task.CompletedTask;
    long rejectBytes;

    internal async Task RunAsync(ChannelReader<RecordBlock> full, ChannelWriter<RecordBlock> empty, CancellationToken token)
    {
        try
        {
            await foreach (var block in full.ReadAllAsync(token).ConfigureAwait(false))
            {
                await TakeAsync(block, token).ConfigureAwait(false);
                empty.TryWrite(block);
                steps?.Report(tally.Records);
            }
            await FlushAsync(token).ConfigureAwait(false);
            await SettleAsync(token).ConfigureAwait(false);
            if (stream is not null && bisection is null)
                await stream.EndAsync(token).ConfigureAwait(false);
            if (rejects.Count > 0)
                await HandOverAsync(token).ConfigureAwait(false);
        }
        catch
        {
            await pending.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default).ConfigureAwait(false);
            if (stream is not null)
                await stream.AbandonAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task TakeAsync(RecordBlock block, CancellationToken token)
    {
        var from = 0;
        while (from < block.RecordCount)
        {
            from = Encode(block, from);
            if (filling.Length >= CopyBuffer.Usual - (CopyBuffer.Usual / 4) || bisection is { IsFull: true })
                await FlushAsync(token).ConfigureAwait(false);
            if (rejects.Count >= job.RejectedBatch || rejectBytes > 4 << 20)
                await HandOverAsync(token).ConfigureAwait(false);
        }
    }

    /// <summary>Encodes records until a buffer or a batch is full.</summary>
    int Encode(RecordBlock block, int from)
    {
        var (at, written, refused, passed) = (from, 0, 0, 0);
        while (at < block.RecordCount && filling.Length < CopyBuffer.Usual - (CopyBuffer.Usual / 4) && rejects.Count < job.RejectedBatch
            && rejectBytes <= 4 << 20 && bisection is not { IsFull: true })
        {
            ref readonly var record = ref block.Records[at++];
            var before = filling.Length;
            switch (encoder.Encode(block, record, filling, out var fault))
            {
                case RowOutcome.Written:
                    written++;
                    bisection?.Note(block, record, before, filling.Length);
                    if (stream is null)
                        filling.Length = before;
                    break;
                case RowOutcome.Skipped:
                    passed++;
                    break;
                default:
                    refused++;
                    Reject(Rejected(block, record, fault!, block.Rejected(record, job.Reading.MaxRawBytes)));
                    break;
            }
        }
        tally.Add(at - from, written, refused, passed);
        return at;
    }

    void Reject(RejectedRow row)
    {
        rejects.Add(row);
        rejectBytes += row.Raw.Length + 200;
    }

    internal static RejectedRow Rejected(RecordBlock block, in FoundRecord record, RowFault fault, (byte[] Raw, long Length) kept) =>
        new(record.Line, record.Number, block.Offset + record.Start, fault.Column, fault.Rule, fault.SqlState, fault.Message, kept.Raw,
            kept.Length);

    async Task FlushAsync(CancellationToken token)
    {
        await SettleAsync(token).ConfigureAwait(false);
        if (filling.Length == 0 || stream is null)
            return;
        (filling, sending) = (sending, filling);
        pending = bisection is null ? stream.SendAsync(sending, token) : bisection.SendAsync(sending, token);
    }

    /// <summary>Waits for what is on its way, and takes what the server refused of it.</summary>
    async Task SettleAsync(CancellationToken token)
    {
        await pending.ConfigureAwait(false);
        if (bisection is null)
            return;
        foreach (var row in bisection.Take())
        {
            Reject(row);
            tally.Add(0, -1, 1, 0);
        }
        if (rejects.Count >= job.RejectedBatch)
            await HandOverIdleAsync(token).ConfigureAwait(false);
    }

    /// <summary>The connection is free while rows are handed over: its COPY is ended, and begun again with the next rows.</summary>
    async Task HandOverAsync(CancellationToken token)
    {
        await SettleAsync(token).ConfigureAwait(false);
        if (stream is not null && bisection is null)
            await stream.EndAsync(token).ConfigureAwait(false);
        if (rejects.Count > 0)
            await HandOverIdleAsync(token).ConfigureAwait(false);
    }

    async Task HandOverIdleAsync(CancellationToken token)
    {
        if (tally.Rejected > job.MaxRejected)
        {
            throw new LoadException($"{tally.Rejected} records are rejected, more than the {job.MaxRejected} allowed; the last: line "
                + $"{rejects[^1].Line}: {rejects[^1].Message}");
        }
        await sink.HandOverAsync(new([.. rejects], stream?.Connection), token).ConfigureAwait(false);
        rejects.Clear();
        rejectBytes = 0;
    }
}

/// <summary>Where rejected rows go: one batch at a time, whichever stream it comes from.</summary>
sealed class RejectSink(Func<RejectedBatch, CancellationToken, ValueTask> take) : IDisposable
{
    readonly SemaphoreSlim one = new(1);

    internal async Task HandOverAsync(RejectedBatch batch, CancellationToken token)
    {
        await one.WaitAsync(token).ConfigureAwait(false);
        try
        {
            await take(batch, token).ConfigureAwait(false);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();
}
