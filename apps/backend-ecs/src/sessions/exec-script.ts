import { quote } from 'shlex'
import { badRequest } from '../errors/docker-error.ts'

export interface ExecCommand {
  readonly command: readonly string[]
  /** `NAME=value`. */
  readonly env: readonly string[]
  /** Empty: the container's own. */
  readonly workingDir: string
}

/** First characters of lines that the script prints; none is one of base64's. */
export const LINE = { ready: '!', stdout: ':', stderr: ';', exitCode: '?', end: '#' } as const
/** The line that ends the input. */
export const END_OF_INPUT = '-'

/**
 * ECS gives every command a terminal, merges its streams, and does not tell its exit code. The script runs it on pipes and
 * prints base64 lines of what comes out of each, and the code. `exec` in a sub-shell: a program, never the shell's built-in.
 * Its loop reads what there is, at most 48 KiB, so that nothing waits for more to come.
 */
const SCRIPT = `stty raw -echo 2>/dev/null
e() { while c=$(dd bs=49152 count=1 2>/dev/null | base64) && [ -n "$c" ]; do printf '%s\\n' "$c" | sed "s/^/$1/"; done; }
d() { while IFS= read -r l && [ "$l" != ${END_OF_INPUT} ]; do printf %s "$l" | base64 -d; done; }
r() { (exec "$@" 9>&-); printf '${LINE.exitCode}%s\\n' $? >&9; }
exec 9>&1
printf '${LINE.ready}\\n'
{ { %RUN% 2>&1 >&3 3>&- | e '${LINE.stderr}' >&9; } 3>&1 | e '${LINE.stdout}' >&9; }
printf '${LINE.end}\\n'`

/** For a client without a terminal: streams apart, input that can end. */
export function pipedScript(command: ExecCommand, hasInput: boolean): string {
  const run = hasInput ? '{ d | r "$@"; }' : '{ r "$@" </dev/null; }'
  return toCommandLine(SCRIPT.replace('%RUN%', run), command)
}

/** Around what the script says to a client with a terminal: the record separator, which programs do not print by chance. */
export const SEPARATOR = '\x1e'

/** For a client with a terminal: the terminal itself, and the exit code behind it. `mark` is made of letters and digits. */
export function terminalScript(command: ExecCommand, mark: string): string {
  const say = (text: string): string => `printf '\\036%s\\036' "${mark}${text}"`
  return toCommandLine(`trap : INT QUIT\n${say('')}\n(exec "$@")\n${say('$?')}`, command)
}

function toCommandLine(script: string, { command, env, workingDir }: ExecCommand): string {
  const directory = workingDir === '' ? '' : `cd ${quote(workingDir)} || exit 126\n`
  const variables = env.map((entry) => `export ${toAssignment(entry)}\n`).join('')
  // The agent splits the line as a shell would, and starts it without one.
  return [
    '/bin/sh',
    '-c',
    quote(`${directory}${variables}${script}`),
    'sh',
    ...command.map((word) => quote(word)),
  ].join(' ')
}

function toAssignment(entry: string): string {
  const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(entry) ?? []
  if (name === undefined)
    throw badRequest(
      `exec: a variable must be NAME=value with letters, digits and _ in its name, not ${JSON.stringify(entry.split('=')[0])}`,
    )
  return `${name}=${quote(value ?? '')}`
}
