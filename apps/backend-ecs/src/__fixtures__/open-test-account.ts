import { type RunningEcsEmulator, startEcsEmulator } from '@landlord/ecs-emulator'
import { onTestFinished } from 'vitest'
import { type AwsAccount, openAwsAccount } from '../aws/aws-account.ts'

/** An emulated account as a backend opens it, found through the environment. Ends with the test. */
export async function openTestAccount(): Promise<{ readonly emulator: RunningEcsEmulator; readonly aws: AwsAccount }> {
  const emulator = await startEcsEmulator()
  onTestFinished(() => emulator.close())
  process.env.AWS_ENDPOINT_URL = emulator.url
  process.env.AWS_ACCESS_KEY_ID = 'emulator'
  process.env.AWS_SECRET_ACCESS_KEY = 'emulator'
  const aws = openAwsAccount({ region: emulator.region })
  onTestFinished(() => aws.close())
  return { emulator, aws }
}
