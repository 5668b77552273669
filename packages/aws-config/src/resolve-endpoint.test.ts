import { describe, expect, it } from 'vitest'
import { endpointEnvironmentName, resolveEndpoint } from './resolve-endpoint.ts'

const env = { AWS_ENDPOINT_URL_ECS: 'http://127.0.0.1:2', AWS_ENDPOINT_URL: 'http://127.0.0.1:3' }

describe('resolveEndpoint', () => {
  it('takes the setting, then the service, then all services, then AWS', () => {
    const url = 'http://127.0.0.1:1'
    expect(resolveEndpoint('ECS', { url }, env)).toEqual({ kind: 'explicit', url, source: 'the settings' })
    expect(resolveEndpoint('ECS', {}, env)).toMatchObject({ url: env.AWS_ENDPOINT_URL_ECS })
    expect(resolveEndpoint('EC2', {}, env)).toMatchObject({ source: 'AWS_ENDPOINT_URL' })
    expect(resolveEndpoint('ECS', { fips: true }, {})).toEqual({ kind: 'aws', fips: true, dualStack: false })
    const ignored = { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }
    expect(resolveEndpoint('ECS', {}, ignored)).toMatchObject({ kind: 'aws' })
  })

  it('names the variable of a service as the SDK does', () => {
    expect(endpointEnvironmentName('CloudWatch Logs')).toBe('AWS_ENDPOINT_URL_CLOUDWATCH_LOGS')
  })

  it('refuses what contradicts itself and what is no URL', () => {
    expect(() => resolveEndpoint('ECS', { fips: true }, env)).toThrow(/fips endpoint .* AWS_ENDPOINT_URL_ECS sets/)
    expect(() => resolveEndpoint('ECS', { url: 'http://a', dualStack: true }, {})).toThrow(/dual-stack/)
    expect(() => resolveEndpoint('ECS', { url: 'ftp://a' }, {})).toThrow(/http or https URL/)
    expect(() => resolveEndpoint('ECS', { url: 'http://u:pass-word@a' }, {})).toThrow(/^((?!pass-word).)*$/)
  })
})
