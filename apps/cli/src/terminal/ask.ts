import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { SluiceError } from '@sluice/panel-kind/errors';
import { wrapLine } from './wrap.js';

/** Columns that an answer has beside its question. */
const ROOM = 20;

/** Where a question is shown and answered. */
export interface AskHost {
  stdin: NodeJS.ReadableStream;
  /** `columns` is the width of the terminal; 80 where it is unknown. */
  stdout: NodeJS.WritableStream & { columns?: number };
}

/**
 * Reads one line from a terminal; `secret` hides what is typed.
 *
 * @throws SluiceError `interrupted` after Ctrl-C or Ctrl-D
 */
export async function askLine(
  { stdin, stdout }: AskHost,
  question: string,
  { secret = false }: { secret?: boolean } = {},
): Promise<string> {
  let muted = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!muted) stdout.write(chunk);
      done();
    },
  });
  const prompt = createInterface({ input: stdin, output, terminal: true });
  // Without this the prompt would keep waiting after Ctrl-C or Ctrl-D.
  const closing = new AbortController();
  prompt.once('close', () => {
    closing.abort();
  });
  try {
    const answer = prompt.question(toPrompt(question, stdout.columns), { signal: closing.signal });
    muted = secret;
    return await answer;
  } catch (error) {
    if ((error as { name?: string }).name !== 'AbortError') throw error;
    throw new SluiceError('interrupted', 'Interrupted before the question was answered', { kind: 'interrupted' });
  } finally {
    prompt.close();
    if (muted) stdout.write('\n');
  }
}

/** Returns a question that leaves room for the answer: a longer one is wrapped, and the answer stands on a line of its own. */
function toPrompt(question: string, columns = 80): string {
  if (question.length <= columns - ROOM) return question;
  return `${wrapLine(question.trimEnd(), columns)}\n> `;
}
