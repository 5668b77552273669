export { createDatabase, dropDatabase } from './databases.ts'
export { NO_POSTGRES, startTestPostgres, type TestPostgres } from './start-test-postgres.ts'
