import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type CallsBench, startCallsBench } from '../../../test/calls-bench.js';
import { textOf } from '../../../test/page-texts.js';

let bench: CallsBench;

/** How often a list of rates was begun to be read. */
const readings = (): number =>
  bench.voice.server.calls.filter(({ method, path }) => /rate/.test(path) && (method === 'GET' || /read/.test(path)))
    .length;
const text = async (search: string): Promise<string> =>
  textOf(await bench.link.text(`/services/line-1/rates?search=${encodeURIComponent(search)}`));

describe.each(['astbilling', 'magnusbilling'] as const)('the rates of a plan on %s', (kind) => {
  beforeAll(async () => {
    bench = await startCallsBench(kind);
  });
  afterAll(() => bench.at.close());

  it('are read once, however many searches there are, by whom and for what', async () => {
    expect(await text('49')).toContain('Germany fixed');
    const once = readings();
    expect(once).toBeGreaterThan(0);
    for (const search of ['55', 'germany', 'US 17', 'nothing']) await text(search);
    const path = '/services/line-1/rates?search=Germany';
    expect((await bench.at.call(`GET ${path}`, { token: bench.token })).json).toMatchObject({
      rates: [{ prefix: '49' }],
    });
    const asked = { service: 'line-1', destination: '+4930123456', seconds: 60, local: true };
    expect(Number((await bench.at.sluice.calls.simulate(asked)).cost)).toBe(0.29);
    expect(readings()).toBe(once);
  });

  it('are read again half a minute later, and at once after a change', async () => {
    const before = readings();
    bench.at.clock.advance(30_000);
    expect(await text('49')).toContain('0.29 BRL');
    const later = readings();
    expect(later).toBeGreaterThan(before);
    const [rate] = (await bench.at.sluice.telephony.list('rates', { filters: { prefix: '49' } })).records;
    await bench.at.sluice.telephony.set('rates', String(rate?.['id']), { values: { price_per_minute: '0.310000' } });
    expect(await text('+49 30')).toContain('0.31 BRL');
  });
});
