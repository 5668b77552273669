import type { HealthCheckRecord } from '../../load-balancing-records.ts'
import { invalid, numberParameter } from './read-parameters.ts'

/** Of AWS's protocols those that can be checked with (documented). */
const PROTOCOLS = ['HTTP', 'HTTPS', 'TCP']
const PRINTABLE_PATH = /^\/[!-~]*$/
const MATCHER = /^\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*$/

/**
 * Documented defaults; `5` passed and `2` failed checks are those of application load balancers.
 * @throws QueryError ValidationError for a check that no target could be asked for; texts invented, but for the path's
 */
export function readHealthCheck(parameters: URLSearchParams, protocol: string): HealthCheckRecord {
  const web = protocol.startsWith('HTTP')
  const checkProtocol = parameters.get('HealthCheckProtocol') ?? (web ? protocol : 'TCP')
  if (!PROTOCOLS.includes(checkProtocol)) {
    throw invalid(`HealthCheckProtocol must be one of ${PROTOCOLS.join(', ')}, not '${checkProtocol}'.`)
  }
  const checksWeb = checkProtocol.startsWith('HTTP')
  const number = (name: string, from: number, to: number, otherwise: number): number =>
    numberParameter(parameters, name, { from, to, otherwise })
  return {
    protocol: checkProtocol,
    port: portOf(parameters),
    ...(checksWeb ? { path: pathOf(parameters), matcher: matcherOf(parameters) } : {}),
    intervalSeconds: number('HealthCheckIntervalSeconds', 5, 300, 30),
    timeoutSeconds: number('HealthCheckTimeoutSeconds', 2, 120, web ? 5 : 10),
    healthyThreshold: number('HealthyThresholdCount', 2, 10, 5),
    unhealthyThreshold: number('UnhealthyThresholdCount', 2, 10, 2),
  }
}

function portOf(parameters: URLSearchParams): string {
  const given = parameters.get('HealthCheckPort') ?? 'traffic-port'
  if (given !== 'traffic-port') numberParameter(parameters, 'HealthCheckPort', { from: 1, to: 65_535, otherwise: 0 })
  return given
}

function pathOf(parameters: URLSearchParams): string {
  const path = parameters.get('HealthCheckPath') ?? '/'
  if (PRINTABLE_PATH.test(path)) return path
  const rule = "must begin with a '/' character, and can only contain printable ASCII characters, without spaces"
  throw invalid(`Health check path '${path}' ${rule}`)
}

function matcherOf(parameters: URLSearchParams): string {
  const matcher = parameters.get('Matcher.HttpCode') ?? '200'
  if (MATCHER.test(matcher)) return matcher
  throw invalid(`Matcher.HttpCode must be like 200, 200,202 or 200-299, not '${matcher}'.`)
}
