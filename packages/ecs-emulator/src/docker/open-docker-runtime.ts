import { createHash, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import type { RuntimeContext, TaskRuntime } from '../task-runtime.ts'
import { connectEngine, type DockerSettings } from './connect-engine.ts'
import { DockerRuntime } from './docker-runtime.ts'
import type { Scope } from './task-labels.ts'
import { createTaskOutput } from './task-output.ts'

/** Connects to the engine. @throws when none answers. */
export async function openDockerRuntime(
  settings: DockerSettings | undefined,
  stateFile: string | undefined,
): Promise<(context: RuntimeContext) => TaskRuntime> {
  const docker = await connectEngine(settings)
  const { NCPU } = (await docker.info()) as { readonly NCPU: number }
  const scope = scopeOf(stateFile)
  return (context) => new DockerRuntime({ docker, engineCpus: NCPU, scope, output: createTaskOutput(context), context })
}

function scopeOf(stateFile: string | undefined): Scope {
  if (stateFile === undefined) return { id: randomUUID(), kept: false }
  return { id: createHash('sha256').update(resolve(stateFile)).digest('hex').slice(0, 32), kept: true }
}
