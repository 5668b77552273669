import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Webhook } from 'standardwebhooks'
import { expect, it, onTestFinished } from 'vitest'

const docs = readFileSync(new URL('../../../../docs/webhooks.md', import.meta.url), 'utf8')
const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`
const BODY = JSON.stringify({ type: 'tenant.ready', tenant_name: 'acme' })

function example(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(docs)?.[1] ?? ''
}

function headersOf(body: string): Record<string, string> {
  const at = new Date()
  return {
    'webhook-id': 'd-1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': `v1,AAAA ${new Webhook(SECRET).sign('d-1', at, body)}`,
  }
}

it('the receiver in docs/webhooks.md takes what is signed, and nothing else', async () => {
  // Beside the server's own packages, where the library is found.
  const folder = mkdtempSync(fileURLToPath(new URL('../../node_modules/.docs-', import.meta.url)))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'receiver.mjs'), example('js'))
  const env = { ...process.env, PORT: '0', WEBHOOK_SECRET: SECRET }
  const child: ChildProcess = spawn(process.execPath, [join(folder, 'receiver.mjs')], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill())
  if (child.stdout === null) throw new Error('the receiver has no output')
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const url = `http://127.0.0.1:${/\d+$/.exec(line)?.[0]}`
  const post = async (body: string) => (await fetch(url, { method: 'POST', headers: headersOf(BODY), body })).status
  expect(await post(BODY)).toBe(204)
  expect(await post(BODY.replace('acme', 'evil'))).toBe(400)
})

const hasPython = spawnSync('python3', ['--version']).status === 0

it.skipIf(!hasPython)('the Python of docs/webhooks.md takes what is signed, and nothing else', () => {
  const check = (body: string) => {
    const program = `${example('python')}
import json, sys
given = json.load(sys.stdin)
verify(given["secret"], given["headers"], given["body"].encode())`
    const input = JSON.stringify({ secret: SECRET, headers: headersOf(BODY), body })
    return spawnSync('python3', ['-c', program], { input, encoding: 'utf8' })
  }
  expect(check(BODY)).toMatchObject({ status: 0, stderr: '' })
  expect(check(`${BODY} `).stderr).toContain('the signature is wrong')
})
