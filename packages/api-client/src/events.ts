import { toApiError } from './error.js';
import type { components } from './schema.js';

/** An event of a run. */
export type RunEvent =
  | { event: 'progress'; data: { done: number; total: number } }
  /** The report of the run, as `GET /runs/{run}` has it. */
  | { event: 'report'; data: components['schemas']['RunReport'] | components['schemas']['AgentCheckReport'] }
  | { event: 'failure'; data: { code: string; message: string; details: Record<string, unknown> } };

/** Yields the events of a stream until it ends. */
export async function* followEvents(open: () => Promise<Response>): AsyncGenerator<RunEvent, void, undefined> {
  const response = await open();
  if (!response.ok || response.body === null) throw await toApiError(response);
  let text = '';
  for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parseEvent(block);
      if (event !== null) yield event;
    }
  }
}

/** Returns the event of a block; null for a comment. */
function parseEvent(block: string): RunEvent | null {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const [name = '', ...rest] = line.split(':');
      return [name, rest.join(':').trimStart()];
    }),
  );
  const [event, data] = [fields.get('event'), fields.get('data')];
  return event === undefined || data === undefined ? null : ({ event, data: JSON.parse(data) as unknown } as RunEvent);
}
