import { expect, test } from 'vitest'
import { familiarReference, fullReference, parseReference } from './image-reference.ts'

const DIGEST = `sha256:${'a'.repeat(64)}`

test.each([
  ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36'],
  ['docker.io/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['index.docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
  ['grafana/loki', 'docker.io/grafana/loki:latest', 'grafana/loki:latest'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
  ['127.0.0.1:5000/a/b:v1', '127.0.0.1:5000/a/b:v1', '127.0.0.1:5000/a/b:v1'],
  [
    '000000000000.dkr.ecr.eu-west-1.amazonaws.com/app',
    '000000000000.dkr.ecr.eu-west-1.amazonaws.com/app:latest',
    undefined,
  ],
  [`busybox@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`, `busybox@${DIGEST}`],
  [`busybox:1@${DIGEST}`, `docker.io/library/busybox@${DIGEST}`, `busybox@${DIGEST}`],
])('%s is %s', (text, full, familiar) => {
  expect(fullReference(parseReference(text))).toBe(full)
  if (familiar !== undefined) expect(familiarReference(parseReference(text))).toBe(familiar)
})

test.each(['', ':tag', 'a//b', 'a:b:c', 'app:', 'app@sha256:12', '-a', `a@${DIGEST}@${DIGEST}`, 'a b', '../etc'])(
  '%s is refused',
  (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining('invalid reference format') }),
    )
  },
)

test('capitals are refused in the words of Docker', () => {
  expect(() => parseReference('Busybox')).toThrow(/repository name must be lowercase/)
})
