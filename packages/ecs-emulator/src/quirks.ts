/**
 * Ways to be deliberately wrong, as less honest emulators are: switched on to show that a client's safeguards hold something up.
 * AWS does none of this.
 */
export interface Quirks {
  /** Deployments show as COMPLETED with all tasks running from the first moment, whatever the tasks really do. */
  readonly instantStability?: boolean
  /** A deleted service is INACTIVE at once, while its tasks are still stopping. */
  readonly noDraining?: boolean
}
