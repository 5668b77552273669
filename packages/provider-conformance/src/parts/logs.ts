import type { ComputeProvider, LogLine, ProviderCapabilities, TenantComputeSpec } from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { ConformanceError } from '../conformance-error.ts'
import { expectRejection } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'

const when = ({ logs }: ProviderCapabilities): boolean => logs

export const logParts: PartGroup = {
  title: 'logs',
  parts: [
    {
      name: 'readLogs ends after what is there, with lines without line breaks, and keeps to `tail`',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const lines = await readLogs(bench, one, wanted)
        const tail = await readLogs(bench, one, wanted, { tail: 0 })
        const broken = lines.filter(({ text }) => /[\r\n]/.test(text))
        bench.expect({ broken, tail }).toEqual({ broken: [], tail: [] })
      },
    },
    {
      name: 'readLogs of a tenant that does not exist is tenant_not_found',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await expectRejection('readLogs', ['tenant_not_found'], () => readLogs(bench, one, wanted))
      },
    },
    {
      name: 'readLogs that follows goes on until it is aborted, and then is cancelled',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const abort = new AbortController()
        const following = readLogs(bench, one, wanted, { follow: true, signal: abort.signal })
        const ended = following.then(
          () => true,
          () => true,
        )
        // A read that does not follow takes as long as one that does to reach the end of what is there.
        const first = await Promise.race([ended, readLogs(bench, one, wanted).then(() => false)])
        bench.expect({ endedByItself: first }).toEqual({ endedByItself: false })
        abort.abort()
        await expectRejection('readLogs', ['cancelled'], () => following)
      },
    },
  ],
}

async function readLogs(
  bench: Bench,
  provider: ComputeProvider,
  spec: TenantComputeSpec,
  overrides: { tail?: number; follow?: boolean; signal?: AbortSignal } = {},
): Promise<LogLine[]> {
  if (provider.readLogs === undefined)
    throw new ConformanceError('the manifest declares `logs`, so `readLogs` must exist')
  const lines: LogLine[] = []
  for await (const line of provider.readLogs(tenantRef(spec), { ...bench.options(), ...overrides })) lines.push(line)
  return lines
}
