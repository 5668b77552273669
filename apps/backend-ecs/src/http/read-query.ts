/** Query parameters as they come; one that is given twice counts as its first. */
export type Query = Readonly<Record<string, string | undefined>>

/** Clients write booleans as numbers (docker), words (compose) or capitalised words (docker-py). */
export const isTrue = (value: string | undefined): boolean =>
  value !== undefined && ['1', 'true', 'yes', 'on'].includes(value.toLowerCase())
