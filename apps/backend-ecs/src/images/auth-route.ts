import type { FastifyInstance } from 'fastify'
import { badRequest, DockerError } from '../errors/docker-error.ts'
import { checkLogin } from './registry-client.ts'
import { readCredentials } from './registry-credentials.ts'

const DOCKER_HUB = 'docker.io'
/** What clients call Docker Hub when they log in. */
const HUB_ADDRESS = 'index.docker.io'

/** `docker login`: asks the registry. Nothing is kept: clients send their credentials with each pull. */
export function registerAuthRoute(app: FastifyInstance, closing: AbortSignal): void {
  for (const path of ['/auth', '/internal/v1/auth']) {
    app.post<{ Body: { serveraddress?: unknown } | undefined }>(path, async ({ body }) => {
      const credentials = readCredentials(body)
      if (credentials === undefined) throw badRequest('the body must have a username and a password')
      const registry = registryOf(String(body?.serveraddress ?? ''))
      if (await checkLogin(registry, credentials, closing)) return { Status: 'Login Succeeded', IdentityToken: '' }
      throw new DockerError({
        status: 401,
        message: `login to ${registry} failed: unauthorized: incorrect username or password`,
      })
    })
  }
}

/** Clients send a host, or an address as `https://index.docker.io/v1/`. */
function registryOf(address: string): string {
  const host = address.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return host === '' || host === HUB_ADDRESS ? DOCKER_HUB : host
}
