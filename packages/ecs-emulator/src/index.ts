export {
  createManualClock,
  createRealClock,
  type EmulatorClock,
  type ManualClock,
  type ManualClockSettings,
  type RealClockSettings,
} from './clock.ts'
export type { EmulatorControl, EmulatorCounters } from './control.ts'
export type { DockerSettings } from './docker/connect-engine.ts'
export type { Fault, FaultKind } from './faults.ts'
export type { Quirks } from './quirks.ts'
export { type EcsEmulatorSettings, type RunningEcsEmulator, startEcsEmulator } from './start-ecs-emulator.ts'
export type { TaskBehaviour, TaskScript } from './task-behaviour.ts'
