import { Type } from 'typebox'
import type { RouteDefinition } from './route-definition.ts'
import { idParams } from './route-parts.ts'
import { HeartbeatReceipt, WorkerHeartbeat } from './schemas/diagnosis.ts'
import { OrphanScanReport } from './schemas/orphan-protocol.ts'
import { WorkerObservation } from './schemas/worker-observation.ts'
import {
  DesiredState,
  Installation,
  PlanAnswer,
  PlanReceipt,
  ReportReceipt,
  WORKER_PROTOCOL_HEADER,
  WorkerReport,
} from './schemas/worker-protocol.ts'

const protocolHeaders = Type.Object({ [WORKER_PROTOCOL_HEADER]: Type.Optional(Type.Integer({ minimum: 1 })) })

/** What workers call; with a token of their own, and not part of the public document. */
export const workerRoutes = {
  getInstallation: {
    method: 'GET',
    path: '/internal/v1/installation',
    summary: "The control plane's id",
    tag: 'worker',
    access: 'worker',
    responses: { 200: Installation },
  },
  reportWorker: {
    method: 'POST',
    path: '/internal/v1/workers/{id}',
    summary: 'That a worker is there',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: WorkerHeartbeat,
    responses: { 200: HeartbeatReceipt },
  },
  getDesiredState: {
    method: 'GET',
    path: '/internal/v1/tenants/{id}/desired',
    summary: 'What a tenant should be now',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    headers: protocolHeaders,
    responses: { 200: DesiredState },
  },
  reportProgress: {
    method: 'POST',
    path: '/internal/v1/tenants/{id}/report',
    summary: 'What a step came to',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    headers: protocolHeaders,
    body: WorkerReport,
    responses: { 200: ReportReceipt },
  },
  reportOrphanScan: {
    method: 'POST',
    path: '/internal/v1/orphan-scans/{id}/report',
    summary: 'What a scan has found',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: OrphanScanReport,
    responses: { 200: ReportReceipt },
  },
  getPlanRequest: {
    method: 'GET',
    path: '/internal/v1/plans/{id}',
    summary: 'What is to be planned',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    responses: { 200: DesiredState },
  },
  answerPlan: {
    method: 'POST',
    path: '/internal/v1/plans/{id}/answer',
    summary: 'What a plan came to',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: PlanAnswer,
    responses: { 200: PlanReceipt },
  },
  reportObservation: {
    method: 'POST',
    path: '/internal/v1/tenants/{id}/observation',
    summary: 'What a tenant looked like',
    tag: 'worker',
    access: 'worker',
    params: idParams,
    body: WorkerObservation,
    responses: { 200: ReportReceipt },
  },
} as const satisfies Record<string, RouteDefinition>
