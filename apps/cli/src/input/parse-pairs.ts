import { InvalidArgumentError } from 'commander'
import { usageError } from '../cli-error.ts'

export type Pairs = Readonly<Record<string, string>>

/** Collects `--label key=value`, repeated or separated by commas: no label has a comma in it. */
export function collectLabels(text: string, before: Pairs = {}): Pairs {
  return text.split(',').reduce((pairs, part) => addPair(part, pairs), before)
}

/** Collects `--annotation key=value`, repeated. The value may hold anything. */
export function collectAnnotations(text: string, before: Pairs = {}): Pairs {
  return addPair(text, before)
}

/** Collects `--secret NAME=reference`, repeated. */
export function collectSecrets(text: string, before: Pairs = {}): Pairs {
  if (text.indexOf('=') >= 1) return addPair(text, before)
  // What was given is not said again, as commander would: it may be a secret after all.
  throw usageError('--secret: expected NAME=reference, e.g. --secret DB_PASSWORD=env:LANDLORD_SECRET_DB')
}

/** Collects a repeated option into a list. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text]
}

function addPair(text: string, pairs: Pairs): Pairs {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('expected key=value')
  return { ...pairs, [text.slice(0, at)]: text.slice(at + 1) }
}
