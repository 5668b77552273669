#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startEcsEmulator } from './start-ecs-emulator.ts'

const USAGE = `Usage: ecs-emulator [--port 4566] [--speed 1] [--state-file file] [--runtime simulated]

  --port        where to listen on 127.0.0.1; default 4566
  --speed       emulated seconds per real second; default 1
  --state-file  keep the state across restarts in this file
  --runtime     simulated: no container runs; docker: tasks are containers of the local engine; default simulated
`

function readFlags():
  | { port: number; speed: number; stateFile: string | undefined; runtime: 'simulated' | 'docker' }
  | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      speed: { type: 'string', default: '1' },
      'state-file': { type: 'string' },
      runtime: { type: 'string', default: 'simulated' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const port = Number(values.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new TypeError(`--port must be a number from 0 to 65535, not "${values.port}".`)
  }
  const { runtime } = values
  if (runtime !== 'simulated' && runtime !== 'docker') {
    throw new TypeError(`--runtime must be simulated or docker, not "${runtime}".`)
  }
  return { port, runtime, speed: Number(values.speed), stateFile: values['state-file'] }
}

async function main(): Promise<void> {
  const flags = readFlags()
  if (flags === 'help') {
    process.stdout.write(USAGE)
    return
  }
  const { stateFile, ...settings } = flags
  const emulator = await startEcsEmulator({ ...settings, ...(stateFile === undefined ? {} : { stateFile }) })
  const exports = [
    `AWS_ENDPOINT_URL=${emulator.url}`,
    `AWS_REGION=${emulator.region}`,
    // Version 1 of the AWS command line reads this one only.
    `AWS_DEFAULT_REGION=${emulator.region}`,
    'AWS_ACCESS_KEY_ID=emulator',
    'AWS_SECRET_ACCESS_KEY=emulator',
  ]
  process.stdout.write(`Amazon ECS is emulated at ${emulator.url} (account ${emulator.accountId}).\n`)
  process.stdout.write(`export ${exports.join(' ')}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
  process.exitCode = 1
})
