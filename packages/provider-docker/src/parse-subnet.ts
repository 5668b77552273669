export interface Subnet {
  /** The first address as a number. */
  readonly first: number
  readonly prefixLength: number
}

/** An IPv4 range in CIDR form; undefined when it is not one, or when host bits are set. */
export function parseSubnet(text: string): Subnet | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)
  if (match === null) return undefined
  const numbers = match.slice(1).map(Number)
  const prefixLength = numbers[4] ?? 33
  const octets = numbers.slice(0, 4)
  if (prefixLength > 32 || octets.some((octet) => octet > 255)) return undefined
  const first = octets.reduce((sum, octet) => sum * 256 + octet, 0)
  return first % sizeOf(prefixLength) === 0 ? { first, prefixLength } : undefined
}

export function formatSubnet({ first, prefixLength }: Subnet): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256)
  return `${octets.join('.')}/${prefixLength}`
}

/** How many networks of `prefixLength` fit into the pool. */
export function subnetCount(pool: Subnet, prefixLength: number): number {
  return 2 ** (prefixLength - pool.prefixLength)
}

export function subnetAt(pool: Subnet, prefixLength: number, index: number): Subnet {
  return { first: pool.first + index * sizeOf(prefixLength), prefixLength }
}

export function overlap(left: Subnet, right: Subnet): boolean {
  return left.first < right.first + sizeOf(right.prefixLength) && right.first < left.first + sizeOf(left.prefixLength)
}

function sizeOf(prefixLength: number): number {
  return 2 ** (32 - prefixLength)
}
