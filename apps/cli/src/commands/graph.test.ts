import { chmodSync, existsSync, statSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphPoint } from '@sluice/engine';
import { startForEachTest } from '../test/each-test.js';
import { DAY, GB, HOUR, startEasyDcimBench } from '../test/easydcim-bench.js';

interface GraphDocument {
  source: string;
  note: string | null;
  step: string | null;
  bars: { start: string; end: string; totalBytes: number | null; known: number }[];
  beforeFirst: { totalBytes: number | null } | null;
  series: (GraphPoint & { label?: string; values?: (number | null)[] })[];
  names?: string[];
  unit?: string | null;
  picture?: { type: string; base64: string } | null;
}

const GRAPH = 'POST /api/v3/client/graphs/{id}/export';

/** The texts of a drawing. */
const listTexts = (svg: string): string[] => Array.from(svg.matchAll(/<text [^>]*>([^<]*)/g), ([, text = '']) => text);

const at = startForEachTest(() => startEasyDcimBench('graphCache: 30m'));
beforeEach(() => at.addService(1));

/** Polls at the hours given, counted from 2026-11-20 12:00, with 1 GB in and 2 GB out before each. */
async function pollAt(...hours: number[]): Promise<void> {
  const start = Date.parse('2026-11-20T12:00:00Z');
  for (const hour of hours) {
    at.bench.clock.set(start + hour * HOUR);
    at.panel.addTraffic(501, { in: GB, out: 2 * GB, at: start + hour * HOUR - HOUR });
    await at.poll();
  }
}

const graph = (words = '') => at.bench.sluice(`usage graph svc-1 ${words}`.trim());
const readSeries = async (words = ''): Promise<GraphPoint[]> =>
  (await graph(`--json ${words}`.trim())).json<GraphDocument>().series;

