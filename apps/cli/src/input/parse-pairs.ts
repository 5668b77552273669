import { InvalidArgumentError } from 'commander'

export type Pairs = Readonly<Record<string, string>>

/** Collects `--label key=value`, repeated or separated by commas: no label has a comma in it. */
export function collectLabels(text: string, before: Pairs = {}): Pairs {
  return text.split(',').reduce((pairs, part) => addPair(part, pairs), before)
}

/** Collects `--annotation key=value`, repeated. The value may hold anything. */
export function collectAnnotations(text: string, before: Pairs = {}): Pairs {
  return addPair(text, before)
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
