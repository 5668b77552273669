import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { BackendSettings } from './backend-settings.ts'

/**
 * Whose containers are ours, as their tags say: the same after a restart, even one that has lost its state, and another
 * for a second backend beside this one.
 */
export function instanceName(settings: Pick<BackendSettings, 'data_dir' | 'ecs'>, host: string = hostname()): string {
  if (settings.ecs.instance !== undefined) return settings.ecs.instance
  const place = createHash('sha256').update(resolve(settings.data_dir)).digest('hex').slice(0, 8)
  return `${host.replaceAll(/[^A-Za-z0-9_.-]/g, '-').slice(0, 50)}-${place}`
}
