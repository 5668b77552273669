import { HttpProblem } from './http-problem.ts'

/** A time of a body in one form only, so that times compare as text. Throws `HttpProblem` for what is none. */
export function normalTime(pointer: string, text: string): string {
  const time = new Date(text)
  const year = time.getUTCFullYear()
  if (!Number.isNaN(year) && year <= 9999) return time.toISOString()
  const message = `is no time: ${JSON.stringify(text)}; expected e.g. "2030-01-31T00:00:00Z"`
  throw new HttpProblem({
    code: 'invalid_request',
    detail: `${pointer}: ${message}`,
    issues: [{ pointer, message }],
  })
}
