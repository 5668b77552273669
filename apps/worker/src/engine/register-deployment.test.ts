import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectEngine, type EngineConnection } from './engine-connection.ts'
import { registerDeployment } from './register-deployment.ts'

const URI = 'http://127.0.0.1:9/build-2'

const moved: string[] = []
let admin: EngineConnection

// What the real engine gives to whoever asks (worker.test.ts), this one keeps back for some.
const engine = createServer((request, response) => {
  const respond = (status: number, body: object) => response.writeHead(status).end(JSON.stringify(body))
  if (request.url === '/services/Tenant') return respond(200, { deployment_id: 'serving' })
  if (request.method === 'GET') return respond(200, { deployments })
  const id = request.url?.split('/').at(-1) ?? ''
  if (keptBack.includes(id)) return respond(409, { message: `${id} is kept back` })
  moved.push(id)
  return respond(200, {})
})
const left = (id: string, service = 'Tenant') => ({
  id,
  uri: `http://${id}.test/build-1`,
  services: [{ name: service }],
})
const deployments = [left('old-1'), left('foreign', 'Greeter'), left('serving'), left('old-2', 'OrphanScan')]
let keptBack: string[] = []

beforeAll(async () => {
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve))
  admin = connectEngine(`http://127.0.0.1:${(engine.address() as AddressInfo).port}`)
})
afterAll(async () => {
  await admin.close()
  engine.close()
})

it('takes over whom the engine gives, the serving one first, and says who was kept back', async () => {
  keptBack = ['old-1']
  const registered = await registerDeployment(admin, URI, async () => true)
  expect(registered).toMatchObject({ part: 'serving', changed: true, refused: { status: 409 } })
  expect(moved.splice(0)).toEqual(['serving', 'old-2'])
})

it('does not count as serving when that is what is kept back, and takes the others all the same', async () => {
  keptBack = ['serving']
  await expect(registerDeployment(admin, URI, async () => true)).rejects.toThrow('serving is kept back')
  expect(moved.splice(0)).toEqual(['old-1', 'old-2'])
})
