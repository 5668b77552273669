/** The header of a request from the server to a worker: `t=<seconds since 1970>;v1=<signature>;v1=…`. */
export const WORKER_SIGNATURE_HEADER = 'landlord-signature'

/** Older requests are refused, so that one that was overheard is soon worth nothing. */
const VALID_SECONDS = 60

/** Signed with each token that workers may have: the server does not know which one this worker has. */
export async function signWorkerRequest(tokens: readonly string[], path: string, now: Date): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000)
  const signatures = await Promise.all(tokens.map((token) => sign(token, path, seconds)))
  return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(';')
}

/** Whether a request for `path`, its query included, comes from a server that knows the worker's token. */
export async function isSignedForWorker(
  header: string | undefined,
  { token, path, now }: { readonly token: string; readonly path: string; readonly now: Date },
): Promise<boolean> {
  const parts = (header ?? '').split(';').map((part) => part.split('=', 2))
  const seconds = Number(parts.find(([name]) => name === 't')?.[1])
  if (!(Math.abs(now.getTime() / 1000 - seconds) <= VALID_SECONDS)) return false
  const key = await keyOf(token)
  const message = new TextEncoder().encode(messageOf(path, seconds))
  const given = parts.filter(([name]) => name === 'v1').map(([, signature = '']) => bytesOf(signature))
  // The platform compares in constant time.
  const fitting = await Promise.all(given.map((signature) => crypto.subtle.verify('HMAC', key, signature, message)))
  return fitting.includes(true)
}

async function sign(token: string, path: string, seconds: number): Promise<string> {
  const message = new TextEncoder().encode(messageOf(path, seconds))
  const signature = await crypto.subtle.sign('HMAC', await keyOf(token), message)
  return [...new Uint8Array(signature)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function messageOf(path: string, seconds: number): string {
  return `landlord worker request\n${seconds}\n${path}`
}

function keyOf(token: string) {
  const bytes = new TextEncoder().encode(token)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/[0-9a-f]{2}/g) ?? [], (byte) => Number.parseInt(byte, 16))
}
