const SECRET_SCHEMES = ['env', 'file', 'aws-secretsmanager', 'aws-ssm'] as const

/** Where a secret can be, by the word before the first colon of its reference. */
export type SecretScheme = (typeof SECRET_SCHEMES)[number]

export interface ParsedSecretReference {
  readonly scheme: SecretScheme
  /** A variable's name, an absolute path, an ARN, a parameter's name. */
  readonly target: string
}

const TARGETS: Readonly<Record<SecretScheme, RegExp>> = {
  env: /^[A-Za-z_][A-Za-z0-9_]{0,254}$/,
  file: /^\/[^\0]+$/,
  'aws-secretsmanager': /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9/_+=.@:-]+$/,
  // A name, or an ARN. SSM API reference, GetParameter.
  'aws-ssm': /^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:\d{12}:parameter)?\/?[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/,
}

/** The forms of a reference, for people. */
export const SECRET_FORMS = 'env:NAME, file:/path, aws-secretsmanager:ARN or aws-ssm:NAME-OR-ARN'

/** Undefined for everything that is no reference; it may be the secret itself, so nobody should repeat it. */
export function parseSecretReference(valueFrom: string): ParsedSecretReference | undefined {
  const at = valueFrom.indexOf(':')
  const scheme = SECRET_SCHEMES.find((known) => known === valueFrom.slice(0, at))
  const target = valueFrom.slice(at + 1)
  return scheme !== undefined && TARGETS[scheme].test(target) ? { scheme, target } : undefined
}
