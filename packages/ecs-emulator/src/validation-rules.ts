import type { RegisterTaskDefinitionRequest, Tag } from '@aws-sdk/client-ecs'
import { clientException, invalidParameter } from './ecs-error.ts'

/** How well a behaviour is known; see docs/fidelity.md. */
type Label = 'captured' | 'documented' | 'inferred' | 'invented'

/** A rule that the SDK's schemas do not carry. The label is the rule's; texts are those that users report, else invented. */
export interface Rule<Subject> {
  readonly label: Label
  /** The message of the refusal, or nothing when the subject passes. */
  readonly refuses: (subject: Subject) => string | false
}

export function checkRules<Subject>(rules: readonly Rule<Subject>[], subject: Subject): void {
  for (const { refuses } of rules) {
    const message = refuses(subject)
    if (message !== false) throw invalidParameter(message)
  }
}

const NAME = /^[A-Za-z0-9_-]{1,255}$/
const RESERVED = /^aws:/i
const TAG_CHARACTERS = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/** Documented: 1 to 255 letters, digits, hyphens, underscores. The text is invented. */
export function checkName(what: string, name: string): void {
  if (NAME.test(name)) return
  throw invalidParameter(`${what} must be 1 to 255 letters, numbers, hyphens or underscores: "${name}".`)
}

const TAG_RULES: readonly Rule<Tag>[] = [
  {
    label: 'documented',
    refuses: ({ key = '' }) => (key.length < 1 || key.length > 128) && `Invalid tag key length: "${key}".`,
  },
  {
    label: 'documented',
    refuses: ({ key, value = '' }) => value.length > 256 && `The value of tag "${key}" is longer than 256.`,
  },
  {
    label: 'documented',
    refuses: ({ key = '', value = '' }) =>
      (RESERVED.test(key) || RESERVED.test(value)) && `Tag keys and values must not start with aws: "${key}".`,
  },
  {
    label: 'documented',
    refuses: ({ key = '', value = '' }) =>
      !(TAG_CHARACTERS.test(key) && TAG_CHARACTERS.test(value)) && `Tag "${key}" has characters that are not allowed.`,
  },
]

export function checkTags(tags: readonly Tag[] | undefined): void {
  if (tags === undefined) return
  if (tags.length > 50) throw invalidParameter('Tags can not contain more than 50 items.')
  for (const tag of tags) checkRules(TAG_RULES, tag)
}

const TASK_DEFINITION_RULES: readonly Rule<RegisterTaskDefinitionRequest>[] = [
  {
    label: 'documented',
    refuses: ({ containerDefinitions = [] }) => containerDefinitions.length === 0 && 'Container list cannot be empty.',
  },
  {
    label: 'documented',
    refuses: ({ containerDefinitions = [] }) =>
      containerDefinitions.some(({ name, image }) => !name || !image) &&
      'Container.name and Container.image should not be null or empty.',
  },
  {
    label: 'documented',
    refuses: ({ containerDefinitions = [] }) => {
      const wrong = containerDefinitions.find(({ name = '' }) => !NAME.test(name))
      return (
        wrong !== undefined &&
        `Container.name must be 1 to 255 letters, numbers, hyphens or underscores: "${wrong.name}".`
      )
    },
  },
  {
    label: 'inferred',
    refuses: ({ containerDefinitions = [] }) => {
      const names = containerDefinitions.map(({ name }) => name)
      const twice = names.find((name, index) => names.indexOf(name) !== index)
      return twice !== undefined && `A task definition cannot have several containers named ${twice}.`
    },
  },
  {
    label: 'documented',
    refuses: ({ containerDefinitions = [], volumes = [] }) => {
      const mounted = containerDefinitions.flatMap(({ mountPoints = [] }) => mountPoints)
      const unknown = mounted.find(({ sourceVolume }) => !volumes.some(({ name }) => name === sourceVolume))
      return unknown !== undefined && `Unknown volume '${unknown.sourceVolume ?? null}'.`
    },
  },
  {
    label: 'documented',
    refuses: ({ containerDefinitions = [] }) =>
      !containerDefinitions.some(({ essential }) => essential !== false) &&
      'A task definition must have at least one essential container.',
  },
  {
    label: 'documented',
    refuses: ({ requiresCompatibilities = [], networkMode }) =>
      requiresCompatibilities.includes('FARGATE') &&
      networkMode !== 'awsvpc' &&
      'Fargate only supports network mode ‘awsvpc’.',
  },
  {
    label: 'documented',
    refuses: ({ requiresCompatibilities = [], cpu, memory }) =>
      requiresCompatibilities.includes('FARGATE') &&
      (cpu === undefined || memory === undefined) &&
      "Fargate requires that 'cpu' and 'memory' be defined at the task level.",
  },
]

export function checkTaskDefinition(input: RegisterTaskDefinitionRequest): void {
  const family = input.family ?? ''
  if (!NAME.test(family)) throw clientException(`Family contains invalid characters: "${family}".`)
  for (const { refuses } of TASK_DEFINITION_RULES) {
    const message = refuses(input)
    if (message !== false) throw clientException(message)
  }
}
