// Every time in seconds that the simulation uses, with the label under which docs/fidelity.md lists it.

/** Captured: created, network connected, pull started, started. */
export const CONNECTED_AFTER_S = 5
export const PULL_STARTED_AFTER_S = 11
export const STARTED_AFTER_S = 22
/** Inferred: the pull ends shortly before the start. */
export const PULL_STOPPED_BEFORE_START_S = 2
/** Inferred: a pull that fails does so soon. */
export const PULL_FAILED_AFTER_S = 13
/** Captured: a deployment completes about 7 s after its last task started. */
export const SETTLED_AFTER_START_S = 7
/** Captured as 15 to 20 s: the first deployment of a service with nothing to run. */
export const EMPTY_DEPLOYMENT_S = 17
/** Captured: exit after SIGTERM; STOPPED once the network interface is released. */
export const EXIT_AFTER_SIGTERM_S = 1.4
export const RELEASED_AFTER_STOP_S = 25
/** Inferred: a task without a network interface of its own has none to release. */
export const RELEASED_WITHOUT_INTERFACE_S = 2
/** Documented: SIGKILL after 30 s unless the container definition says otherwise. */
export const DEFAULT_STOP_TIMEOUT_S = 30
/** Captured as between 55 and 59 s: a deleted service becomes INACTIVE. */
export const DRAINING_AT_LEAST_S = 57
/** Documented: stopped tasks are shown for at least an hour. */
export const STOPPED_TASK_VISIBLE_S = 3600
/** Invented: AWS does not say for how long an INACTIVE service is shown. */
export const INACTIVE_SERVICE_VISIBLE_S = 3600
/** Inferred: how soon the scheduler looks at a service after a change. */
export const SCHEDULER_DELAY_S = 1
/** Documented up to 15 min and growing; the first delay and the factor 2 are invented. */
export const FIRST_BACKOFF_S = 10
export const LONGEST_BACKOFF_S = 900
/** Inferred: a container health check passes after about 10 s. */
export const HEALTHY_AFTER_START_S = 10
/** Captured: the steady-state event comes 1 ms after the completion. */
export const STEADY_EVENT_AFTER_MS = 1
