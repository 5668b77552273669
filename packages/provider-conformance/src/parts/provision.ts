import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import type { PartGroup } from '../part.ts'
import { runUntilWrite } from '../run-until-write.ts'

export const provisionParts: PartGroup = {
  title: 'provision',
  parts: [
    {
      name: 'provision makes resources that come to run',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const writes = await bench.harness.countWrites()
        await bench.run(one, wanted)
        await assertMade(bench, wanted.tenantId, writes)
      },
    },
    {
      name: 'provision twice, one after the other, makes one set of resources',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const options = bench.options()
        await one.provision(wanted, options)
        await bench.settle(one, tenantRef(wanted))
        const before = await ids(bench, wanted.tenantId)
        await (await bench.provider()).provision(wanted, options)
        await bench.settle(one, tenantRef(wanted))
        bench.expect(await ids(bench, wanted.tenantId)).toEqual(before)
      },
    },
    {
      name: 'provision aborted before it begins makes nothing, and a second one converges',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const writes = await bench.harness.countWrites()
        await one.provision(wanted, bench.options({ signal: AbortSignal.abort() })).catch(() => {})
        bench.expect({ writes: (await bench.harness.countWrites()) - writes }).toEqual({ writes: 0 })
        await bench.run(one, wanted)
        await assertSameShape(bench, wanted.tenantId)
      },
    },
    {
      name: 'provision aborted after its first write: a second one by another instance converges on one set',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const abort = new AbortController()
        const options = bench.options({ signal: abort.signal })
        await runUntilWrite(bench, () => one.provision(wanted, options), abort)
        const next = await bench.provider()
        await next.provision(wanted, { ...options, signal: new AbortController().signal })
        const status = await bench.settle(next, tenantRef(wanted))
        bench.expect({ state: status.state }).toEqual({ state: 'running' })
        await assertSameShape(bench, wanted.tenantId)
      },
    },
  ],
}

async function ids(bench: Bench, tenantId: string): Promise<string[]> {
  return (await bench.listRaw(tenantId)).map(({ kind, id }) => `${kind} ${id}`).sort()
}

/** Proves the harness too: parts that promise "writes nothing" hold for any provider when nothing is ever counted. */
async function assertMade(bench: Bench, tenantId: string, writesBefore: number): Promise<void> {
  if ((await bench.listRaw(tenantId)).length === 0) {
    throw new ConformanceError('nothing is there after a provision that ran; or `listRaw` does not find it')
  }
  const writes = await bench.harness.countWrites()
  if (!(writes > writesBefore)) {
    throw new ConformanceError(
      `\`countWrites\` must rise when a provision makes resources, but it was ${writesBefore} before and ${writes} after; ` +
        'count the calls that the live target receives from every provider of this harness',
    )
  }
}

/** As many resources of each kind as a tenant has that was provisioned in peace. */
async function assertSameShape(bench: Bench, tenantId: string): Promise<void> {
  const one = await bench.provider()
  const reference = bench.spec(one)
  await bench.run(one, reference)
  const kinds = async (id: string) => (await bench.listRaw(id)).map(({ kind }) => kind).sort()
  bench.expect(await kinds(tenantId)).toEqual(await kinds(reference.tenantId))
}
