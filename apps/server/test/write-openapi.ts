import { writeFileSync } from 'node:fs'
import { startTestServer } from './start-test-server.ts'

const test = await startTestServer()
try {
  const document = await (await fetch(`${test.url}/v1/openapi.json`)).json()
  writeFileSync(new URL('../../../docs/openapi.json', import.meta.url), `${JSON.stringify(document, null, 2)}\n`)
} finally {
  await test.close()
}
