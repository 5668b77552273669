// Builds one package (default: the command line) and what it needs, saying nothing on stdout, and on stderr only that it
// takes a while or that it failed: `pnpm landlord list -o json | jq` must see the list alone.
import { spawn } from 'node:child_process'

const [target = '@landlord/cli'] = process.argv.slice(2)
const WORTH_A_WORD_MS = 1000

const build = spawn('turbo', ['run', 'build', `--filter=${target}...`, '--output-logs=errors-only'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
})
const output = []
for (const stream of [build.stdout, build.stderr]) stream.on('data', (chunk) => output.push(chunk))
const notice = setTimeout(() => process.stderr.write('Building what has changed …\n'), WORTH_A_WORD_MS)
build.on('error', (error) => output.push(`turbo cannot be started: ${error.message}\n`))
build.on('close', (code) => {
  clearTimeout(notice)
  if (code !== 0) process.stderr.write(output.join(''))
  process.exitCode = code ?? 1
})
