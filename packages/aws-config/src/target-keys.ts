import type { AwsIdentity, AwsTarget } from './aws-client-config.ts'

/** Equal for two identities that need not be told apart, whatever the order of their tags. */
export function identityKey({ region, role }: AwsIdentity): string {
  const tags = Object.entries(role?.sessionTags ?? {}).sort(([one], [other]) => (one < other ? -1 : 1))
  return JSON.stringify([region, role?.roleArn, role?.externalId, role?.sessionName, role?.durationSeconds, tags])
}

export function targetKey(target: AwsTarget): string {
  const { url, fips, dualStack } = target.endpoint ?? {}
  return JSON.stringify([identityKey(target), url, fips, dualStack])
}
