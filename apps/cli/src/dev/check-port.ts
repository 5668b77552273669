import { createServer } from 'node:net'
import { createClient } from '@landlord/api-contract'
import type { LandlordSettings } from '@landlord/settings'
import { CliError } from '../cli-error.ts'

const LOOK_TIMEOUT_MS = 1000

/** Throws `CliError` that says who has the port, before anything is started. Port 0 is always free. */
export async function checkPort({ host, port }: LandlordSettings['server']): Promise<void> {
  const error = await tryToListen(host, port)
  if (error === undefined) return
  if (error.code !== 'EADDRINUSE') {
    throw new CliError({
      reason: 'failure',
      message: `cannot listen on ${host}:${port}: ${error.message}`,
      wayOut: ['choose another port with: landlord dev --port 9000'],
      cause: error,
    })
  }
  const url = `http://${host}:${port}`
  const isLandlord = await answersAsLandlord(url)
  throw new CliError({
    reason: 'conflict',
    message: `port ${port} is taken by ${isLandlord ? 'another Landlord server' : 'another program'}`,
    wayOut: [
      isLandlord
        ? `use the one that runs: landlord list --api-url ${url}`
        : `find out which: ss -ltnp 'sport = :${port}' (Linux) or lsof -i :${port}`,
      'or start beside it: landlord dev --port 9000 --data-dir ./landlord-data',
    ],
  })
}

function tryToListen(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', resolve)
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)))
  })
}

async function answersAsLandlord(url: string): Promise<boolean> {
  try {
    await createClient({ baseUrl: url }).getReadiness({ signal: AbortSignal.timeout(LOOK_TIMEOUT_MS) })
    return true
  } catch {
    return false
  }
}
