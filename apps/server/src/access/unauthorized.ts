import { HttpProblem } from '../http/http-problem.ts'

/** A token that lets nobody in, as RFC 6750 has it. `why` never holds any of it. */
export function unauthorized(why: string): HttpProblem {
  const description = why.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/["\\]/g, "'")
  return new HttpProblem({
    code: 'unauthorized',
    detail: why,
    headers: {
      'www-authenticate': `Bearer realm="landlord", error="invalid_token", error_description="${description}"`,
    },
  })
}
