import { NO_POSTGRES } from '@landlord/test-postgres'
import { beforeEach, inject } from 'vitest'
import { POSTGRES_URL_VARIABLE } from './postgres-url-variable.ts'

const url = inject('postgresUrl')
if (url === undefined) beforeEach(({ skip }) => skip(NO_POSTGRES))
else process.env[POSTGRES_URL_VARIABLE] = url
