import type { World } from './world.ts'

/**
 * Takes the service deployments and revisions of a service along with it. Documented for revisions; that deployments go too, and
 * when, is inferred.
 */
export function forgetHistory({ serviceDeployments, serviceRevisions }: World, serviceArn: string): void {
  for (const records of [serviceDeployments, serviceRevisions]) {
    for (const record of Object.values(records)) if (record.serviceArn === serviceArn) delete records[record.arn]
  }
}
