import { randomBytes } from 'node:crypto'
import type { Session } from '@aws-sdk/client-ecs'
import { END_OF_INPUT, type ExecCommand, pipedScript, terminalScript } from './exec-script.ts'
import { readFrames } from './read-frames.ts'
import { readTerminal } from './read-terminal.ts'
import { SessionChannel } from './session-channel.ts'
import { SessionError } from './session-error.ts'

export interface ExecRequest extends ExecCommand {
  readonly tty: boolean
  readonly hasInput: boolean
  /** Asks ECS for a session that runs the command line. */
  readonly openSession: (commandLine: string) => Promise<Session>
  readonly signal: AbortSignal
}

interface ExecOutput {
  readonly stream: 'stdout' | 'stderr'
  readonly content: Buffer
}

/** A command that runs. */
export interface RunningExec {
  /** Ends when the command and what it has left writing have ended. Must be read to its end. */
  readonly output: AsyncIterable<ExecOutput>
  /** Settles when the output has ended. Rejects with `SessionError` when the session broke before the code was known. */
  readonly exitCode: Promise<number>
  write(input: Buffer): Promise<void>
  endInput(): Promise<void>
  resize(size: { readonly rows: number; readonly columns: number }): void
  close(): void
}

/** Input goes in lines of a terminal, of which 4,095 characters count. */
const LINE_BYTES = 2880

/** Starts the command and resolves when it runs. Rejects with `SessionError`, e.g. when the image has no /bin/sh. */
export async function startExec(request: ExecRequest): Promise<RunningExec> {
  return request.tty ? await startTerminal(request) : await startPiped(request)
}

async function startPiped(request: ExecRequest): Promise<RunningExec> {
  const { signal, hasInput } = request
  const channel = await SessionChannel.open(await request.openSession(pipedScript(request, hasInput)), signal)
  const frames = readFrames(channel.output)
  const code = Promise.withResolvers<number>()
  code.promise.catch(() => undefined)
  let isInputOpen = hasInput
  const endInput = async (): Promise<void> => {
    if (!isInputOpen) return
    isInputOpen = false
    await channel.write(Buffer.from(`${END_OF_INPUT}\n`))
  }
  const early = await untilReady(frames)

  async function* read(): AsyncGenerator<ExecOutput> {
    try {
      for await (const frame of frames) {
        if (frame.kind === 'end') break
        if (frame.kind === 'stdout' || frame.kind === 'stderr') yield { stream: frame.kind, content: frame.content }
        if (frame.kind === 'exit') {
          code.resolve(frame.code)
          // What feeds the command waits for its next line.
          await endInput()
        }
      }
    } catch (error) {
      code.reject(error)
      throw error
    } finally {
      // Whoever reads may have left before the end.
      code.reject(new SessionError(early ?? ENDED_EARLY))
      channel.close()
    }
  }

  return {
    output: read(),
    exitCode: code.promise,
    async write(input) {
      for (let at = 0; isInputOpen && at < input.length; at += LINE_BYTES) {
        await channel.write(Buffer.from(`${input.toString('base64', at, Math.min(at + LINE_BYTES, input.length))}\n`))
      }
    },
    endInput,
    resize: () => {},
    close: () => channel.close(),
  }
}

/** The first thing the script says; what comes in its place is the shell's word on why there is none. */
async function untilReady(parts: AsyncIterator<{ readonly kind: string }>): Promise<string | undefined> {
  const first = await parts.next()
  if (first.done === true) throw new SessionError(NO_SHELL)
  return first.value.kind === 'ready' ? undefined : NO_SHELL
}

const ENDED_EARLY = 'the session ended before its command'
const NO_SHELL =
  'the command could not be started: exec needs /bin/sh, base64, dd and sed in the image, and a working directory that exists'

async function startTerminal(request: ExecRequest): Promise<RunningExec> {
  const mark = randomBytes(8).toString('hex')
  const channel = await SessionChannel.open(await request.openSession(terminalScript(request, mark)), request.signal)
  const parts = readTerminal(channel.output, mark)
  const code = Promise.withResolvers<number>()
  code.promise.catch(() => undefined)
  await untilReady(parts)

  async function* read(): AsyncGenerator<ExecOutput> {
    try {
      for await (const part of parts) {
        if (part.kind === 'output') yield { stream: 'stdout', content: part.content }
        if (part.kind === 'exit') code.resolve(part.code)
      }
    } catch (error) {
      code.reject(error)
      throw error
    } finally {
      code.reject(new SessionError(ENDED_EARLY))
      channel.close()
    }
  }

  return {
    output: read(),
    exitCode: code.promise,
    write: (input) => channel.write(input),
    endInput: async () => {},
    resize: (size) => channel.resize(size),
    close: () => channel.close(),
  }
}
