import type { FastifyInstance } from 'fastify'
import secureJson from 'secure-json-parse'
import { HttpProblem } from './http-problem.ts'

/** JSON bodies, merge patches included. An empty body is no body: clients send the content type with a bare POST too. */
export function parseJsonBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    ['application/json', 'application/merge-patch+json'],
    { parseAs: 'string' },
    async (_request: unknown, body: string | Buffer) => parse(body.toString()),
  )
}

function parse(text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return secureJson.parse(text, undefined, { protoAction: 'error', constructorAction: 'error' })
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    // The engine's words quote the text around the mistake, which may be a secret; its position says enough.
    const position = /position (\d+)/.exec(reason)?.[1]
    const where = position === undefined ? endOrKind(reason) : placeOf(text, Number(position))
    const message = `is not valid JSON: ${where}`
    throw new HttpProblem({
      code: 'invalid_request',
      detail: `the body ${message}`,
      issues: [{ pointer: '', message }],
    })
  }
}

function placeOf(text: string, position: number): string {
  const lines = text.slice(0, position).split('\n')
  const column = (lines.at(-1) ?? '').length + 1
  return `unexpected character at position ${position} (line ${lines.length} column ${column})`
}

function endOrKind(reason: string): string {
  return reason.includes('prototype') ? 'it has a key that is not allowed ("__proto__")' : 'it ends too early'
}