describe('usage graph', () => {
  it('gives the readings of the cycle, oldest first, from the store alone', async () => {
    await pollAt(1, 2, 4);
    at.panel.server.clearCalls();
    const outcome = await graph('--json');
    expect(outcome.exitCode).toBe(0);
    const { bars, step, ...rest } = outcome.json<GraphDocument>();
    expect([step, bars.at(-1)]).toMatchObject(['day', { end: '2026-11-20T16:00:00.000Z', known: 3 / 16 }]);
    const drawn = bars.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0);
    expect((drawn + (rest.beforeFirst?.totalBytes ?? 0)) / GB).toBeCloseTo(9, 6);
    expect(rest).toMatchObject({
      thresholds: [80, 90],
      projection: { outlook: 'unknown' },
      source: 'samples',
      series: [1, 2, 4].map((hour, n) => ({
        at: new Date(Date.parse('2026-11-20T12:00:00Z') + hour * HOUR).toISOString(),
        inBytes: (n + 1) * GB,
        outBytes: (n + 1) * 2 * GB,
        totalBytes: (n + 1) * 3 * GB,
      })),
      note: null,
    });
    expect(at.panel.server.calls).toEqual([]);
  });

  it('goes back as far as it is asked', async () => {
    await pollAt(1, 2, 4 * 24, 5 * 24);
    expect(await readSeries()).toHaveLength(4);
    expect(await readSeries('--range 24h')).toHaveLength(2);
    expect(await readSeries('--range 7d')).toHaveLength(4);
    at.bench.clock.advance(6 * DAY + HOUR);
    expect(await readSeries('--range 7d')).toHaveLength(1);
    expect(await readSeries('--range 30d')).toHaveLength(4);
    expect(await readSeries('--range 145h')).toHaveLength(1);
    const { exitCode, stderr } = await graph('--range 30w');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('"30w" is not "cycle" or a number of hours or days, such as 24h or 30d');
  });

  it('begins anew with the cycle, and draws the traffic of each part of another time', async () => {
    await pollAt(1, 24 * 24, 25 * 24);
    const cycle = await readSeries();
    expect(cycle.map((point) => point.at)).toEqual(['2026-12-15T12:00:00.000Z']);
    const week = await readSeries('--range 7d');
    expect(week).toHaveLength(2);
    const { bars } = (await graph('--range 7d --json')).json<GraphDocument>();
    const ofNew = bars.filter(({ start }) => start >= '2026-12-15T00:00:00.000Z');
    expect(ofNew.reduce((sum, { totalBytes }) => sum + (totalBytes ?? 0), 0)).toBe(3 * GB);
    await graph('--range 7d --svg week.svg');
    const known = bars.filter((bar) => bar.known > 0).length;
    expect(at.bench.read('week.svg').match(/<g class="chart-bars/g)).toHaveLength(known);
  });

  it('draws a chart of 80 columns where there is no terminal, and of its width where there is one', async () => {
    await pollAt(1, 2, 4, 8, 16, 30);
    const { stdout } = await graph();
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe('svc-1: traffic used in the cycle');
    expect(Math.max(...lines.map((line) => line.length))).toBe(80);
    // From zero, with the allowance as a line.
    expect(stdout).toContain('100 GB ┤┄┄┄');
    expect(stdout).toMatch(/ 0 GB └/);
    expect(stdout).toMatch(/[▁▂▃▄▅▆▇█]/);
    // Readings, and where they go.
    expect(stdout).toMatch(/[▁▂▃▄▅▆▇█]·/);
    expect(lines.slice(-4)).toEqual([
      'in 6 GB, out 12 GB, total 18 GB',
      '18% of 100 GB (TOTAL), read 21 Nov 2026 18:00 (UTC)',
      'Used before the first reading (20 Nov 2026 13:00), on unknown days: 3 GB.',
      'At the present rate, it runs out on 2 Dec 2026.',
    ]);
    let narrow = '';
    const terminal = { write: (text: string) => (narrow += text), isTTY: true, columns: 50 };
    await at.bench.sluice('usage graph svc-1 --no-color', { stdout: terminal });
    const drawn = narrow.split('\n').filter((line) => /[│┤└]/.test(line));
    expect(drawn).toHaveLength(13);
    expect(Math.max(...drawn.map((line) => line.length))).toBe(50);
  });

  it('shows the direction that counts, and the limit when it is near', async () => {
    await at.addService(2, { product: 'inbound' });
    at.panel.addTraffic(502, { in: 60 * GB, out: GB });
    await at.pollLater();
    const { stdout } = await at.bench.sluice('usage graph svc-2');
    expect(stdout).toContain('svc-2: traffic used in the cycle (in)');
    expect(stdout).toContain('┄┄┄┄');
    expect(stdout).toContain('60% of 100 GB (IN)');
  });

  it('writes an SVG with a title, both axes and their units, in the place of an earlier one', async () => {
    await pollAt(1, 2, 4);
    const { exitCode, stdout } = await graph('--svg graph.svg');
    expect([exitCode, stdout]).toEqual([0, `${at.bench.path('graph.svg')} was written\n`]);
    const texts = listTexts(at.bench.read('graph.svg'));
    expect(texts).toEqual(expect.arrayContaining(['svc-1: traffic used in the cycle', 'GB', 'in', 'out', 'total']));
    // An allowance that would flatten the figures is named instead of drawn.
    expect(texts).toContain('allowed: 100 GB, above the chart');
    expect((await graph()).stdout).toContain('allowed: 100 GB, above the chart\n');
    expect(texts.some((text) => /\(UTC\)$/.test(text))).toBe(true);
    expect(statSync(at.bench.path('graph.svg')).mode & 0o777).toBe(0o600);
    chmodSync(at.bench.path('graph.svg'), 0o644);
    await pollAt(5);
    const again = await graph('--svg graph.svg --json');
    expect(again.json<GraphDocument>().series).toHaveLength(4);
    expect(statSync(at.bench.path('graph.svg')).mode & 0o777).toBe(0o644);
    expect((await graph('--svg nowhere/graph.svg')).exitCode).toBe(2);
  });

  it('says so where there is nothing to draw', async () => {
    const { exitCode, stderr } = await graph();
    expect(exitCode).toBe(1);
    expect(stderr).toContain('"svc-1" has not been metered in any cycle');
    const empty = await graph('--range 24h');
    expect([empty.exitCode, empty.stdout]).toEqual([
      0,
      'No readings of svc-1 in this range; "sluice poll" reads one.\n',
    ]);
    expect(await readSeries('--range 24h')).toEqual([]);
    expect((await at.bench.sluice('usage graph svc-9')).stderr).toContain('There is no service "svc-9"');
  });
});

describe('usage graph --from-panel', () => {
  const asked = (): unknown[] =>
    at.panel.server.calls.filter((call) => call.endpoint === GRAPH).map((call) => JSON.parse(call.body) as unknown);

  beforeEach(async () => {
    await pollAt(1, 2);
    at.panel.server.clearCalls();
  });

  it("gives the panel's figures beside bytes that stay unknown", async () => {
    at.panel.answers.graph.points = 4;
    const document = (await graph('--from-panel --json --range 24h')).json<GraphDocument>();
    expect(document).toMatchObject({
      source: 'panel',
      names: ['Inbound', 'Outbound', 'Total'],
      unit: null,
      picture: null,
    });
    expect(document.series).toHaveLength(4);
    expect(document.series[0]).toMatchObject({
      at: '2026-11-19T14:00:00.000Z',
      label: '2026-11-19 14:00:00',
      inBytes: null,
      outBytes: null,
      totalBytes: null,
    });
    expect(document.series[3]?.values?.[0]).toBeGreaterThan(0);
  });

  it('asks once in a cache interval, for a range that ends at a whole one', async () => {
    at.bench.clock.advance(10 * 60_000);
    const first = await graph('--from-panel --json');
    at.bench.clock.advance(19 * 60_000);
    const second = await graph('--from-panel --json');
    expect(second.stdout).toBe(first.stdout);
    expect(asked()).toEqual([
      expect.objectContaining({ start: '2026-11-15 00:00:00', end: '2026-11-20 13:59:59', target: 'service' }),
    ]);
    at.bench.clock.advance(60_000);
    await graph('--from-panel');
    expect(asked()).toHaveLength(2);
    await graph('--from-panel --range 24h');
    expect(asked()).toHaveLength(3);
  });

  it('shows our own readings with a note while the panel fails, and keeps no failure', async () => {
    const heal = at.panel.server.inject({ endpoint: GRAPH, fault: { kind: 'status', status: 500 } });
    const failed = await graph('--from-panel');
    expect(failed.exitCode).toBe(0);
    expect(failed.stdout).toContain('svc-1: traffic used in the cycle\n');
    expect(failed.stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /^The panel's own graph could not be read: .*HTTP 500.* These are the stored readings instead\. $/,
    );
    heal();
    at.panel.answers.graph.form = 'no-data';
    const unreadable = (await graph('--from-panel --json')).json<GraphDocument>();
    expect(unreadable).toMatchObject({ source: 'samples', note: expect.stringContaining('could not be read') });
    expect(unreadable.series.map(({ totalBytes }) => totalBytes)).toEqual([3 * GB, 6 * GB]);
    at.panel.answers.graph.form = 'chart';
    expect((await graph('--from-panel --json')).json<GraphDocument>()).toMatchObject({ source: 'panel', note: null });
    expect(asked()).toHaveLength(3);
  });

  it('answers from the cache while the panel is down, and from our readings after the cache has expired', async () => {
    const before = await graph('--from-panel --json');
    at.panel.server.inject({ endpoint: GRAPH, fault: { kind: 'status', status: 500 } });
    at.bench.clock.advance(29 * 60_000);
    expect((await graph('--from-panel --json')).stdout).toBe(before.stdout);
    at.bench.clock.advance(60_000);
    const expired = await graph('--from-panel --svg fallback.svg --json');
    expect([expired.exitCode, expired.json<GraphDocument>().source]).toEqual([0, 'samples']);
    expect(listTexts(at.bench.read('fallback.svg'))).toEqual(expect.arrayContaining(['in', 'out', 'total', 'GB']));
  });

  it('fails where neither has figures, and where the request itself is wrong', async () => {
    at.panel.server.inject({ endpoint: GRAPH, fault: { kind: 'status', status: 500 } });
    at.bench.clock.advance(DAY);
    const failed = await graph('--from-panel --range 1h --json');
    expect([failed.exitCode, failed.json<{ error: { code: string } }>().error.code]).toEqual([1, 'PANEL_SERVER_ERROR']);
    expect((await at.bench.sluice('usage graph svc-9 --from-panel')).stderr).toContain('There is no service "svc-9"');
  });

  it('draws a chart of each series, and says that the unit is not known', async () => {
    const { stdout } = await graph('--from-panel');
    for (const name of ['in', 'out', 'total']) {
      expect(stdout).toContain(`svc-1: traffic graph of dcim: ${name} (unit unknown)\n`);
    }
    expect(stdout).toContain('does not report the unit');
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    await graph('--from-panel --svg figures.svg');
    const drawn = listTexts(at.bench.read('figures.svg'));
    expect(drawn).toEqual(expect.arrayContaining(['unit unknown', 'in', 'out', 'total']));
    expect(at.bench.read('figures.svg')).toMatch(/<desc[^>]*>in, out, total, unit unknown, 15 Nov 2026/);
    at.panel.answers.graph.labels = { in: 'In (Gb/s)', out: 'Out (Gb/s)', total: null };
    await graph('--from-panel --range 24h --svg rates.svg');
    const texts = listTexts(at.bench.read('rates.svg'));
    expect(texts).toEqual(expect.arrayContaining(['Gb/s', 'In (Gb/s)', 'Out (Gb/s)']));
  });

  it.each(['png', 'png-base64'] as const)('takes a picture (%s), and gives it again from the cache', async (form) => {
    at.panel.answers.graph.form = form;
    expect((await graph('--from-panel')).stdout).toBe('dcim returned a picture: write it to a file with --svg FILE.\n');
    const { picture, series } = (await graph('--from-panel --json')).json<GraphDocument>();
    expect(series).toEqual([]);
    expect(Buffer.from(picture!.base64, 'base64').subarray(1, 4).toString()).toBe('PNG');
    await graph('--from-panel --svg picture.svg');
    expect(at.bench.read('picture.svg')).toContain(` href="data:image/png;base64,${picture!.base64}"/>`);
    expect(asked()).toHaveLength(1);
  });

  it('reads CSV', async () => {
    at.panel.answers.graph.form = 'csv';
    const { names, series } = (await graph('--from-panel --json --range 24h')).json<GraphDocument>();
    expect(names).toEqual(['in', 'out']);
    expect(series.length).toBeGreaterThan(3);
  });

  it('shows that the panel has no figures', async () => {
    at.panel.answers.graph.form = 'empty';
    expect((await graph('--from-panel')).stdout).toBe('dcim returned no data for svc-1 in this range.\n');
  });

  it('asks nothing about a cycle that has just begun', async () => {
    at.bench.clock.set('2026-12-15T00:10:00Z');
    await at.poll();
    at.panel.server.clearCalls();
    expect((await graph('--from-panel --json')).json<GraphDocument>().series).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it('keeps nothing where graphCache is 0s', async () => {
    at.bench.edit('graphCache: 30m', 'graphCache: 0s');
    await graph('--from-panel');
    await graph('--from-panel');
    expect(asked()).toHaveLength(2);
    expect(existsSync(at.bench.path('sluice.db'))).toBe(true);
  });
});
