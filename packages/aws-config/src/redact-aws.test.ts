import { describe, expect, it } from 'vitest'
import { redactAws } from './redact-aws.ts'
import { redactText } from './redact-text.ts'

const KEY_ID = 'AKIAIOSFODNN7EXAMPLE'
const SECRET = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'
const TOKEN = 'FwoGZXIvYXdzEBYaDkiOiJIUzI1NiJ9=='
const SIGNATURE = 'fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024'

describe('redactText', () => {
  it.each([
    `https://b.s3.amazonaws.com/o?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${KEY_ID}%2F20261120&X-Amz-Security-Token=${TOKEN}&X-Amz-Signature=${SIGNATURE}`,
    `authorization: AWS4-HMAC-SHA256 Credential=${KEY_ID}/20261120/eu-central-1/ecs/aws4_request, SignedHeaders=host, Signature=${SIGNATURE}`,
    `x-amz-security-token: ${TOKEN}`,
    `AWS_SECRET_ACCESS_KEY=${SECRET} node main.js`,
    `aws_secret_access_key = ${SECRET}\naws_session_token = ${TOKEN}`,
    `{"AccessKeyId":"${KEY_ID}","SecretAccessKey":"${SECRET}","SessionToken":"${TOKEN}"}`,
    `{\\"sessionToken\\": \\"${TOKEN}\\"}`,
    `<SecretAccessKey>${SECRET}</SecretAccessKey><SessionToken>${TOKEN}</SessionToken>`,
    `User with key ${KEY_ID} is not authorized`,
    `Authorization: Bearer ${TOKEN}`,
    `Encoded authorization failure message: ${SIGNATURE}`,
  ])('hides the secrets in %s', (text) => {
    const redacted = redactText(text)
    for (const secret of [KEY_ID, SECRET, TOKEN, SIGNATURE]) expect(redacted).not.toContain(secret)
    expect(redacted).toContain('[redacted]')
    expect(redactText(redacted)).toBe(redacted)
  })

  it('leaves what is needed to find the cause', () => {
    const text =
      'User: arn:aws:sts::111122223333:assumed-role/landlord/prod is not authorized to perform: ecs:UpdateService on resource: arn:aws:ecs:eu-central-1:111122223333:service/main/web (request id 6b3f, token bucket empty)'
    expect(redactText(text)).toBe(text)
  })
})

describe('redactAws', () => {
  it('replaces whole fields by name, at any depth, in maps, sets and errors', () => {
    const cause = Object.assign(new Error(`key ${KEY_ID}`), { sessionToken: TOKEN, $response: { body: SECRET } })
    const value = {
      region: 'eu-central-1',
      credentials: { accessKeyId: KEY_ID },
      nested: [{ secretAccessKey: SECRET, keep: 1, absent: undefined }],
      headers: new Map([['X-Amz-Security-Token', TOKEN]]),
      texts: new Set([`Bearer ${TOKEN}`]),
      error: new Error('outer', { cause }),
      externalId: 'only-for-acme',
      body: Buffer.from(SECRET),
      when: new Date(0),
    }
    const redacted = redactAws(value)
    const text = JSON.stringify(redacted)
    for (const secret of [KEY_ID, SECRET, TOKEN, 'only-for-acme']) expect(text).not.toContain(secret)
    expect(redacted).toMatchObject({
      region: 'eu-central-1',
      nested: [{ keep: 1 }],
      error: { message: 'outer', cause: { message: 'key AKIA[redacted]' } },
      body: '[binary]',
      when: '1970-01-01T00:00:00.000Z',
    })
  })

  it('survives circles and changes nothing of what it was given', () => {
    const circle: { self?: unknown; password: string } = { password: 'open-sesame' }
    circle.self = circle
    expect(redactAws(circle)).toEqual({ password: '[redacted]', self: '[circular]' })
    expect(circle.password).toBe('open-sesame')
  })
})
