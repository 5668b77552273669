import { ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CREDENTIALS } from './__fixtures__/start-calls.ts'
import { startJsonServer } from './__fixtures__/start-json-server.ts'
import { refuseAmbiguousRetry, revealError } from './refuse-ambiguous-retry.ts'

async function start() {
  const server = await startJsonServer()
  const client = new ECSClient({ endpoint: server.url, region: 'us-east-1', credentials: CREDENTIALS, maxAttempts: 3 })
  onTestFinished(() => client.destroy())
  const command = new UpdateServiceCommand({ service: 'shop', forceNewDeployment: true })
  refuseAmbiguousRetry(command)
  return { server, client, command }
}

describe('refuseAmbiguousRetry', () => {
  it('leaves what was refused to the retry of the SDK', async () => {
    const { server, client, command } = await start()
    server.answer({ __type: 'ThrottlingException', message: 'Rate exceeded' }, 400)
    server.answer({ service: { serviceName: 'shop' } })
    expect(await client.send(command)).toMatchObject({ service: { serviceName: 'shop' }, $metadata: { attempts: 2 } })
  })

  it('ends the call where AWS may have carried it out', async () => {
    const { server, client, command } = await start()
    server.answer({ __type: 'ServerException', message: 'Something broke' }, 500)
    const error = await client.send(command).catch((thrown: unknown) => thrown)
    expect(revealError(error)).toMatchObject({ name: 'ServerException', message: 'Something broke' })
    expect(server.calls).toHaveLength(1)
  })
})
