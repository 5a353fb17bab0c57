import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fixture } from '../test/fixture.js';
import { catchFailure, reply, usePanel } from '../test/test-panel.js';
import { parseBandwidth } from './bandwidth.js';
import { ParseProblem } from './parse-problem.js';
import type { BandwidthReading } from './types.js';

interface Variant {
  id: string;
  evidence: string;
  status: number;
  body: unknown;
  expect: Partial<BandwidthReading> & { error?: string; warning?: string; unknownUnit?: boolean };
}

const { variants, request } = fixture('bandwidth') as {
  variants: Variant[];
  request: { body: unknown; path: string };
};
const window = { start: '2026-10-15T00:00:00.000Z', end: '2026-11-15T00:00:00.000Z' };
const codes: Record<string, string> = {
  unrecognised_bandwidth_payload: 'PANEL_UNREADABLE',
  bad_payload: 'PANEL_UNREADABLE',
  api_error: 'PANEL_REJECTED',
};
const understood = variants.filter((variant) => 'inBytes' in variant.expect);
const refused = variants.filter((variant) => variant.expect.error !== undefined);
const none = { units: undefined, swapped: false };

describe('bandwidth', () => {
  const panel = usePanel();

  it('has a test for every example', () => {
    const unit = variants.filter((variant) => variant.expect.unknownUnit === true);
    expect(understood.length + refused.length + unit.length).toBe(variants.length);
    expect(understood.length).toBeGreaterThan(10);
    expect(refused.length).toBeGreaterThan(10);
  });

  it('asks with startDate and endDate in local time', async () => {
    panel.always({ in: 1, out: 2 });
    await panel.client({ impersonate: 'client@example.test' }).bandwidth('501', window);
    expect(panel.lines).toEqual([`POST ${request.path}`]);
    expect(JSON.parse(panel.asked[0]?.body ?? '')).toEqual(request.body);
    expect(panel.asked[0]?.headers).toMatchObject({
      authorization: 'Bearer admin-token-1234567890',
      accept: 'application/json',
      'content-type': 'application/json',
      'x-impersonate-user': 'client@example.test',
    });
    expect(panel.events[0]).toMatchObject({ changing: false, ok: true });
  });

  it('writes the window in the time of the panel, and the unit where one is set', async () => {
    panel.always({ in: 1, out: 2 });
    await panel.client({ timeZone: 'America/New_York', requestUnits: 'MB', units: 'MB' }).bandwidth('501', window);
    expect(JSON.parse(panel.asked[0]?.body ?? '')).toEqual({
      startDate: '2026-10-14 20:00:00',
      endDate: '2026-11-14 18:59:59',
      units: 'MB',
    });
  });

  it.each(understood.map((variant) => [variant.id, variant] as const))('understands %s', async (_id, variant) => {
    panel.always(variant.body, variant.status);
    const reading = await panel.client().bandwidth('501', window);
    const { inBytes, outBytes, totalBytes, warning } = variant.expect;
    expect(reading).toMatchObject({ inBytes, outBytes, totalBytes, impersonated: null, fallback: false });
    expect(reading.warnings.map((one) => one.code)).toEqual(warning === undefined ? [] : [warning]);
  });

  it.each(refused.map((variant) => [variant.id, variant] as const))('refuses %s', async (_id, variant) => {
    panel.always(variant.body, variant.status);
    const error = await catchFailure(panel.client().bandwidth('501', window));
    expect(error.code).toBe(codes[variant.expect.error ?? '']);
    expect(error.endpoint).toBe('POST /api/v3/client/services/{id}/bandwidth');
    expect(panel.asked).toHaveLength(1);
    expect(panel.events[0]).toMatchObject({ ok: false, code: error.code });
  });

  it('refuses the names of v2 until the unit is stated', async () => {
    const { body } = variants.find((variant) => variant.expect.unknownUnit === true)!;
    panel.always(body);
    const error = await catchFailure(panel.client().bandwidth('501', window));
    expect(error.code).toBe('PANEL_UNREADABLE');
    expect(error.message).toContain('the unit of the BW_ figures is unknown');
    const reading = await panel.client({ units: 'MB' }).bandwidth('501', window);
    expect(reading).toMatchObject({
      inBytes: 307200 * 2 ** 20,
      outBytes: 102400 * 2 ** 20,
      totalBytes: 409600 * 2 ** 20,
    });
  });

  it('swaps the directions where the panel does', async () => {
    panel.always({ in: 1, out: 2, total: 3 });
    const reading = await panel.client({ trafficDirection: 'swapped' }).bandwidth('501', window);
    expect(reading).toMatchObject({ inBytes: 2, outBytes: 1, totalBytes: 3 });
  });

  it('repeats the question after a passing failure, for it is a read', async () => {
    panel.answer = (asked, response) => {
      reply(response, asked.n === 1 ? { message: 'Server Error' } : { in: 1, out: 2 }, asked.n === 1 ? 500 : 200);
    };
    expect((await panel.client().bandwidth('501', window)).totalBytes).toBe(3);
    expect(panel.asked).toHaveLength(2);
  });

  it('says what it found instead of figures, and no value', async () => {
    panel.always({ data: { usage: 'value-of-nobody', period: 'x' } });
    const error = await catchFailure(panel.client().bandwidth('501', window));
    expect(error.message).toContain('no bandwidth figures, found the keys data');
    expect(error.message).not.toContain('value-of-nobody');
    expect(error.fields).toHaveLength(1);
  });

  it('keeps the shape, and of the answer the figures alone', async () => {
    panel.always({ status: 'success', result: { in: '5', out: 7, note: [{ a: 1 }] } });
    const reading = await panel.client().bandwidth('501', window);
    expect(reading.raw).toEqual({ in: '5', out: 7 });
    expect(reading.shape).toEqual([
      'result',
      'result.in',
      'result.note',
      'result.note[]',
      'result.note[].a',
      'result.out',
      'status',
    ]);
  });

  it('keeps nothing secret and nothing large beside the figures', async () => {
    panel.always({
      in: 10,
      rx: '10',
      out: 20,
      total: 30,
      debug: { authorization: 'Bearer value-of-nobody' },
      user_password: 'value-of-nobody',
      padding: 'x'.repeat(1_000_000),
    });
    const reading = await panel.client().bandwidth('501', window);
    expect(reading.raw).toEqual({ in: 10, rx: '10', out: 20, total: 30 });
  });

  it.each(['', ' '])('refuses the service id "%s" before it asks', async (id) => {
    await expect(panel.client().bandwidth(id, window)).rejects.toMatchObject({ name: 'PanelConfigError' });
    expect(panel.asked).toHaveLength(0);
  });

  it('keeps an id inside of its place in the path', async () => {
    panel.always({ in: 1, out: 2 });
    await panel.client().bandwidth('a/b?c', window);
    expect(panel.lines).toEqual(['POST /api/v3/client/services/a%2Fb%3Fc/bandwidth']);
    await expect(panel.client().bandwidth('..', window)).rejects.toMatchObject({ code: 'path_invalid' });
  });
});

