import { describe, expect, it } from '@jest/globals';
import type { PanelFailure } from './types.js';
import { useServer } from './test/use-server.js';

/** A panel that says everything with status 500 and means it by its words. */
const refusalIn = ({ status, json }: { status: number; json: unknown }): PanelFailure | null => {
  const { msg } = json as { msg?: string };
  return status === 500 && msg?.startsWith('404 ') === true
    ? { code: 'PANEL_NOT_FOUND', message: msg, panelCode: 'no_route' }
    : null;
};

describe('refusalIn', () => {
  const at = useServer({ refusalIn, breaker: false });
  const read = { method: 'GET', path: '/x/', endpoint: 'GET /x/' } as const;
  const write = { method: 'POST', path: '/x/', endpoint: 'POST /x/', json: {} } as const;
  const answer = (body: string): void => {
    at.always(body, 500, { 'content-type': 'application/json' });
  };

  it("takes the panel's words over its status, without doubt and without a repeat", async () => {
    answer('{"msg":"404 Not Found: no such page"}');
    await expect(at.http.request(read)).rejects.toMatchObject({
      code: 'PANEL_NOT_FOUND',
      panelCode: 'no_route',
      status: 500,
      outcomeUnknown: false,
    });
    expect(at.server.seen).toHaveLength(1);
    await expect(at.http.request(write)).rejects.toMatchObject({
      code: 'PANEL_NOT_FOUND',
      outcomeUnknown: false,
    });
  });

  it('leaves everything else to the status', async () => {
    answer('{"msg":"boom"}');
    await expect(at.http.request(read)).rejects.toMatchObject({
      code: 'PANEL_SERVER_ERROR',
      panelCode: null,
    });
    expect(at.server.seen).toHaveLength(3);
    await expect(at.http.request(write)).rejects.toMatchObject({
      code: 'PANEL_SERVER_ERROR',
      outcomeUnknown: true,
    });
  });

  it('is not asked about what is not JSON', async () => {
    answer('<html></html>');
    await expect(at.http.request({ ...read, retryable: false })).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR' });
  });

  it('reports a success that has an error status, only for JSON that states it', async () => {
    at.connect({ successIn: ({ json }) => (json as { result?: string }).result === 'success' });
    const success = '{"result":"success","id":7}';
    answer(success);
    const call = { method: 'POST' as const, path: '/x/', endpoint: 'POST /x/' };
    expect(await at.http.request(call)).toMatchObject({ status: 500, body: { id: 7 } });
    answer(`<br>${success}`);
    await expect(at.http.request(call)).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR', outcomeUnknown: true });
  });
});
