import { AsyncResource, createHook, executionAsyncId } from 'node:async_hooks'
import childProcess from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { setImmediate } from 'node:timers/promises'

// The names of Node's native handles and requests for files, sockets, names and processes.
const IO_RESOURCE = /^(FS|FILEHANDLE|TCP|PIPE|UDP|TLS|HTTP|GETADDR|GETNAME|QUERY|DNS|PROCESS|STAT|WORKER|QUIC)/

// A request on a connection that is open already makes no new handle; these two tell of it.
const REQUEST_CHANNELS = ['undici:request:create', 'http.client.request.start']

// What a call leaves behind starts in one of the next turns of the event loop: `fetch` connects in the second.
const TURNS_TO_WATCH = 5

/**
 * The input and output that a synchronous call does or sets off: file and process calls that block, by wrapping them
 * while it runs; handles and requests that do not, by following its asynchronous descendants. Nothing is prevented.
 * A reference to a blocking function that a CommonJS module took before is not seen.
 */
export async function detectIo(call: () => void): Promise<string[]> {
  const found = new Set<string>()
  const descendants = new Set<number>()
  const scope = new AsyncResource('landlord.conformance')
  descendants.add(scope.asyncId())

  const hook = createHook({
    init(asyncId, type, triggerAsyncId) {
      if (!descendants.has(triggerAsyncId) && !descendants.has(executionAsyncId())) return
      descendants.add(asyncId)
      if (IO_RESOURCE.test(type)) found.add(type)
    },
  })
  const onRequest = (_message: unknown, channel: string | symbol) => {
    if (descendants.has(executionAsyncId())) found.add(String(channel))
  }
  for (const channel of REQUEST_CHANNELS) subscribe(channel, onRequest)
  hook.enable()
  const restore = wrapBlockingCalls((name) => found.add(name))
  try {
    scope.runInAsyncScope(call)
  } finally {
    restore()
    for (let turn = 0; turn < TURNS_TO_WATCH; turn++) await setImmediate()
    hook.disable()
    for (const channel of REQUEST_CHANNELS) unsubscribe(channel, onRequest)
  }
  return [...found].sort()
}

function wrapBlockingCalls(onCall: (name: string) => void): () => void {
  const originals: (() => void)[] = []
  for (const module of [fs, childProcess]) {
    for (const [name, original] of Object.entries(module) as [string, unknown][]) {
      if (!name.endsWith('Sync') || typeof original !== 'function') continue
      Reflect.set(module, name, function (this: unknown, ...args: unknown[]) {
        onCall(name)
        return Reflect.apply(original, this, args)
      })
      originals.push(() => Reflect.set(module, name, original))
    }
  }
  syncBuiltinESMExports()
  return () => {
    for (const restoreOne of originals) restoreOne()
    syncBuiltinESMExports()
  }
}
