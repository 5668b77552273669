import { text } from 'node:stream/consumers'
import type Docker from 'dockerode'
import { REGISTRY_USER } from '../registry/image-registry.ts'
import type { RuntimeContext } from '../task-runtime.ts'
import { fromEngine, statusOf } from './launch-error.ts'

interface Parts {
  readonly docker: Docker
  readonly context: Pick<RuntimeContext, 'registry'>
}

/** Gives the id of an image, pulling it where the engine does not have it. @throws LaunchError as AWS words a failed pull. */
export async function ensureImage({ docker, context }: Parts, image: string, closing: AbortSignal): Promise<string> {
  const found = await imageId(docker, image)
  if (found !== undefined) return found
  try {
    await pull(docker, image, { abortSignal: closing, ...loginTo(image, context) })
    const id = await imageId(docker, image)
    if (id !== undefined) return id
    throw new Error(`${image} is not there although its pull ended well`)
  } catch (error) {
    throw fromEngine('CannotPullContainerError', error)
  }
}

async function imageId(docker: Docker, image: string): Promise<string | undefined> {
  try {
    return (await docker.getImage(image).inspect()).Id
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw fromEngine('CannotPullContainerError', error)
  }
}

interface PullEvent {
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

/** The engine answers 200 as soon as it begins; what goes wrong later is an event of the stream. */
async function pull(docker: Docker, image: string, options: object): Promise<void> {
  const stream = await docker.pull(withTag(image), options)
  for (const line of (await text(stream)).split('\n')) {
    if (line.trim() === '') continue
    const { error, errorDetail } = JSON.parse(line) as PullEvent
    const message = errorDetail?.message ?? error
    if (message !== undefined) throw new Error(message)
  }
}

/** The emulated ECR asks for its token, as the real one does of a task's execution role. */
function loginTo(image: string, { registry }: Parts['context']): object {
  const { host } = new URL(registry.endpoint())
  if (!image.startsWith(`${host}/`)) return {}
  return { authconfig: { username: REGISTRY_USER, password: registry.password, serveraddress: host } }
}

/** Without a tag the engine would pull every one. */
function withTag(image: string): string {
  const hasTag = image.includes('@') || image.lastIndexOf(':') > image.lastIndexOf('/')
  return hasTag ? image : `${image}:latest`
}
