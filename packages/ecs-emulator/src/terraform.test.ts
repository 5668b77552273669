import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  DescribeServicesCommand,
  DescribeTasksCommand,
  ECSClient,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
} from '@aws-sdk/client-ecs'
import { findTerraform } from '@landlord/test-engine/find-terraform'
import { describe, expect, onTestFinished, test } from 'vitest'
import { expectSuccess, type ProgramRun, runProgram } from './__fixtures__/run-program.ts'
import { CREDENTIALS } from './__fixtures__/start-account.ts'
import { type RunningEcsEmulator, startEcsEmulator } from './index.ts'

const EXAMPLE = fileURLToPath(new URL('../examples/terraform', import.meta.url))
/** `terraform plan -detailed-exitcode`: 0 is an empty plan. */
const NOTHING_TO_DO = 0
/** Terraform itself takes ten seconds before it first looks at a new cluster, and starts its provider anew each time. */
const TIMEOUT_MS = 240_000

const found = findTerraform()

describe.skipIf(found.kind === 'absent')(
  `terraform${found.kind === 'absent' ? ` (skipped: ${found.why})` : ''}`,
  () => {
    test('the example is applied, planned empty, changed and destroyed', { timeout: TIMEOUT_MS }, async () => {
      if (found.kind === 'absent') return
      const emulator = await startEcsEmulator({ speed: 20 })
      onTestFinished(() => emulator.close())
      const ecs = clientOf(emulator)
      const terraform = await prepareExample(emulator)
      await expectSuccess(terraform('init', '-plugin-dir', found.pluginDir))

      await expectSuccess(terraform('apply', '-auto-approve'))
      const first = await readService(ecs)
      expect(first).toMatchObject({ status: 'ACTIVE', runningCount: 2, tags: [{ key: 'team', value: 'shop' }] })
      expect(await tagsOfTasks(ecs)).toEqual(Array(2).fill([{ key: 'team', value: 'shop' }]))

      const empty = await terraform('plan', '-detailed-exitcode')
      expect(empty.exitCode, empty.stdout + empty.stderr).toBe(NOTHING_TO_DO)

      await expectSuccess(terraform('apply', '-auto-approve', '-var', 'image=shop:2'))
      const second = await readService(ecs)
      expect(second).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY' }] })
      expect(second?.taskDefinition).toBe(first?.taskDefinition?.replace(/:1$/, ':2'))
      const unchanged = await terraform('plan', '-detailed-exitcode', '-var', 'image=shop:2')
      expect(unchanged.exitCode, unchanged.stdout + unchanged.stderr).toBe(NOTHING_TO_DO)

      await expectSuccess(terraform('destroy', '-auto-approve'))
      const { taskDefinitionArns } = await ecs.send(new ListTaskDefinitionsCommand({}))
      expect(taskDefinitionArns).toEqual([])
      await expect(readService(ecs)).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
    })
  },
)

type Terraform = (command: string, ...parameters: string[]) => Promise<ProgramRun>

/** In a folder of its own, for Terraform writes its state beside the configuration. */
async function prepareExample(emulator: RunningEcsEmulator): Promise<Terraform> {
  const folder = await mkdtemp(join(tmpdir(), 'ecs-emulator-terraform-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(EXAMPLE, folder, { recursive: true })
  const settingsFile = join(folder, 'settings.tfrc')
  await writeFile(settingsFile, 'disable_checkpoint = true\n')
  const env = {
    HOME: folder,
    TF_CLI_CONFIG_FILE: settingsFile,
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    TF_VAR_endpoint: emulator.url,
  }
  return (command, ...parameters) =>
    runProgram('terraform', [command, '-no-color', ...parameters], { cwd: folder, env })
}

function clientOf({ url, region }: RunningEcsEmulator): ECSClient {
  const ecs = new ECSClient({ endpoint: url, region, credentials: CREDENTIALS })
  onTestFinished(() => ecs.destroy())
  return ecs
}

async function readService(ecs: ECSClient) {
  const { services } = await ecs.send(
    new DescribeServicesCommand({ cluster: 'fleet', services: ['shop'], include: ['TAGS'] }),
  )
  return services?.[0]
}

async function tagsOfTasks(ecs: ECSClient) {
  const { taskArns } = await ecs.send(new ListTasksCommand({ cluster: 'fleet' }))
  const { tasks } = await ecs.send(new DescribeTasksCommand({ cluster: 'fleet', tasks: taskArns, include: ['TAGS'] }))
  return tasks?.map(({ tags }) => tags)
}
