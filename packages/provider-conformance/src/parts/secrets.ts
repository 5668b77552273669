import { type ComputeProvider, type ProviderCapabilities, SecretUnavailableError } from '@landlord/compute-core'
import { type Bench, tenantRef } from '../bench.ts'
import { expectRejection } from '../expect-compute-error.ts'
import { neededHook } from '../needed-hook.ts'
import type { PartGroup } from '../part.ts'

const when = ({ secrets }: ProviderCapabilities): boolean => secrets

const CANARY = 'canary-that-must-not-be-seen'
const SECOND_CANARY = 'canary-of-the-second-kind'

export const secretParts: PartGroup = {
  title: 'secrets',
  parts: [
    {
      name: 'with `secrets`, a tenant with a secret comes to run',
      when,
      async run(bench) {
        const one = await bench.provider()
        await bench.run(one, withSecret(bench, one, CANARY))
      },
    },
    {
      name: 'with `secrets`, a value that has changed is applied by the next update, once',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = withSecret(bench, one, CANARY)
        await bench.run(one, wanted)
        const update = () => one.update(tenantRef(wanted), wanted, bench.options({ generation: 2 }))
        bench.expect((await update()).status).toEqual('no_changes')
        change(bench, SECOND_CANARY)
        const { changes } = await update()
        bench.expect(changes.map(({ path }) => path)).toEqual([pathOf(bench)])
        await bench.settle(one, tenantRef(wanted))
        const fresh = await bench.provider()
        const { status } = await fresh.update(tenantRef(wanted), wanted, bench.options({ generation: 2 }))
        bench.expect(status).toEqual('no_changes')
      },
    },
    {
      name: 'with `secrets` and `plan`, a value that has changed is seen by the plan',
      when: (capabilities) => capabilities.secrets && capabilities.plan,
      async run(bench) {
        const one = await bench.provider()
        const wanted = withSecret(bench, one, CANARY)
        await bench.run(one, wanted)
        change(bench, SECOND_CANARY)
        const plan = await one.plan?.(tenantRef(wanted), wanted, bench.options())
        bench
          .expect({ action: plan?.action, paths: plan?.changes.map(({ path }) => path) })
          .toEqual({ action: 'update', paths: [pathOf(bench)] })
      },
    },
    {
      name: 'with `secrets`, a value reaches no log, change, handle, status, message or mark',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = withSecret(bench, one, CANARY)
        const shown: unknown[] = [await one.provision(wanted, bench.options())]
        await bench.settle(one, tenantRef(wanted), (status) => shown.push(status))
        shown.push(await bench.listRaw(wanted.tenantId))
        change(bench, SECOND_CANARY)
        shown.push(await one.plan?.(tenantRef(wanted), wanted, bench.options()))
        shown.push(await one.update(tenantRef(wanted), wanted, bench.options({ generation: 2 })))
        await bench.settle(one, tenantRef(wanted), (status) => shown.push(status))
        shown.push(await bench.listRaw(wanted.tenantId), bench.logger.text())
        const text = JSON.stringify(shown)
        bench.expect([CANARY, SECOND_CANARY].filter((value) => text.includes(value))).toEqual([])
      },
    },
    {
      name: 'with `secrets`, one that cannot be read is secret_unavailable, before any write',
      when,
      async run(bench) {
        const one = await bench.provider()
        const wanted = withSecret(bench, one, CANARY)
        const before = await bench.harness.countWrites()
        const resolveSecret = async () => {
          throw new SecretUnavailableError({ message: 'the secret is not there' })
        }
        await expectRejection('provision without its secret', ['secret_unavailable'], () =>
          one.provision(wanted, bench.options({ resolveSecret })),
        )
        bench.expect({ writes: (await bench.harness.countWrites()) - before }).toEqual({ writes: 0 })
      },
    },
  ],
}

function withSecret(bench: Bench, provider: ComputeProvider, value: string) {
  const secret = neededHook(bench, 'secret', 'secrets')
  change(bench, value)
  return bench.spec(provider, { secrets: [secret] })
}

function change(bench: Bench, value: string): void {
  bench.secretValues.set(neededHook(bench, 'secret', 'secrets').valueFrom, value)
}

function pathOf(bench: Bench): string {
  return `/secrets/${neededHook(bench, 'secret', 'secrets').name}`
}
