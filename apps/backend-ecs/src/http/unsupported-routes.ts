import type { FastifyInstance } from 'fastify'
import { notOnEcs } from '../errors/docker-error.ts'

/** Parts of the Docker Engine API that ECS has nothing for: what is asked for, and why not. */
const UNSUPPORTED: readonly (readonly [paths: readonly string[], what: string, why: string])[] = [
  [['/swarm', '/nodes', '/services', '/tasks', '/secrets', '/configs'], 'swarm mode', 'ECS schedules by itself'],
  [['/plugins'], 'plugins', 'nothing runs inside of Fargate but containers'],
  [
    ['/build', '/session', '/grpc'],
    'docker build',
    'Fargate has no builder; build elsewhere and push the image to a registry',
  ],
  [
    ['/distribution'],
    'docker manifest inspect by the engine',
    'registries are asked for it directly; see docker manifest inspect',
  ],
  [['/commit'], 'docker commit', "a task's file system cannot be kept as an image"],
]

/** Answers 501 with the reason, where there would be a 404 that explains nothing. */
export function registerUnsupportedRoutes(app: FastifyInstance): void {
  // A part of `docker system prune`, where there is nothing to take away.
  app.post('/build/prune', async () => ({ CachesDeleted: [], SpaceReclaimed: 0 }))
  for (const [paths, what, why] of UNSUPPORTED) {
    for (const path of paths) {
      for (const pattern of [path, `${path}/*`]) {
        app.all(pattern, async () => {
          throw notOnEcs(what, why)
        })
      }
    }
  }
}
