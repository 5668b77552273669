/**
 * Without control characters: what others wrote must not steer the terminal. Line breaks stay, and colours, which do no
 * harm and are ours for the most part.
 */
export function safeText(text: string): string {
  return text.replaceAll(CONTROL_CHARACTERS, '')
}

/** The same on one line, for a row of a table or a living line. */
export function oneLine(text: string): string {
  return safeText(text.replaceAll(/\s*[\r\n]+\s*/g, ' '))
}

// ESC only as the start of a colour: ESC [ numbers m.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTERS = /[\u0000-\u0009\u000b-\u001a\u001c-\u001f\u007f-\u009f]|\u001b(?!\[[\d;]*m)/g
