import path from 'node:path';
import { expect } from '@jest/globals';
import fc from 'fast-check';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { onFiles } from '../bench/on-files.js';
import { handleOn } from '../bench/sqlite.js';

const PRODUCTS = ['fair', 'fairer'].map(
  (name) =>
    `  ${name}: { panel: dcim, quota: unlimited, limits: [{ id: fair-use, window: month, allowance: 900GB, action: disable-ports }] }`,
);
const BEGIN = Date.parse('2026-12-13T00:00:00Z');
const RUNS = process.env['SLUICE_LONG'] === '1' ? 200 : 4;

const happening = fc.record({
  gigabytes: fc.integer({ min: 0, max: 5 }),
  hours: fc.integer({ min: 1, max: 14 }),
  what: fc.constantFrom('poll', 'poll', 'fail', 'fail-final', 'cut', 'kill', 'package', 'none'),
});

// The cycle ends two days after the first reading, and all of it lies in one month: the model is a sum.
onFiles(
  'a month counts all that was used since its first reading, whatever fails around the end of a cycle',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 4, maxLength: 10 }), async (happenings) => {
        const at = await startEasyDcimBench(PRODUCTS.join('\n'));
        const { clock } = at.bench;
        const exec = (sql: string): void => {
          handleOn(path.join(at.bench.folder, 'sluice.db')).exec(sql);
        };
        const readUsed = async (): Promise<number | string | null | undefined> => {
          const { services } = await at.poll();
          return services[0]?.limits.find(({ id }) => id === 'fair-use')?.used;
        };
        try {
          await at.addService(1, { product: 'fair' });
          at.panel.addTraffic(501, { in: 7 * GB, out: 0, at: BEGIN - HOUR });
          clock.set(BEGIN);
          await at.poll();
          let used = 0;
          for (const [step, { gigabytes, hours, what }] of happenings.entries()) {
            at.panel.addTraffic(501, { in: gigabytes * GB, out: 0, at: clock.now() + HOUR / 2 });
            used += gigabytes;
            clock.advance(hours * HOUR);
            const isOfEnded = ({ body }: { body: string }): boolean => body.includes('2026-12-14 23:59:59');
            const fault = what === 'cut' ? ({ kind: 'cut' } as const) : ({ kind: 'status', status: 500 } as const);
            const isFault = what === 'fail' || what === 'cut' || what === 'fail-final';
            const restore = isFault
              ? at.panel.server.inject({ fault, ...(what === 'fail-final' && { match: isOfEnded }) })
              : () => undefined;
            if (what === 'kill') exec('create table kept as select * from decisions');
            if (what === 'package') {
              const product = step % 2 === 0 ? 'fairer' : 'fair';
              await at.bench.sluice.services.set('svc-1', { product });
            } else if (what !== 'none') await at.poll();
            if (what === 'kill')
              exec('delete from decisions; insert into decisions select * from kept; drop table kept');
            restore();
          }
          clock.advance(HOUR);
          expect(await readUsed()).toBe(used * GB);
          clock.advance(HOUR);
          expect(await readUsed()).toBe(used * GB);
        } finally {
          await at.close();
        }
      }),
      { numRuns: RUNS },
    );
  },
  60_000 + RUNS * 3000,
);
