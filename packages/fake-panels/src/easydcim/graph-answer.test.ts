import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noon, type PanelUnderTest, panelUnderTest } from './test/panel-under-test.js';

let panel: PanelUnderTest;

beforeEach(async () => {
  panel = await panelUnderTest();
});

afterEach(async () => {
  await panel.fake.close();
});

describe('a graph export', () => {
  const path = '/api/v3/client/graphs/501/export';
  const request = {
    type: 'AggregateTraffic',
    target: 'service',
    start: '2026-10-15 12:00:00',
    end: '2026-10-15 14:00:00',
    raw: false,
  };

  beforeEach(() => {
    panel.fake.setRate(501, { inBytesPerSecond: 125_000_000, outBytesPerSecond: 62_500_000 });
    panel.fake.answers.graph.points = 4;
    panel.clock.set(noon + 3_600_000);
  });
  const chart = {
    labels: ['2026-10-15 12:00:00', '2026-10-15 12:30:00', '2026-10-15 13:00:00', '2026-10-15 13:30:00'],
    datasets: [
      { label: 'Inbound', data: [1, 1, null, null] },
      { label: 'Outbound', data: [0.5, 0.5, null, null] },
      { label: 'Total', data: [1.5, 1.5, null, null] },
    ],
  };

  it('is a chart of rates, at the top or nested', async () => {
    const { graph } = panel.fake.answers;
    expect((await panel.post(path, request)).body).toEqual(chart);
    graph.form = 'chart-data';
    graph.labels = { in: 'Traffic IN', out: 'Traffic OUT', total: null };
    graph.labelKey = 'name';
    expect((await panel.post(path, request)).body).toMatchObject({
      data: { datasets: [{ name: 'Traffic IN' }, { name: 'Traffic OUT' }] },
    });
    graph.form = 'chart-result';
    expect((await panel.post(path, request)).body).toMatchObject({
      status: 'success',
      result: { labels: chart.labels },
    });
    expect(panel.fake.server.changingCalls()).toEqual([]);
  });

  it('is a picture, CSV, an empty chart or none', async () => {
    const { graph } = panel.fake.answers;
    graph.form = 'png-base64';
    expect((await panel.post(path, request)).body).toMatchObject({ result: expect.stringMatching(/^iVBORw0KGgo/) });
    graph.form = 'png';
    const picture = await panel.post(path, request);
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.text).toMatch('PNG');
    graph.form = 'csv';
    const csv = await panel.post(path, request);
    expect(csv.headers.get('content-type')).toBe('text/csv');
    expect(csv.text.split('\n')).toEqual([
      'time,in,out',
      '2026-10-15 12:00:00,1,0.5',
      '2026-10-15 12:30:00,1,0.5',
      '2026-10-15 13:00:00,,',
      '2026-10-15 13:30:00,,',
      '',
    ]);
    graph.form = 'empty';
    expect((await panel.post(path, request)).body).toEqual({ labels: [], datasets: [] });
    graph.form = 'no-data';
    expect((await panel.post(path, request)).body).toEqual({ message: 'No data' });
  });

  it('takes Unix seconds where the installation does, known types and targets only', async () => {
    panel.fake.answers.graph.dates = 'unix';
    const unix = { ...request, start: noon / 1000, end: String(noon / 1000 + 7200) };
    expect((await panel.post(path, unix)).body).toEqual(chart);
    expect((await panel.post(path, { ...unix, type: 'Ping' })).body).toEqual({ labels: [], datasets: [] });
    const wrong = await panel.post(path, { ...request, type: 'Traffic', target: 'device' });
    expect(wrong.status).toBe(422);
    expect(Object.keys((wrong.body as { errors: object }).errors)).toEqual(['type', 'target', 'start', 'end']);
  });
});
