const REDACTED = '[redacted]'

/** Names whose value is a secret, in any spelling: `SecretAccessKey`, `secret_access_key`, `AWS_SECRET_ACCESS_KEY`. */
const SECRET_NAME =
  '(?:aws[-_ ]?)?(?:secret[-_ ]?access[-_ ]?key|session[-_ ]?token|security[-_ ]?token|access[-_ ]?key[-_ ]?id|web[-_ ]?identity[-_ ]?token|client[-_ ]?secret|external[-_ ]?id|access[-_ ]?token|refresh[-_ ]?token|id[-_ ]?token|authorization[-_ ]?token|password|x-amz-security-token)'

const RULES: readonly (readonly [RegExp, string])[] = [
  // Presigned URLs: the signature alone, with the rest of the URL, is the permission.
  [/([?&;]x-amz-(?:signature|credential|security-token)=)[^&\s"'<>]+/gi, `$1${REDACTED}`],
  [/([?&](?:AWSAccessKeyId|Signature)=)[^&\s"'<>]+/g, `$1${REDACTED}`],
  // Headers, whole: `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
  [/AWS4(?:-ECDSA-P256)?-HMAC-SHA256\s+Credential=[^\r\n"'<>}]+/g, `AWS4-HMAC-SHA256 ${REDACTED}`],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  // JSON, INI, environment and XML.
  // Inside a JSON text that is itself in JSON the quotes are escaped, hence the backslashes.
  [new RegExp(`((?<![a-z])${SECRET_NAME}\\\\*["']?\\s*[:=]\\s*\\\\*["'])(?:\\\\/|[^"'\\\\])*`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`((?<![a-z])${SECRET_NAME}\\s*[:=]\\s*)(?!\\[redacted\\])[^\\s"',;&<>}\\\\]+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`(<${SECRET_NAME}>)[^<]*`, 'gi'), `$1${REDACTED}`],
  // Access key ids, whatever they stand beside (IAM user guide, "IAM identifiers": AKIA and ASIA).
  [/\b(AKIA|ASIA)[A-Z2-7]{12,}\b/g, `$1${REDACTED}`],
  // JSON web tokens: web identity and SSO.
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, REDACTED],
  [/(Encoded authorization failure message:\s*)[\w+/=-]+/gi, `$1${REDACTED}`],
  [/(\bhttps?:\/\/[^\s/:@]+:)[^\s/@]+@/gi, `$1${REDACTED}@`],
]

/** A text without the keys, tokens, signatures and authorization headers in it. */
export function redactText(text: string): string {
  return RULES.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text)
}

const SECRET_KEY = new RegExp(`^(?:${SECRET_NAME}|authorization|credentials?|secret|token)$`, 'i')

/** Whether a field or header of this name holds a secret whatever its value. */
export function isSecretName(name: string): boolean {
  return SECRET_KEY.test(name)
}

export { REDACTED }
