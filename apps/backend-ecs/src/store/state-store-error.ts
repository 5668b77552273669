/** The state file cannot be used: which, and why. */
export class StateStoreError extends Error {
  constructor({ dataDir, cause }: { dataDir: string; cause: unknown }) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const advice = /locked|busy/.test(reason)
      ? 'another backend uses it; stop that one, or give this one another --data-dir'
      : 'give a folder that this user may write to as --data-dir, or :memory:'
    super(`data_dir ${dataDir}: ${reason}; ${advice}`, { cause })
    this.name = 'StateStoreError'
  }
}
