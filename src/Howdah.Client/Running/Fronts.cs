namespace Howdah.Client;

/// <summary>Fronts that are not in use.</summary>
sealed class Fronts(ContextText texts, int keep)
{
    readonly Lock sync = new();
    readonly Stack<Front> free = new();

    internal Front Rent()
    {
        lock (sync)
        {
            if (free.TryPop(out var front))
                return front;
        }
        return new(texts);
    }

    internal void Return(Front front)
    {
        lock (sync)
        {
            if (free.Count < keep)
                free.Push(front);
        }
    }
}
