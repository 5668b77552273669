// Documented: "Request throttling for the Amazon ECS API". Captured: a service without load balancer is stable after 29 s.
export const CREATE_BURST = 50
export const CREATES_PER_SECOND = 5
export const STABLE_AFTER_S = 29

/** What AWS's request rates allow one account and Region: the creates, and the last of them becoming stable. */
export function floorSeconds(services: number): number {
  return Math.max(0, services - CREATE_BURST) / CREATES_PER_SECOND + STABLE_AFTER_S
}
