import { setTimeout as delay } from 'node:timers/promises'
import type { NetworkBinding } from '@aws-sdk/client-ecs'
import type Docker from 'dockerode'
import type { ContainerInspectInfo } from 'dockerode'
import type { ContainerState } from '../world.ts'
import { statusOf } from './launch-error.ts'

const KILLED = 137
const OOM_LOOKS = 5
const OOM_LOOK_MS = 100

const REMOVED: Partial<ContainerState> = { lastStatus: 'STOPPED', reason: 'The container was removed from the engine.' }

/** What the engine says of a container, as ECS shows it. One that is gone has stopped. */
export async function inspectContainer(docker: Docker, id: string): Promise<Partial<ContainerState>> {
  try {
    const container = docker.getContainer(id)
    let facts = await container.inspect()
    for (let looks = 0; looks < OOM_LOOKS && maybeOutOfMemory(facts); looks += 1) {
      await delay(OOM_LOOK_MS)
      facts = await container.inspect()
    }
    return toState(facts)
  } catch (error) {
    if (statusOf(error) === 404) return REMOVED
    throw error
  }
}

/** A busy engine hears of the end of a container before it hears that the kernel ran out of memory for it. */
function maybeOutOfMemory({ State, HostConfig }: ContainerInspectInfo): boolean {
  return !State.Running && State.ExitCode === KILLED && !State.OOMKilled && (HostConfig.Memory ?? 0) > 0
}

function toState({ State, NetworkSettings }: ContainerInspectInfo): Partial<ContainerState> {
  if (State.Running) {
    return {
      lastStatus: 'RUNNING',
      healthStatus: healthOf(State.Health?.Status),
      networkBindings: bindings(NetworkSettings.Ports),
    }
  }
  return {
    lastStatus: 'STOPPED',
    exitCode: State.ExitCode,
    // As Amazon's agent words it (documented).
    ...(State.OOMKilled && State.ExitCode === KILLED
      ? { reason: 'OutOfMemoryError: Container killed due to memory usage' }
      : {}),
  }
}

function healthOf(status: string | undefined): ContainerState['healthStatus'] {
  if (status === 'healthy') return 'HEALTHY'
  return status === 'unhealthy' ? 'UNHEALTHY' : 'UNKNOWN'
}

function bindings(ports: ContainerInspectInfo['NetworkSettings']['Ports'] | null): NetworkBinding[] {
  return Object.entries(ports ?? {}).flatMap(([key, published]) => {
    const [containerPort, protocol] = key.split('/')
    // Absent for a port that the image exposes and nobody publishes.
    return (published ?? []).map(({ HostIp, HostPort }) => ({
      bindIP: HostIp,
      containerPort: Number(containerPort),
      hostPort: Number(HostPort),
      protocol: protocol === 'udp' ? 'udp' : 'tcp',
    }))
  })
}
