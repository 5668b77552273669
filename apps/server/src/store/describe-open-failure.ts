/** What keeps a database from being opened, by the code of the driver's error, and the way out. */
const WAYS_OUT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start the database server, or correct host and port in database.url',
  ENOTFOUND: 'there is no such host; correct it in database.url',
  EAI_AGAIN: 'the name of the host cannot be resolved at the moment; check the name server, or correct database.url',
  ETIMEDOUT: 'nothing answers there; check the network and firewalls, or correct host and port in database.url',
  '28P01': 'the user or the password is wrong; correct database.url',
  '28000':
    'the database server does not let this user in from here; check user and sslmode in database.url, and pg_hba.conf of the server',
  '3D000': 'there is no such database; create it ("create database …"), or correct its name in database.url',
  '42501': 'the user may not make tables; grant it CREATE on the schema, or make it the owner of the database',
  '53300':
    'the database server has no connection left; lower database.pool_size, or raise max_connections of the server',
  '57P03': 'the database server is starting or stopping; start this server again when it is up',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'nobody vouches for its certificate; name the authority with sslrootcert=<file> in database.url',
  SELF_SIGNED_CERT_IN_CHAIN:
    'nobody vouches for its certificate; name the authority with sslrootcert=<file> in database.url',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'nobody vouches for its certificate; name the authority with sslrootcert=<file> in database.url',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another host; use the name in the certificate, or sslmode=verify-ca',
}

/** Of errors of the driver that have no code. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/does not support SSL/i, 'it speaks no TLS; switch TLS on there, or add sslmode=disable to database.url'],
  [/timeout/i, 'nothing answers there; check the network and firewalls, or correct host and port in database.url'],
  [/no password|password must be a string/i, 'it asks for a password; add one to database.url'],
]

/** The reason and what to do about it. No driver puts a password into its errors. */
export function describeOpenFailure(error: unknown): string {
  const causes = chain(error)
  const reason = causes.map(({ message }) => message).find((message) => message !== '') ?? String(error)
  const byCode = causes.map(({ code }) => WAYS_OUT[code]).find((way) => way !== undefined)
  const way = byCode ?? BY_MESSAGE.find(([pattern]) => causes.some(({ message }) => pattern.test(message)))?.[1]
  return way === undefined ? reason : `${way} (${reason})`
}

// An address that resolves to several fails with an error for each.
function chain(error: unknown): { message: string; code: string }[] {
  if (!(error instanceof Error)) return []
  const below = error instanceof AggregateError ? error.errors : [error.cause]
  const code = 'code' in error ? String(error.code) : ''
  return [{ message: error.message, code }, ...below.flatMap(chain)]
}
