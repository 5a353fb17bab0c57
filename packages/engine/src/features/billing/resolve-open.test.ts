import { describe, expect, it } from '@jest/globals';
import { resolveOpen } from './resolve-open.js';

/** Resolves rows, and returns what was done in which order; `stop` interrupts the run. */
async function resolveRows(rows: readonly string[], isLeased: (row: string) => boolean = () => true) {
  const stop = new AbortController();
  const done: string[] = [];
  const resolving = resolveOpen(stop.signal, rows, {
    withLease: async (row, work) => {
      if (isLeased(row)) await work([{ name: row, fence: 1 }]);
    },
    read: (row) => Promise.resolve(row === 'finished' ? null : row),
    resolve(row, fences) {
      if (row.startsWith('broken')) return Promise.reject(new Error(row));
      if (row === 'last') stop.abort();
      done.push(`${row} under ${fences.map(({ name }) => name).join(',')}`);
      return Promise.resolve();
    },
    failed(row, error) {
      if (row === 'broken store') throw error;
      done.push(`${row} failed`);
    },
  });
  const error = await resolving.then(
    () => null,
    (failure: unknown) => failure,
  );
  return { done, error };
}

describe('rows of money that are not finished', () => {
  it('are gone on with one after the other, each under its lease', async () => {
    expect((await resolveRows(['a', 'b'])).done).toEqual(['a under a', 'b under b']);
  });

  it('are left alone where another run works on them, or has finished them meanwhile', async () => {
    expect((await resolveRows(['a', 'finished', 'b'], (row) => row !== 'a')).done).toEqual(['b under b']);
  });

  it('do not wait for one that fails', async () => {
    expect(await resolveRows(['broken', 'b'])).toEqual({ done: ['broken failed', 'b under b'], error: null });
  });

  it('are left to the next run after an error of all, or an interruption', async () => {
    expect(await resolveRows(['broken store', 'b'])).toMatchObject({ done: [], error: { message: 'broken store' } });
    expect((await resolveRows(['last', 'b'])).done).toEqual(['last under last']);
  });
});
