import { AwsConfigError } from './aws-config-error.ts'

/** A group of regions with its own accounts: a role, a key or an ARN of one means nothing in another. */
export interface AwsPartition {
  readonly id: string
  readonly dnsSuffix: string
  readonly regionPattern: RegExp
}

/** Source: botocore `data/partitions.json`. */
export const AWS_PARTITIONS: readonly AwsPartition[] = [
  { id: 'aws', dnsSuffix: 'amazonaws.com', regionPattern: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/ },
  { id: 'aws-cn', dnsSuffix: 'amazonaws.com.cn', regionPattern: /^cn-\w+-\d+$/ },
  { id: 'aws-us-gov', dnsSuffix: 'amazonaws.com', regionPattern: /^us-gov-\w+-\d+$/ },
  { id: 'aws-eusc', dnsSuffix: 'amazonaws.eu', regionPattern: /^eusc-\w+-\w+-\d+$/ },
  { id: 'aws-iso', dnsSuffix: 'c2s.ic.gov', regionPattern: /^us-iso-\w+-\d+$/ },
  { id: 'aws-iso-b', dnsSuffix: 'sc2s.sgov.gov', regionPattern: /^us-isob-\w+-\d+$/ },
  { id: 'aws-iso-e', dnsSuffix: 'cloud.adc-e.uk', regionPattern: /^eu-isoe-\w+-\d+$/ },
  { id: 'aws-iso-f', dnsSuffix: 'csp.hci.ic.gov', regionPattern: /^us-isof-\w+-\d+$/ },
]

const REGION_SHAPE = /^[a-z]{2,}(-[a-z]+)+-\d+$/

/** Throws AwsConfigError (`invalid_region`) for what cannot be a region; it names no region list, since AWS adds some. */
export function checkRegion(region: string, source: string): string {
  if (REGION_SHAPE.test(region)) return region
  throw new AwsConfigError({
    code: 'invalid_region',
    message: `The AWS region from ${source} must look like "eu-central-1", but it is ${JSON.stringify(region)}. Write the region's code, not its name or an availability zone.`,
  })
}

/** The partition of a region. A region that no pattern knows is of `aws`, as the SDKs assume for new geographies. */
export function partitionOfRegion(region: string): AwsPartition {
  checkRegion(region, 'the caller')
  const commercial = AWS_PARTITIONS[0] as AwsPartition
  return AWS_PARTITIONS.find((partition) => partition.regionPattern.test(region)) ?? commercial
}
