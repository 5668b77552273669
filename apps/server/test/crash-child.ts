import { startTestServer } from './start-test-server.ts'

const [folder = ''] = process.argv.slice(2)
const { url } = await startTestServer({ folder })
process.stdout.write(`${url}\n`)
