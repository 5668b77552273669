import { isJsonObject, type JsonObject, type JsonValue, parsePointer } from '@landlord/compute-core'
import { tenantRef } from '../bench.ts'
import { expectRejection } from '../expect-compute-error.ts'
import type { PartGroup } from '../part.ts'
import { runUntilWrite } from '../run-until-write.ts'

export const updateParts: PartGroup = {
  title: 'update',
  parts: [
    {
      name: 'an update with an equal configuration is no_changes and writes nothing',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { resourceIds } = await bench.run(one, wanted)
        const before = await bench.harness.countWrites()
        const { status, changes } = await one.update(
          tenantRef(wanted, resourceIds),
          wanted,
          bench.options({ generation: 2 }),
        )
        const writes = (await bench.harness.countWrites()) - before
        bench.expect({ status, changes, writes }).toEqual({ status: 'no_changes', changes: [], writes: 0 })
      },
    },
    {
      name: 'an update reports exactly what changed, and a fresh instance sees it as done',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        const { resourceIds } = await bench.run(one, wanted)
        const next = bench.changed(one, wanted)
        const result = await one.update(tenantRef(wanted, resourceIds), next, bench.options({ generation: 2 }))
        bench.expect(result.changes.map(({ path }) => path).sort()).toEqual([...bench.harness.changedPaths].sort())

        const { state } = await bench.settle(one, tenantRef(next, result.resourceIds))
        bench.expect({ state }).toEqual({ state: 'running' })
        const fresh = await bench.provider()
        const again = await fresh.update(tenantRef(next), next, bench.options({ generation: 2 }))
        bench.expect({ status: again.status, changes: again.changes }).toEqual({ status: 'no_changes', changes: [] })
      },
    },
    {
      name: 'an update and an update back leave one set of resources',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const kinds = async () => (await bench.listRaw(wanted.tenantId)).map(({ kind }) => kind).sort()
        const before = await kinds()
        const next = bench.changed(one, wanted)
        await one.update(tenantRef(wanted), next, bench.options({ generation: 2 }))
        await bench.settle(one, tenantRef(next))
        await one.update(tenantRef(next), wanted, bench.options({ generation: 3 }))
        await bench.settle(one, tenantRef(wanted))
        bench.expect(await kinds()).toEqual(before)
      },
    },
    {
      name: 'an update that was aborted after its first write is completed by another instance',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const next = bench.changed(one, wanted)
        const abort = new AbortController()
        const options = bench.options({ generation: 2, signal: abort.signal })
        await runUntilWrite(bench, () => one.update(tenantRef(wanted), next, options), abort)

        const other = await bench.provider()
        await other.update(tenantRef(wanted), next, { ...options, signal: new AbortController().signal })
        const status = await bench.settle(other, tenantRef(next))
        const again = await other.update(tenantRef(next), next, bench.options({ generation: 2 }))
        bench.expect({ state: status.state, again: again.status }).toEqual({ state: 'running', again: 'no_changes' })

        // Its word alone would not do: a mark that was written first says the same.
        const reference = bench.changed(one, bench.spec(one))
        const { observedConfig } = await bench.run(one, reference)
        const { changedPaths } = bench.harness
        bench.expect(valuesAt(status.observedConfig, changedPaths)).toEqual(valuesAt(observedConfig, changedPaths))
      },
    },
    {
      name: 'an update of a tenant that does not exist is tenant_not_found and makes nothing',
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await expectRejection('update', ['tenant_not_found'], () =>
          one.update(tenantRef(wanted), wanted, bench.options()),
        )
        bench.expect(await bench.listRaw(wanted.tenantId)).toEqual([])
      },
    },
    {
      name: 'with `rollingUpdate`, the tenant goes on running until the update has settled',
      when: (capabilities) => capabilities.rollingUpdate,
      async run(bench) {
        const one = await bench.provider()
        const wanted = bench.spec(one)
        await bench.run(one, wanted)
        const next = bench.changed(one, wanted)
        await one.update(tenantRef(wanted), next, bench.options({ generation: 2 }))
        const seen = new Set<string>()
        await bench.settle(one, tenantRef(next), ({ state }) => seen.add(state))
        bench.expect([...seen]).toEqual(['running'])
      },
    },
  ],
}

function valuesAt(config: JsonObject | undefined, paths: readonly string[]): Record<string, JsonValue | undefined> {
  return Object.fromEntries(paths.map((path) => [path, valueAt(config, path)]))
}

function valueAt(config: JsonObject | undefined, path: string): JsonValue | undefined {
  let value: JsonValue | undefined = config
  for (const token of parsePointer(path)) value = isJsonObject(value) ? value[token] : undefined
  return value
}
