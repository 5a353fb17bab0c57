import { describe, expect, it } from '@jest/globals';
import type { PanelErrorCode } from '@sluice/panel-http';
import { fixture } from '../test/fixture.js';
import { catchFailure, usePanel } from '../test/test-panel.js';

interface Example {
  id: string;
  status: number;
  headers?: Record<string, string>;
  contentType?: string;
  body: unknown;
  kind: string;
  retry: boolean | 'reads only';
}

const { errors } = fixture('errors') as { errors: Example[] };
const codes: Record<string, PanelErrorCode> = {
  auth: 'PANEL_AUTH',
  forbidden: 'PANEL_FORBIDDEN',
  not_found: 'PANEL_NOT_FOUND',
  unsupported: 'PANEL_REJECTED',
  impersonation: 'PANEL_REJECTED',
  validation: 'PANEL_REJECTED',
  rate_limited: 'PANEL_RATE_LIMITED',
  server: 'PANEL_SERVER_ERROR',
  api_error: 'PANEL_REJECTED',
  bad_payload: 'PANEL_UNREADABLE',
};

describe('a failure of the panel', () => {
  const panel = usePanel();

  it.each(errors.map((one) => [one.id, one] as const))('%s', async (_id, example) => {
    const { status, body, headers, contentType, kind, retry } = example;
    panel.always(body, status, { ...headers, ...(contentType === undefined ? {} : { 'content-type': contentType }) });

    const read = await catchFailure(panel.client().ports.get('9001'));
    expect(read).toMatchObject({ code: codes[kind], status, panel: 'dcim1', outcomeUnknown: false });
    expect(panel.asked).toHaveLength(retry === false ? 1 : 3);

    panel.clear();
    const write = await catchFailure(panel.client().ports.disable('9001'));
    expect(write.code).toBe(codes[kind]);
    expect(write.outcomeUnknown).toBe(kind === 'server' || kind === 'bad_payload');
    expect(panel.asked).toHaveLength(1);

    for (const words of Object.values(typeof body === 'object' && body !== null ? body : {})) {
      if (typeof words === 'string' && words !== 'error') expect(read.message).toContain(words.replace(/\.$/, ''));
    }
  });

  it('names the fields of a refused form', async () => {
    const { body, status } = errors.find((one) => one.id === '422-fields')!;
    panel.always(body, status);
    const error = await catchFailure(panel.client().ports.get('9001'));
    expect(error.fields).toEqual([{ path: 'startDate', message: 'The start date field is required.' }]);
  });

  it('keeps how long the panel wants to be left alone', async () => {
    const { body, status, headers } = errors.find((one) => one.id === '429')!;
    panel.always(body, status, headers ?? {});
    expect((await catchFailure(panel.client().ports.disable('9001'))).retryAfterMs).toBe(30_000);
  });
});
