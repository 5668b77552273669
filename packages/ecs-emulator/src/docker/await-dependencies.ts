import type { ContainerState } from '../world.ts'
import { LaunchError } from './launch-error.ts'
import type { Dependency, PlannedContainer } from './task-plan.ts'

type States = ReadonlyMap<string, Partial<ContainerState>>

/** `waiting`, or whether the container may start. @throws LaunchError when it never may, in the words of Amazon's agent (inferred). */
export function mayStart({ name, dependsOn }: PlannedContainer, states: States): boolean {
  return dependsOn.every((dependency) => {
    const state = states.get(dependency.on)
    if (neverMet(dependency, state)) {
      const ordering = `failed to resolve the ordering dependency [${dependency.on}] for container [${name}]`
      throw new LaunchError(`${ordering} as it can no longer become ${dependency.condition}.`)
    }
    return isMet(dependency, state)
  })
}

function isMet({ condition }: Dependency, state: Partial<ContainerState> | undefined): boolean {
  switch (condition) {
    case 'START':
      return state !== undefined
    case 'HEALTHY':
      return state?.healthStatus === 'HEALTHY'
    case 'COMPLETE':
      return state?.lastStatus === 'STOPPED'
    case 'SUCCESS':
      return state?.lastStatus === 'STOPPED' && state.exitCode === 0
  }
}

function neverMet({ condition }: Dependency, state: Partial<ContainerState> | undefined): boolean {
  if (state?.lastStatus !== 'STOPPED') return condition === 'HEALTHY' && state?.healthStatus === 'UNHEALTHY'
  return (
    (condition === 'SUCCESS' && state.exitCode !== 0) || (condition === 'HEALTHY' && state.healthStatus !== 'HEALTHY')
  )
}
