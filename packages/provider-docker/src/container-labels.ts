/** Labels of our containers besides the ownership marks. All are set on every container: an image could carry them too. */
export const CONTAINER_LABELS = {
  /** The accepted configuration as JSON, with the names of the environment variables and without their values. */
  config: 'landlord.config',
  /** The id of the container that this one is to replace; it counts only while that one exists. */
  replaces: 'landlord.replaces',
  /** The operation that created the container. */
  operation: 'landlord.operation',
  generation: 'landlord.generation',
  /** The names of the secrets as JSON, each with the fingerprint of its value. */
  secrets: 'landlord.secrets',
  restartToken: 'landlord.restart_token',
  /** `true` when it was created for a suspended tenant: it is meant not to have been started. */
  suspended: 'landlord.suspended',
  /** `false` on an engine without a host: it got no options about one, and its limits are rounded. */
  hostOptions: 'landlord.host_options',
} as const
