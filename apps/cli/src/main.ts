#!/usr/bin/env node
import nodeModule from 'node:module'
import { homedir } from 'node:os'
import process from 'node:process'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 13)) {
  process.stderr.write(`landlord needs Node.js 22.13 or newer; this is ${process.version}\n`)
  process.exit(1)
}
nodeModule.enableCompileCache?.()

// A reader that has seen enough (`landlord list | head -1`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { createTerminal } = await import('./terminal.ts')
const { runCli } = await import('./run-cli.ts')

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const argv = process.argv.slice(2)
process.exitCode = await runCli(argv, {
  terminal: createTerminal(process, process.env, argv),
  env: process.env,
  cwd: process.cwd(),
  homeDirectory: homedir(),
  now: Date.now,
  onInterrupt: (listener) => {
    for (const signal of INTERRUPTS) process.on(signal, listener)
    return () => {
      for (const signal of INTERRUPTS) process.off(signal, listener)
    }
  },
  exit: (code) => process.exit(code),
})
