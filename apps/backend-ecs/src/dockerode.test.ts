import { PassThrough, type Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { NO_ENGINE } from '@landlord/test-engine'
import type Docker from 'dockerode'
import tar from 'tar-stream'
import { expect, test } from 'vitest'
import { engine, startTestBackend } from './__fixtures__/start-test-backend.ts'

const needs = engine === undefined ? ` (${NO_ENGINE})` : ''
const withEngine = test.skipIf(engine === undefined)

async function startPulled() {
  const backend = await startTestBackend()
  const { dockerode, image } = backend
  const stream = await dockerode.pull(image)
  await new Promise((resolve) => dockerode.modem.followProgress(stream, resolve))
  return backend
}

/** What a framed stream says on standard output. */
async function outputOf(dockerode: Docker, stream: NodeJS.ReadableStream): Promise<string> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  dockerode.modem.demuxStream(stream, stdout, stderr)
  stream.on('end', () => stdout.end())
  return await text(stdout)
}

withEngine(`dockerode runs, attaches, follows and talks to containers${needs}`, async () => {
  const { dockerode, image } = await startPulled()
  const said = new PassThrough()
  const printed = text(said)
  const [result] = (await dockerode.run(image, ['sh', '-c', 'echo hello; exit 3'], said, { Tty: true })) as [
    { StatusCode: number },
    Docker.Container,
  ]
  expect(result.StatusCode).toBe(3)
  expect(await printed).toBe('hello\r\n')

  const container = await dockerode.createContainer({ Image: image, Cmd: ['sh', '-c', 'echo one; sleep 1; echo two'] })
  const attached = await container.attach({ stream: true, stdout: true, stderr: true })
  const output = outputOf(dockerode, attached)
  await container.start()
  const followed = outputOf(dockerode, await container.logs({ follow: true, stdout: true }))
  expect(await Promise.all([output, followed])).toEqual(['one\ntwo\n', 'one\ntwo\n'])

  const web = await dockerode.createContainer({ name: 'web', Image: image, Cmd: ['sleep', '600'] })
  await web.start()
  const exec = await web.exec({ Cmd: ['cat'], AttachStdin: true, AttachStdout: true })
  const stream = await exec.start({ hijack: true, stdin: true })
  const echoed = outputOf(dockerode, stream)
  stream.end('typed')
  expect(await echoed).toBe('typed')
  expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 0 })

  const pack = tar.pack()
  pack.entry({ name: 'in.txt' }, 'content')
  pack.finalize()
  await web.putArchive(await buffer(pack as never), { path: '/tmp' })
  const names: string[] = []
  const extract = tar.extract()
  ;((await web.getArchive({ path: '/tmp/in.txt' })) as unknown as Readable).pipe(extract)
  for await (const entry of extract) {
    names.push(`${entry.header.name} ${await text(entry as never)}`)
  }
  expect(names).toEqual(['in.txt content'])
})

withEngine(`dockerode asks for the engine, images and networks${needs}`, async () => {
  const { dockerode, image } = await startPulled()
  expect(await dockerode.version()).toMatchObject({ Os: 'linux', ApiVersion: '1.47' })
  expect(await dockerode.info()).toMatchObject({ OperatingSystem: 'AWS Fargate', Images: 1 })
  await dockerode.getImage(image).tag({ repo: 'mine', tag: '1' })
  expect((await dockerode.getImage('mine:1').inspect()).RepoTags).toContain('mine:1')
  expect(await dockerode.getImage('mine:1').history()).not.toEqual([])
  await dockerode.getImage('mine:1').remove()

  const container = await dockerode.createContainer({ name: 'web', Image: image, Cmd: ['sleep', '600'] })
  await container.start()
  const network = await dockerode.createNetwork({ Name: 'one' })
  await network.connect({ Container: 'web' })
  expect(Object.keys((await network.inspect()).Containers ?? {})).toEqual([container.id])
  await network.disconnect({ Container: 'web' })
  expect((await network.inspect()).Containers).toEqual({})
  await network.remove()
  expect(await dockerode.df()).toMatchObject({ Images: [{ Containers: 1 }], Containers: [{ Id: container.id }] })
})
