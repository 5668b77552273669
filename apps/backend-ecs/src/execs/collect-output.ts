import type { RunningExec } from '../sessions/start-exec.ts'

/** All that a short command says, and how it ended. */
export async function collectOutput(exec: RunningExec): Promise<{ stdout: string; stderr: string; exitCode: number }> {
  const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  for await (const { stream, content } of exec.output) chunks[stream].push(content)
  return {
    stdout: Buffer.concat(chunks.stdout).toString('utf8'),
    stderr: Buffer.concat(chunks.stderr).toString('utf8'),
    exitCode: await exec.exitCode,
  }
}
