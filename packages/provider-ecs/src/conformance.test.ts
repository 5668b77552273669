import { conformance } from '@landlord/provider-conformance'
import { describe, expect, it } from 'vitest'
import { createHarness } from './__fixtures__/conformance-harness.ts'
import { ecsCapabilities } from './ecs-capabilities.ts'

conformance({ describe, it, expect, capabilities: ecsCapabilities, createHarness: () => createHarness() })
