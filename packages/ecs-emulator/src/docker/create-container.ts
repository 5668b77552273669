import type Docker from 'dockerode'
import type { ContainerCreateOptions } from 'dockerode'

/**
 * Creates a container and gives its id. Not through dockerode's own method, which puts everything, variables included, into the
 * request's address as well.
 */
export async function createContainer(docker: Docker, name: string, input: ContainerCreateOptions): Promise<string> {
  const dial = {
    path: '/containers/create?',
    method: 'POST',
    options: { _query: { name }, _body: input },
    statusCodes: { 201: true, 400: 'bad parameter', 404: 'not found', 409: 'conflict', 500: 'server error' },
  }
  const created = await new Promise<unknown>((resolve, reject) => {
    docker.modem.dial(dial, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data)))
  })
  return (created as { readonly Id: string }).Id
}
