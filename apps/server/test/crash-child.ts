import { startTestServer } from './start-test-server.ts'
import { reopenTestDatabase } from './test-database.ts'

const [url = '', folder = '', settings = '{}'] = process.argv.slice(2)
const server = await startTestServer({ database: reopenTestDatabase(url, folder), settings: JSON.parse(settings) })
process.stdout.write(`${server.url}\n`)
