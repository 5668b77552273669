import { readFileSync } from 'node:fs'

// One level up from both src and dist.
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

export const BACKEND_VERSION: string = version
