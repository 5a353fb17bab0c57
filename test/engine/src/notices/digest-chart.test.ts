import { beforeEach, expect, it } from '@jest/globals';
import { keepMessages } from '../bench/client-channel.js';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';

const channel = keepMessages();
const mail = { ...channel.kind, clientAddress: 'email' as const };
const drawings: string[] = [];
let canDraw = true;
const at = useBench(() =>
  startEasyDcimBench('notify: [{ hook: x, events: [digest] }]', {
    channels: [mail],
    drawPicture: (svg) => {
      drawings.push(svg);
      return Promise.resolve(canDraw ? new Uint8Array([1]) : null);
    },
  }),
);
beforeEach(() => {
  drawings.length = 0;
  canDraw = true;
});

/** From noon on 1 GB in each hour of the first service, and 2 GB of the second one; then 3 and 6 GB by half an hour after midnight. */
async function useDay(values: Record<string, string> = {}): Promise<void> {
  await at.addService(1, { product: 'free' });
  await at.addService(2, { product: 'free', values });
  await at.poll();
  const use = async (gb: number, ms: number): Promise<void> => {
    for (const number of [1, 2])
      at.panel.addTraffic(toIds(number).service, { in: gb * number * GB, out: 0, at: at.bench.clock.now() + ms / 2 });
    at.bench.clock.advance(ms);
    await at.poll();
  };
  for (let hour = 12; hour < 23; hour++) await use(1, HOUR);
  await at.sluice.holds.add('svc-1', {});
  await use(3, 1.5 * HOUR);
}

const listBars = (svg = ''): string[] =>
  [...svg.matchAll(/<title>([^<]*)<\/title>/g)].map(([, text = '']) => text.replaceAll(/[\u2068\u2069]/g, ''));
const listDigests = () => channel.sent.filter(({ event }) => event === 'digest');

it('a digest has the traffic of its day, also what was read after it, and nothing of the next one', async () => {
  await useDay();
  const [digest, ...others] = listDigests();
  expect([others, digest?.text.split('\n')[0]]).toEqual([[], '2026-11-20: 1 held']);
  expect(digest?.view.pictures).toEqual([
    expect.objectContaining({
      png: new Uint8Array([1]),
      top: 'Traffic in each hour, up to 6 GB',
      start: '20 Nov 2026',
      end: '21 Nov 2026',
    }),
  ]);
  const bars = listBars(drawings[0]);
  expect(bars).toHaveLength(12);
  expect(bars[0]).toMatch(/^20 Nov 2026 12:00 to 20 Nov 2026 13:00: in 3 GB, out 0 B /);
  // Two thirds of what was used between the readings around midnight.
  expect(bars[11]).toMatch(/^20 Nov 2026 23:00 to 21 Nov 2026 00:00: in 6 GB, out 0 B /);
});

it('has it by panels where there are several', async () => {
  await at.bench.edit(/^ {2}dcim: (.*)$/m, '  dcim: $1\n  second: $1');
  await at.bench.edit('  free:', '  other: { panel: second, quota: unlimited }\n  free:');
  await useDay({ panel: 'second', product: 'other' });
  expect(listDigests()[0]?.view.pictures[0]?.key.map(({ text }) => text)).toEqual(['second', 'dcim']);
  expect(listBars(drawings[0])[11]).toMatch(/: second 4 GB, dcim 2 GB /);
});

it('has none where nothing was read on that day, and where no program draws it', async () => {
  await at.addService(1);
  at.bench.clock.set('2026-11-20T20:00:00Z');
  await at.sluice.holds.add('svc-1', {});
  at.bench.clock.set('2026-11-21T00:30:00Z');
  await at.poll();
  expect([listDigests().map(({ view }) => view.pictures), drawings]).toEqual([[[]], []]);
  canDraw = false;
  at.use(1, 3);
  await at.poll();
  await at.sluice.holds.release('svc-1', {});
  at.bench.clock.set('2026-11-22T00:30:00Z');
  await at.poll();
  expect([listDigests().map(({ view }) => view.pictures), drawings.length]).toEqual([[[], []], 1]);
});
