import { HttpProblem } from '../http/http-problem.ts'

/** How many streams a server carries at once. */
export interface StreamLimit {
  /**
   * Counts one more until `signal`, its request's, is aborted, and nothing where it is already: such a stream ends by itself. Throws
   * `HttpProblem` when there are too many.
   */
  admit(signal: AbortSignal): void
  readonly size: number
}

export function createStreamLimit(most: number): StreamLimit {
  let size = 0
  return {
    admit(signal) {
      if (signal.aborted) return
      if (size >= most) {
        const detail = `this server carries ${most} streams already (server.max_streams); try again, or ask another server`
        throw new HttpProblem({ code: 'unavailable', detail, headers: { 'retry-after': '10' } })
      }
      size += 1
      const leave = () => {
        size -= 1
      }
      signal.addEventListener('abort', leave, { once: true })
    },
    get size() {
      return size
    },
  }
}
