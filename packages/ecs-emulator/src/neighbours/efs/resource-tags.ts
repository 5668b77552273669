import { EfsError } from './efs-error.ts'
import { type EfsRequest, tagsOf, toTags } from './efs-input.ts'

export const listTagsForResource = (request: EfsRequest): unknown => ({ Tags: toTags(requireTagged(request).tags) })

export function tagResource(request: EfsRequest): unknown {
  const record = requireTagged(request)
  record.tags = { ...record.tags, ...tagsOf(request.body.Tags) }
  return undefined
}

export function untagResource(request: EfsRequest): unknown {
  const record = requireTagged(request)
  const keys = request.query.getAll('tagKeys')
  record.tags = Object.fromEntries(Object.entries(record.tags).filter(([key]) => !keys.includes(key)))
  return undefined
}

function requireTagged({ emulator, id }: EfsRequest): { tags: Record<string, string> } {
  const { fileSystems, accessPoints } = emulator.simulation().world
  const found = fileSystems[id] ?? accessPoints[id]
  if (found !== undefined) return found
  const kind = id.startsWith('fsap-') ? 'AccessPoint' : 'FileSystem'
  throw new EfsError(404, `${kind}NotFound`, `${kind} ${id} does not exist.`)
}
