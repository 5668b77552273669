import type { ComputeState, ComputeStatus } from '@landlord/compute-core'
import type { ExampleScope } from './example-scope.ts'
import type { ExampleResource } from './example-target.ts'

// The first look finds it moving, the second settled.
const LOOKS_TO_SETTLE = 2

export function toExampleStatus(scope: ExampleScope, instance: ExampleResource, looks: number): ComputeStatus {
  const settled = looks >= LOOKS_TO_SETTLE
  const state = stateOf(scope, instance, settled)
  const names = scope.has('runs the first container only') ? instance.containers.slice(0, 1) : instance.containers
  return {
    state,
    health: 'none',
    containers: names.map((name) => ({ name, state })),
    lastUpdated: scope.has('writes times as it likes') ? 'just now' : new Date().toISOString(),
    metadata: {},
    settled,
    endpoints: [],
    resourceIds: { instance_id: instance.id },
    ...(scope.has('observes no configuration') ? {} : { observedConfig: instance.config }),
  }
}

function stateOf(scope: ExampleScope, instance: ExampleResource, settled: boolean): ComputeState {
  if (settled) return instance.suspended ? 'stopped' : 'running'
  if (instance.suspended) return 'stopping'
  if (!instance.served) return 'starting'
  return scope.has('stops to update') ? 'stopped' : 'running'
}
