import { readFileSync } from 'node:fs'
import { PROBLEMS, routes } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

const docs = new URL('../../../../docs/', import.meta.url)
let test: TestServer
let document: Document

interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: object; readonly securitySchemes: object }
}

interface Operation {
  readonly operationId: string
  readonly responses: Record<string, unknown>
  readonly security: unknown
}

beforeAll(async () => {
  test = await startTestServer()
  document = (await (await fetch(`${test.url}/v1/openapi.json`)).json()) as Document
})
afterAll(() => test.close())

describe('the OpenAPI document', () => {
  it('is the committed copy; `pnpm --filter @landlord/server openapi` writes it', () => {
    expect(document).toEqual(JSON.parse(readFileSync(new URL('openapi.json', docs), 'utf8')))
  })

  it('describes every route and nothing else', () => {
    expect(document.openapi).toBe('3.1.0')
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
    )
    const expected = Object.entries(routes).map(([name, { method, path }]) => `${name} ${method} ${path}`)
    expect(described.sort()).toEqual(expected.sort())
  })

  it('names the scope that each operation needs, by a scheme that the page can fill in', () => {
    const { securitySchemes } = document.components
    expect(securitySchemes).toMatchObject({ token: { type: 'http', scheme: 'bearer' } })
    for (const { method, path, access } of Object.values(routes)) {
      const { security } = document.paths[path]?.[method.toLowerCase()] ?? {}
      expect(security, path).toEqual(access === 'open' ? [] : [{ token: [access] }])
    }
  })

  it('has every reference that it uses', () => {
    const used = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference)
    const known = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
    expect(used.length).toBeGreaterThan(20)
    for (const reference of used) expect(known).toContain(reference)
  })

  it('documents problems on every route', () => {
    for (const methods of Object.values(document.paths)) {
      for (const { responses } of Object.values(methods)) {
        expect(JSON.stringify(responses.default)).toContain('application/problem+json')
      }
    }
  })
})

describe('the page to browse it', () => {
  it('comes whole from the server, under a policy that lets nothing else in', async () => {
    const page = await fetch(`${test.url}/v1/docs`)
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toMatch(/default-src 'none'; script-src 'self';/)
    expect(html).not.toMatch(/https?:\/\//)
    expect(html).not.toMatch(/<script(?![^>]* src=)/)
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, path]) => new URL(path ?? '', `${test.url}/v1/docs`),
    )
    expect(assets.length).toBeGreaterThan(3)
    for (const asset of assets) expect((await fetch(asset)).status, asset.pathname).toBe(200)
  })
})

describe('docs/errors.md', () => {
  it('lists exactly the codes of the API, with status and title', () => {
    const section =
      /## HTTP errors\n(.*?)(?=\n## |$)/s.exec(readFileSync(new URL('errors.md', docs), 'utf8'))?.[1] ?? ''
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\d+) \| ([^|]+) \|/gm)].map(([, code, status, title]) => [
      code,
      Number(status),
      title,
    ])
    expect(rows).toEqual(Object.entries(PROBLEMS).map(([code, { status, title }]) => [code, status, title]))
  })
})
