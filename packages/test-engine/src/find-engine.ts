import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import Docker from 'dockerode'
import { BUSYBOX } from './ensure-test-image.ts'

/** Shown beside the name of a test that is skipped. */
export const NO_ENGINE = 'skipped: no Docker Engine answers, or there is no /bin/busybox to make its test image of'

export interface TestEngine {
  readonly docker: Docker
  readonly socketPath: string
  readonly apiVersion: string
}

const DEFAULT_SOCKET = '/var/run/docker.sock'
const ANSWER_TIMEOUT_MS = 2_000

/** The engine on the local socket; undefined when none answers. `DOCKER_HOST` counts only when it names a unix socket. */
export async function findEngine(): Promise<TestEngine | undefined> {
  const socketPath = /^unix:\/\/(.+)$/.exec(process.env.DOCKER_HOST ?? '')?.[1] ?? DEFAULT_SOCKET
  // An ambient DOCKER_HOST would win over `socketPath` alone: every field is passed.
  const docker = new Docker({ socketPath, host: undefined, port: undefined, protocol: 'http' })
  if (!existsSync(BUSYBOX)) return undefined
  try {
    const { ApiVersion } = await Promise.race([docker.version(), noAnswer()])
    return { docker, socketPath, apiVersion: ApiVersion }
  } catch {
    return undefined
  }
}

async function noAnswer(): Promise<never> {
  await delay(ANSWER_TIMEOUT_MS, undefined, { ref: false })
  throw new Error('the Docker Engine does not answer')
}
