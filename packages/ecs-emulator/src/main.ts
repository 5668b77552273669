#!/usr/bin/env node
import { parseArgs } from 'node:util'
import { startEcsEmulator } from './start-ecs-emulator.ts'

const USAGE = `Usage: ecs-emulator [--port 4566] [--speed 1] [--state-file file] [--runtime simulated] [--images folder]

  --port        where to listen on 127.0.0.1; default 4566
  --speed       emulated seconds per real second; default 1
  --state-file  keep the state across restarts in this file
  --runtime     simulated: no container runs; docker: tasks are containers of the local engine; default simulated
  --images      serve the images in this folder as ECR: a folder for each repository, each an OCI image layout
`

interface Flags {
  readonly port: number
  readonly speed: number
  readonly stateFile: string | undefined
  readonly runtime: 'simulated' | 'docker'
  readonly imageFolder: string | undefined
}

/** @throws TypeError that names the flag which is wrong. */
function readFlags(): Flags | 'help' {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4566' },
      speed: { type: 'string', default: '1' },
      'state-file': { type: 'string' },
      runtime: { type: 'string', default: 'simulated' },
      images: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  if (values.help) return 'help'
  const port = /^\d+$/.test(values.port) ? Number(values.port) : -1
  if (port < 0 || port > 65_535) {
    throw new TypeError(`--port must be a number from 0 to 65535, not "${values.port}".`)
  }
  const speed = Number(values.speed)
  if (!Number.isFinite(speed) || speed <= 0) {
    throw new TypeError(`--speed must be a number above 0, not "${values.speed}".`)
  }
  const { runtime } = values
  if (runtime !== 'simulated' && runtime !== 'docker') {
    throw new TypeError(`--runtime must be simulated or docker, not "${runtime}".`)
  }
  return { port, runtime, speed, stateFile: values['state-file'], imageFolder: values.images }
}

async function run({ stateFile, imageFolder, ...settings }: Flags): Promise<void> {
  const emulator = await startEcsEmulator({
    ...settings,
    ...(stateFile === undefined ? {} : { stateFile }),
    ...(imageFolder === undefined ? {} : { imageFolder }),
  })
  // Before anything is said: whoever waits for that may end it at once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close().catch(fail))
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
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

try {
  const flags = readFlags()
  if (flags === 'help') process.stdout.write(USAGE)
  else await run(flags).catch(fail)
} catch (error) {
  fail(error)
  process.stderr.write(USAGE)
}
