/** Where a process can be made to die: before the first write, between two writes, and after the last, before the answer. */
export const CRASH_POINTS = [
  'provision.started',
  'provision.network_created',
  'provision.service_created',
  'update.started',
  'update.applied',
  'destroy.started',
  'destroy.service_deleted',
  'destroy.network_deleted',
  'adopt.started',
  'adopt.service_marked',
] as const

export type MockCrashPointName = (typeof CRASH_POINTS)[number]
