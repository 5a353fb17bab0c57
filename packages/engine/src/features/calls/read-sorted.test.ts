import { expect, it } from '@jest/globals';
import { createPanelError } from '@sluice/panel-http';
import type { CallFilter, CallPage } from '@sluice/panel-kind';
import type { CallRecord } from '@sluice/quota-core/telephony';
import { readSorted } from './read-sorted.js';

const FROM = Date.parse('2026-10-01T00:00:00Z');
const SECONDS = 10_000;
const window = { from: new Date(FROM).toISOString(), to: new Date(FROM + SECONDS * 1000).toISOString() };

/** Calls in no order, ten of them in one second. */
const all = Array.from({ length: 500 }, (_, n) => {
  const second = n < 10 ? 777 : (n * 7919) % SECONDS;
  return { id: `c-${n}`, startedAt: new Date(FROM + second * 1000).toISOString() } as CallRecord;
});

function source(options: { total: boolean; changes?: number }) {
  let changes = options.changes ?? 0;
  const kept: number[] = [];
  return {
    kept,
    async *calls({ from, to }: CallFilter): AsyncGenerator<CallPage> {
      const found = all.filter(({ startedAt }) => from <= startedAt && startedAt < to);
      let read = 0;
      for (let at = 0; at === 0 || at < found.length; at += 3) {
        await Promise.resolve();
        read += 3;
        kept.push(read);
        yield { calls: found.slice(at, at + 3), total: options.total ? found.length : null };
        if ((changes -= 1) === 0) throw changed();
      }
    },
  };
}

function changed(): Error {
  return createPanelError('PANEL_UNREADABLE', 'The list changed.', {
    panel: 'tel',
    endpoint: 'GET /cdrs',
    panelCode: 'list_changed',
  });
}

it.each([{ total: true }, { total: false }, { total: false, changes: 4 }])(
  'reads calls in order with bounded memory: %o',
  async (options) => {
    const from = source(options);
    const seen: CallRecord[] = [];
    for await (const part of readSorted(from, window, { signal: new AbortController().signal, atOnce: 20 })) {
      expect(part.length).toBeLessThanOrEqual(20);
      seen.push(...part);
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(all.length);
    expect(seen).toHaveLength(all.length);
    expect(seen.map(({ startedAt }) => startedAt)).toEqual(all.map(({ startedAt }) => startedAt).sort());
    expect(Math.max(...from.kept)).toBeLessThanOrEqual(24);
  },
);

it('keeps one second together, however many calls it has', async () => {
  const parts: number[] = [];
  for await (const part of readSorted(source({ total: true }), window, {
    signal: new AbortController().signal,
    atOnce: 5,
  })) {
    parts.push(part.length);
  }
  expect(Math.max(...parts)).toBe(10);
});
