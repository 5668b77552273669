import { join } from 'node:path'
import getPort from 'get-port'

/** Where an embedded engine listens. */
export type EngineListeners =
  | { readonly mode: 'unix'; readonly ingressUrl: string; readonly adminUrl: string }
  | { readonly mode: 'tcp'; readonly ingressUrl: string; readonly adminUrl: string; readonly ports: EnginePorts }

interface EnginePorts {
  readonly ingress: number
  readonly admin: number
  readonly fabric: number
}

/** Names the folder of the node's data; the default would be the host's name, which changes when a container is recreated. */
export const NODE_NAME = 'landlord'

// sun_path holds 104 bytes on macOS and 108 on Linux, with the terminating zero.
const LONGEST_SOCKET_PATH_BYTES = 103

/** Unix sockets in the data folder; free loopback ports where the paths would be too long for that. */
export async function chooseListeners(baseDir: string): Promise<EngineListeners> {
  const socket = (name: string) => join(baseDir, NODE_NAME, `${name}.sock`)
  const longest = Math.max(...['ingress', 'admin', 'fabric'].map((name) => Buffer.byteLength(socket(name))))
  if (longest <= LONGEST_SOCKET_PATH_BYTES) {
    return { mode: 'unix', ingressUrl: `unix:${socket('ingress')}`, adminUrl: `unix:${socket('admin')}` }
  }
  const host = '127.0.0.1'
  const ports = { ingress: await getPort({ host }), admin: await getPort({ host }), fabric: await getPort({ host }) }
  return {
    mode: 'tcp',
    ingressUrl: `http://${host}:${ports.ingress}`,
    adminUrl: `http://${host}:${ports.admin}`,
    ports,
  }
}
