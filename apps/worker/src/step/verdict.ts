import type { WorkerReport } from '@landlord/api-contract'
import type { Cursor } from './cursor.ts'

type ReportOf<Outcome extends WorkerReport['outcome']> = Extract<WorkerReport, { outcome: Outcome }>

/** What follows from what a provider answered: what the server is told, and what comes next. */
export type Verdict =
  /** Tell, then look at the status in the same step. */
  | { readonly next: 'look'; readonly cursor: Cursor; readonly report: ReportOf<'in_progress'> }
  /** Come back later. */
  | {
      readonly next: 'wait'
      readonly cursor: Cursor
      readonly delayMs: number
      readonly report?: ReportOf<'in_progress' | 'backing_off'>
    }
  | { readonly next: 'succeed'; readonly report: ReportOf<'succeeded'> }
  /** `askUsable`: whether the instance still serves is not known yet, and the provider can tell. */
  | { readonly next: 'fail'; readonly report: ReportOf<'failed'>; readonly askUsable: boolean }
