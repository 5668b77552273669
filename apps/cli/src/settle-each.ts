/** Requests in flight at once, and operations waited for at once. */
const CONCURRENCY = 8

/** Does something with each item, a few at a time; one that fails does not keep the others from being done. */
export async function settleEach<Item, Value>(
  items: readonly Item[],
  act: (item: Item) => Promise<Value>,
): Promise<PromiseSettledResult<Value>[]> {
  const results: PromiseSettledResult<Value>[] = []
  const queue = items.entries()
  const lane = async () => {
    for (const [index, item] of queue) {
      const [result] = await Promise.allSettled([act(item)])
      if (result !== undefined) results[index] = result
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, lane))
  return results
}
