import { renderFields } from '../render/table.ts'
import type { Colors } from '../terminal.ts'
import type { DockerPresence } from './detect-docker.ts'

export interface ReadyView {
  readonly url: string
  /** False when the client commands would look elsewhere by themselves. */
  readonly isDefaultUrl: boolean
  readonly dataDirectory: string
  readonly logFile: string
  readonly engine: string
  readonly providers: readonly string[]
  /** Undefined with `--no-docker`. */
  readonly docker: DockerPresence | undefined
  readonly settingsFile: string | undefined
  /** How this program is called here: `landlord`, or through the package manager. */
  readonly program: string
}

/** Where everything is, and what to type next. The first line is for scripts to wait for. */
export function renderReady(view: ReadyView, colors: Colors): string {
  const fields = renderFields(
    [
      ['API', `${view.url}/v1`],
      ['API docs', `${view.url}/v1/docs`],
      ['Providers', view.providers.join(', ')],
      ['Docker', dockerLine(view)],
      ['Engine', view.engine],
      ['Settings', view.settingsFile],
      ['Data', view.dataDirectory],
      ['Log', view.logFile],
    ],
    colors,
  )
  return [
    `${colors.green('Landlord is ready at')} ${colors.bold(view.url)}`,
    fields.replaceAll(/^/gm, '  '),
    `Next, in another terminal:\n  ${colors.cyan(nextCommand(view))}`,
    colors.dim('Ctrl-C stops Landlord; its tenants stay as they are, and work goes on at the next start.'),
  ].join('\n\n')
}

function dockerLine({ docker, providers }: ReadyView): string {
  if (docker === undefined) return 'switched off'
  switch (docker.kind) {
    case 'answers':
      return `engine ${docker.version} at ${docker.where}`
    case 'not_asked':
      return `${docker.where}, not asked yet`
    case 'absent': {
      const configured = providers.includes('docker') ? '; enabled all the same, because the settings configure it' : ''
      return `no engine at ${docker.where}: ${docker.why}${configured}`
    }
  }
}

function nextCommand({ program, providers, docker, url, isDefaultUrl }: ReadyView): string {
  const hasDocker = docker?.kind === 'answers' && providers.includes('docker')
  const what = hasDocker
    ? `--provider docker --config '{"image":"nginx:alpine","ports":[{"container_port":80}]}'`
    : '--provider mock'
  return `${program} create acme ${what} --wait${isDefaultUrl ? '' : ` --api-url ${url}`}`
}
