import type Docker from 'dockerode'
import { fromEngine, statusOf } from './launch-error.ts'

/** Gives the id of an image, pulling it where the engine does not have it. @throws LaunchError as AWS words a failed pull. */
export async function ensureImage(docker: Docker, image: string, closing: AbortSignal): Promise<string> {
  const found = await imageId(docker, image)
  if (found !== undefined) return found
  try {
    await pull(docker, image, closing)
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
async function pull(docker: Docker, image: string, closing: AbortSignal): Promise<void> {
  const stream = await docker.pull(withTag(image), { abortSignal: closing })
  await new Promise<void>((resolve, reject) => {
    docker.modem.followProgress(stream, (failure: Error | null, events: PullEvent[] | undefined) => {
      const event = events?.find(({ error, errorDetail }) => error !== undefined || errorDetail !== undefined)
      const message = event?.errorDetail?.message ?? event?.error
      if (failure !== null) reject(failure)
      else if (message !== undefined) reject(new Error(message))
      else resolve()
    })
  })
}

/** Without a tag the engine would pull every one. */
function withTag(image: string): string {
  const hasTag = image.includes('@') || image.lastIndexOf(':') > image.lastIndexOf('/')
  return hasTag ? image : `${image}:latest`
}