describe('parseBandwidth', () => {
  it.each([
    ['a count of rows beside a list', { total: 15, data: [] }],
    ['a count of rows beside page numbers', { total: 15, per_page: 15, current_page: 1 }],
    ['a total beside figures elsewhere', { total: 3, data: { in: 1, out: 1 } }],
    ['figures three levels down', { data: { data: { data: { in: 1, out: 1 } } } }],
    ['two wrappers', { data: { in: 1, out: 1 }, result: { in: 1, out: 1 } }],
    ['a list in a wrapper', { data: [{ in: 1, out: 1 }] }],
    ['total and one direction', { in: 1, total: 3 }],
    ['a fraction of a byte', { in: 1.5, out: 1 }],
    ['more than can be counted', { in: 2 ** 53, out: 1 }],
    ['digits beyond what can be counted', { in: '99999999999999999999', out: 1 }],
    ['a signed text', { in: '+5', out: 1 }],
    ['text with a space', { in: '5 ', out: 1 }],
    ['hexadecimal text', { in: '0x10', out: 1 }],
    ['an exponent', { in: '1e3', out: 1 }],
    ['no text', { in: '', out: '' }],
    ['nested figures', { in: { total: 1 }, out: { total: 1 } }],
    ['a sum beyond what can be counted', { in: 2 ** 53 - 1, out: 1 }],
    ['one null among figures', { in: 1, out: 2, total: null }],
  ])('refuses %s', (_what, json) => {
    expect(() => parseBandwidth(json, none)).toThrow(ParseProblem);
  });

  it.each([
    ['KB', 2 ** 10],
    ['MB', 2 ** 20],
    ['GB', 2 ** 30],
  ] as const)('takes decimal figures in %s', (units, factor) => {
    const reading = parseBandwidth({ in: '1.5', out: 2 }, { units, swapped: false });
    expect(reading).toMatchObject({ inBytes: 1.5 * factor, outBytes: 2 * factor, totalBytes: 3.5 * factor });
  });

  it('accepts two names for one figure when they agree', () => {
    expect(parseBandwidth({ in: 1, rx: '1', out: 2, tx: 2 }, none)).toMatchObject({ inBytes: 1, outBytes: 2 });
  });

  it('tolerates a total that is 1 % off', () => {
    expect(parseBandwidth({ in: 50, out: 50, total: 101 }, none).warnings).toEqual([]);
    expect(parseBandwidth({ in: 50, out: 50, total: 98 }, none).warnings).toHaveLength(1);
  });

  it('understands what it says it understands, for any figures', () => {
    const bytes = fc.nat({ max: 2 ** 52 - 1 });
    fc.assert(
      fc.property(bytes, bytes, fc.boolean(), (inBytes, outBytes, asText) => {
        const form = (value: number): unknown => (asText ? String(value) : value);
        const reading = parseBandwidth({ data: { in: form(inBytes), out: form(outBytes) } }, none);
        expect(reading).toMatchObject({ inBytes, outBytes, totalBytes: inBytes + outBytes });
      }),
    );
  });

  it('never makes a figure of anything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        try {
          const { inBytes, outBytes, totalBytes } = parseBandwidth(json, none);
          for (const figure of [inBytes, outBytes, totalBytes]) {
            if (figure !== null) expect(Number.isSafeInteger(figure) && figure >= 0).toBe(true);
          }
          expect(totalBytes).not.toBeNull();
        } catch (error) {
          expect(error).toBeInstanceOf(ParseProblem);
        }
      }),
    );
  });
});
