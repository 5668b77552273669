import type { Dispatcher } from 'undici'
import type { Answer } from './check-answer.ts'

export const EVENT_STREAM = 'text/event-stream'

/** The whole of an answer. A stream has no end to wait for: of that the beginning, as a list of its messages. */
export async function readAnswer(
  response: Dispatcher.ResponseData,
): Promise<{ readonly answer: Answer; readonly text: string }> {
  const contentType = String(response.headers['content-type'] ?? '')
  const isStream = contentType.startsWith(EVENT_STREAM)
  const text = isStream ? await beginningOf(response.body) : await response.body.text()
  const answer = {
    status: response.statusCode,
    contentType,
    requestId: response.headers['x-request-id']?.toString() ?? null,
    body: isStream ? messagesOf(text) : parsed(text),
  }
  return { answer, text }
}

/** Up to the first message, if there is one soon. */
async function beginningOf(body: Dispatcher.ResponseData['body']): Promise<string> {
  let text = ''
  body.on('error', () => {})
  const isOver = setTimeout(() => body.destroy(), 100)
  try {
    for await (const chunk of body) {
      text += String(chunk)
      if (text.includes('data: ')) break
    }
  } catch (error) {
    if (!body.destroyed) throw error
  } finally {
    clearTimeout(isOver)
  }
  return text
}

/** Those that are complete. */
function messagesOf(text: string): unknown[] {
  const blocks = text.split('\n\n').slice(0, -1)
  // One with a name is about the stream itself.
  const unnamed = blocks
    .map((block) => block.split('\n'))
    .filter((lines) => !lines.some((line) => line.startsWith('event: ')))
  return unnamed.flatMap((lines) =>
    lines.filter((line) => line.startsWith('data: ')).map((line) => parsed(line.slice(6))),
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
