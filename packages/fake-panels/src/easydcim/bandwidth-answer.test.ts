import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bandwidthKeys, type ObjectShape } from './answers.js';
import { type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

const GiB = 1024 ** 3;

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

describe('the wording of bandwidth', () => {
  beforeEach(() => {
    panel.fake.addTraffic(501, { in: 300 * GiB, out: 100 * GiB });
  });
  const plain = { in: 300 * GiB, out: 100 * GiB, total: 400 * GiB };

  it.each<[ObjectShape, object]>([
    ['flat', plain],
    ['data', { data: plain }],
    ['result', { status: 'success', result: plain }],
    ['stats', { stats: plain }],
    ['data-data', { data: { data: plain } }],
    ['data-result', { data: { result: plain } }],
    ['result-data', { status: 'success', result: { data: plain } }],
  ])('is shaped as %s', async (shape, expected) => {
    panel.fake.answers.bandwidth.shape = shape;
    expect((await panel.bandwidth()).body).toEqual(expected);
  });

  it.each([
    ['parts', { in: 300 * GiB, out: 100 * GiB }],
    ['totalOnly', { total: 400 * GiB }],
    ['inbound', { inbound: 300 * GiB, outbound: 100 * GiB }],
    ['download', { download: 300 * GiB, upload: 100 * GiB }],
    ['rx', { rx: 300 * GiB, tx: 100 * GiB }],
    ['prefixed', { traffic_in: 300 * GiB, traffic_out: 100 * GiB, traffic_total: 400 * GiB }],
    ['sum', { in: 300 * GiB, out: 100 * GiB, sum: 400 * GiB }],
    ['vendor', { BW_IN: 300 * GiB, BW_OUT: 100 * GiB, BW_TOTAL: 400 * GiB }],
  ] as const)('has the keys of %s', async (name, expected) => {
    panel.fake.answers.bandwidth.keys = bandwidthKeys[name];
    expect((await panel.bandwidth()).body).toEqual(expected);
  });

  it('has its units, as numbers or text', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.unit = 'MB';
    expect((await panel.bandwidth()).body).toEqual({ in: 307_200, out: 102_400, total: 409_600 });
    bandwidth.unit = 'GB';
    bandwidth.numbers = 'strings';
    expect((await panel.bandwidth()).body).toEqual({ in: '300', out: '100', total: '400' });
    bandwidth.unit = 'human';
    expect((await panel.bandwidth()).body).toEqual({ in: '300 GB', out: '100 GB', total: '400 GB' });
  });

  it('honours units in the request only where the installation knows them', async () => {
    const ask = async (): Promise<unknown> => (await panel.bandwidth(undefined, undefined, { units: 'MB' })).body;
    expect(await ask()).toEqual(plain);
    panel.fake.answers.bandwidth.knowsUnits = true;
    expect(await ask()).toEqual({ in: 307_200, out: 102_400, total: 409_600 });
  });

  it('may be swapped, multiplied, and have percentiles', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.swapped = true;
    expect((await panel.bandwidth()).body).toEqual({ in: 100 * GiB, out: 300 * GiB, total: 400 * GiB });
    bandwidth.swapped = false;
    bandwidth.factor = 1000;
    expect((await panel.bandwidth()).body).toMatchObject({ total: 400_000 * GiB });
    bandwidth.factor = 0;
    bandwidth.percentiles = true;
    expect((await panel.bandwidth()).body).toEqual({
      in: 0,
      out: 0,
      total: 0,
      '95TH_PERC': 29.83,
      '95TH_PERC_IN': 29.83,
      '95TH_PERC_OUT': 9.94,
    });
  });

  it('may ignore the dates', async () => {
    panel.fake.answers.bandwidth.datesIgnored = true;
    const other = await panel.bandwidth('2020-01-01 00:00:00', '2020-01-31 23:59:59');
    expect(other.body).toEqual(plain);
  });

  it('may be a default range or a map of ranges without dates', async () => {
    const path = '/api/v3/client/services/501/bandwidth';
    const { bandwidth } = panel.fake.answers;
    bandwidth.withoutDates = 'default-range';
    expect((await panel.post(path)).body).toEqual(plain);
    bandwidth.withoutDates = 'interval-map';
    panel.clock.advance(2 * 3_600_000);
    const map = (await panel.post(path)).body as { status: string; result: Record<string, unknown> };
    expect(map.status).toBe('success');
    expect(Object.keys(map.result)).toEqual([
      'last_1hour',
      'last_6hours',
      'last_1day',
      'last_2days',
      'last_1week',
      'last_1month',
      'last_6months',
      'last_1year',
      'current_month',
    ]);
    expect(map.result.last_1hour).toEqual({ BW_IN: 3_600_000, BW_OUT: 360_000, BW_TOTAL: 3_960_000 });
    expect(map.result.current_month).toMatchObject({ BW_IN: 300 * GiB + 7_200_000 });
  });

  it('may be a map or a series in any case', async () => {
    const { bandwidth } = panel.fake.answers;
    bandwidth.shape = 'interval-map';
    expect((await panel.bandwidth()).body).toMatchObject({ result: { last_1day: { BW_IN: 300 * GiB } } });
    bandwidth.shape = 'series';
    expect((await panel.bandwidth('2026-10-14 00:00:00')).body).toEqual({
      data: [
        { time: '2026-10-14 00:00:00', in: 0, out: 0 },
        { time: '2026-10-15 00:00:00', in: 300 * GiB, out: 100 * GiB },
      ],
    });
  });

  it('may be garbage for one service', async () => {
    panel.fake.spoilBandwidth(501, { in: -1, out: 5, total: 4 });
    expect((await panel.bandwidth()).body).toEqual({ in: -1, out: 5, total: 4 });
    panel.fake.spoilBandwidth(501, undefined);
    expect((await panel.bandwidth()).text).toBe('');
    panel.fake.honestBandwidth(501);
    expect((await panel.bandwidth()).body).toEqual(plain);
    panel.fake.spoilBandwidth(501, '<p>');
    panel.fake.honestBandwidth();
    expect((await panel.bandwidth()).body).toEqual(plain);
  });
});
