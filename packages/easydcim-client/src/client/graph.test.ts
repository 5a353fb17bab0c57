import { describe, expect, it } from '@jest/globals';
import { fixture } from '../test/fixture.js';
import { catchFailure, usePanel } from '../test/test-panel.js';

interface Variant {
  id: string;
  status: number;
  contentType?: string;
  body: unknown;
  expect?: { error: string };
}

const { variants, request } = fixture('graph') as { variants: Variant[]; request: { path: string; body: unknown } };
const png = Buffer.from((variants.find((one) => one.id === 'png-base64')!.body as { result: string }).result, 'base64');
const window = { start: '2026-10-15T00:00:00.000Z', end: '2026-11-01T12:00:01.000Z' };

describe('graphs.export', () => {
  const panel = usePanel();

  const answers: Record<string, unknown> = {
    'labels-datasets': {
      kind: 'series',
      labels: ['2026-10-15 00:00:00', '2026-10-15 06:00:00', '2026-10-15 12:00:00'],
      series: [
        { name: 'Inbound', values: [1.5, 2.5, null] },
        { name: 'Outbound', values: [0.5, 0.75, 0.25] },
        { name: 'Total', values: [2, 3.25, 0.25] },
      ],
    },
    'labels-datasets-nested': {
      kind: 'series',
      labels: ['2026-10-15 00:00:00'],
      series: [
        { name: 'Traffic IN', values: [1.5] },
        { name: 'Traffic OUT', values: [0.5] },
      ],
    },
    'empty-series': { kind: 'series', labels: [], series: [] },
    'png-base64': { kind: 'png', bytes: new Uint8Array(png) },
    'png-bytes': { kind: 'png', bytes: new Uint8Array(png) },
    csv: { kind: 'csv', text: 'time,in,out\n2026-10-15 00:00:00,1.5,0.5\n' },
  };

  it('has a test for every example', () => {
    const refused = variants.filter((one) => one.expect !== undefined).map((one) => one.id);
    expect([...Object.keys(answers), ...refused].sort()).toEqual(variants.map((one) => one.id).sort());
  });

  it.each(variants.map((one) => [one.id, one] as const))('%s', async (id, { body, contentType, expect: expected }) => {
    panel.always(
      id === 'png-bytes' ? png : body,
      200,
      contentType === undefined ? {} : { 'content-type': contentType },
    );
    const call = panel.client().graphs.export('501', window);
    if (expected === undefined) expect(await call).toMatchObject(answers[id] as object);
    else expect((await catchFailure(call)).code).toBe('PANEL_UNREADABLE');
    expect(panel.asked).toHaveLength(1);
  });

  it('asks for a graph of the service, in local time', async () => {
    panel.always({ labels: [], datasets: [] });
    await panel.client({ impersonate: '17' }).graphs.export('501', window);
    expect(panel.lines).toEqual([`POST ${request.path}`]);
    expect(JSON.parse(panel.asked[0]?.body ?? '')).toEqual(request.body);
    expect(panel.asked[0]?.headers['x-impersonate-user']).toBe('17');
    expect(panel.events[0]).toMatchObject({ changing: false });
  });

  it('states dates as Unix seconds where that is set, and asks for raw figures', async () => {
    panel.always({ labels: [], datasets: [] });
    await panel.client({ graphDates: 'unix' }).graphs.export('501', { ...window, raw: true });
    expect(JSON.parse(panel.asked[0]?.body ?? '')).toMatchObject({ start: 1792022400, end: 1793534400, raw: true });
  });

  it.each<[string, unknown, string, string]>([
    ['a page', '<html></html>', 'text/html', 'an HTML page'],
    ['a page that is called CSV', '<html>\n</html>', 'text/csv', 'CSV without columns'],
    ['an image that is none', 'GIF89a', 'image/png', 'an image other than PNG'],
    ['text that is not an image', { result: 'aGVsbG8=' }, 'application/json', 'other than a PNG in base64'],
    ['labels that are no text', { labels: [{}], datasets: [] }, 'application/json', 'labels.0: expected text'],
    [
      'a series without figures',
      { labels: [], datasets: [{}] },
      'application/json',
      'datasets.0.data: expected a list',
    ],
    ['a figure that is none', { labels: ['a'], datasets: [{ data: ['x'] }] }, 'application/json', 'datasets.0.data.0'],
    ['nothing', '', 'application/json', 'neither JSON'],
  ])('refuses %s', async (_what, body, contentType, words) => {
    panel.always(body, 200, { 'content-type': contentType });
    const error = await catchFailure(panel.client().graphs.export('501', window));
    expect(error).toMatchObject({
      code: 'PANEL_UNREADABLE',
      endpoint: 'POST /api/v3/client/graphs/{id}/export',
      status: 200,
    });
    expect(error.message).toContain(words);
  });

  it('takes a refusal inside of a success for one', async () => {
    panel.always({ success: false, message: 'No graph for this device' });
    const error = await catchFailure(panel.client().graphs.export('501', window));
    expect(error.code).toBe('PANEL_REJECTED');
    expect(error.message).toContain('No graph for this device');
  });
});
