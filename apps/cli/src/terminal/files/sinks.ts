import { createReadStream, statSync } from 'node:fs';
import path from 'node:path';
import type { Output } from '../host.js';
import { FileDraft, NewFile } from './new-file.js';

/** Where a text goes, part by part. */
export interface TextSink {
  write: (text: string) => Promise<void>;
  /** Completes the text; returns the absolute path of its file, or `-`. */
  finish: () => Promise<string>;
  /** Leaves nothing behind. */
  discard: () => Promise<void>;
}

/**
 * Returns the sink of an output, which waits for a slow reader: the text must not pile up in memory. What nobody reads is lost.
 */
export function outputSink(output: Output): TextSink {
  let closed = false;
  let goOn = (): void => undefined;
  output.once?.('close', () => {
    closed = true;
    goOn();
  });
  return {
    write: (text) =>
      new Promise((resolve) => {
        goOn = resolve;
        if (output.write(text) === false && !closed && output.once) output.once('drain', resolve);
        else resolve();
      }),
    finish: () => Promise.resolve('-'),
    discard: () => Promise.resolve(),
  };
}

/**
 * Returns the sink of a file that is in its place only when it is complete; `check` may refuse it by the path of the draft.
 *
 * @throws SluiceError `file_unwritable`
 */
export function draftSink(file: string, check?: (draft: string) => Promise<void>): TextSink {
  const draft = new FileDraft(file);
  return {
    write: (text) => {
      draft.write(text);
      return Promise.resolve();
    },
    finish: async () => {
      draft.close();
      try {
        await check?.(draft.path);
        draft.place();
      } finally {
        draft.discard();
      }
      return path.resolve(file);
    },
    discard: () => {
      draft.discard();
      return Promise.resolve();
    },
  };
}

/**
 * Returns the sink of a new file; an existing one is never overwritten.
 *
 * @throws SluiceError `file_exists`, `file_unwritable`
 */
export function newFileSink(file: string): TextSink {
  const target = NewFile.create(file);
  return {
    write: (text) => {
      target.write(text);
      return Promise.resolve();
    },
    finish: () => {
      target.close();
      return Promise.resolve(path.resolve(file));
    },
    discard: () => {
      target.discard();
      return Promise.resolve();
    },
  };
}

/** Writes a text to a sink, and returns where it is; nothing stays of a text that breaks off. */
export async function fillSink<T>(
  sink: TextSink,
  work: (write: TextSink['write']) => Promise<T>,
): Promise<{ file: string; result: T }> {
  try {
    const result = await work(sink.write);
    return { file: await sink.finish(), result };
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** Returns whether two files have the same content. */
export async function isSameFile(one: string, other: string): Promise<boolean> {
  if (statSync(one).size !== statSync(other).size) return false;
  const [a, b] = await Promise.all([readDigest(one), readDigest(other)]);
  return a === b;
}

async function readDigest(file: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}
