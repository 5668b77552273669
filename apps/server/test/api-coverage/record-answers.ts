import { routes } from '@landlord/api-contract'
import { ApiCoverage } from './api-coverage.ts'
import { findRoute } from './find-route.ts'
import { keepSeen } from './recordings.ts'

/** What the tests of this file have seen of the API. */
const seenHere = new ApiCoverage(routes)

let isRecording = false

/** Notes every answer to a `fetch` of this process. */
export function recordAnswers(): void {
  if (isRecording) return
  isRecording = true
  const send = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const response = await send(input, init)
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input)
    const route = findRoute(init?.method ?? 'GET', pathname)
    const request = {
      query: Object.fromEntries(searchParams),
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: parsed(init?.body),
    }
    seenHere.note(route, request, { status: response.status, body: await bodyOf(response) })
    return response
  }
}

/** At the end of a server: what was seen is kept for the end of the run. */
export function keepAnswers(): void {
  keepSeen(seenHere.seen())
}

// A stream has no end to wait for.
async function bodyOf(response: Response): Promise<unknown> {
  const isJson = response.headers.get('content-type')?.includes('json') === true
  return isJson ? parsed(await response.clone().text()) : undefined
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
