/** Codes of failures that come from the worker itself, beside those of `ComputeError` and the reasons of a status. */
export const FAILURE_CODES = {
  deadline: 'timeout',
  unhealthy: 'unhealthy',
  stopped: 'stopped',
  stillRunning: 'still_running',
  notOfTheContract: 'internal_error',
} as const
