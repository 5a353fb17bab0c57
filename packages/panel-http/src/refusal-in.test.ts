import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import type { PanelFailure, PanelHttp } from './types.js';

/** A panel that says everything with status 500 and means it by its words. */
const refusalIn = ({ status, json }: { status: number; json: unknown }): PanelFailure | null => {
  const { msg } = json as { msg?: string };
  return status === 500 && msg?.startsWith('404 ') === true
    ? { code: 'PANEL_NOT_FOUND', message: msg, panelCode: 'no_route' }
    : null;
};

describe('refusalIn', () => {
  let server: Server;
  let http: PanelHttp;
  let calls: number;
  let body: string;

  beforeEach(async () => {
    calls = 0;
    server = createServer((_request, response) => {
      calls += 1;
      response.writeHead(500, { 'content-type': 'application/json' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    http = createPanelHttp({
      panel: 'p',
      baseUrl: `http://127.0.0.1:${port}`,
      refusalIn,
      retry: { baseDelayMs: 1 },
      breaker: false,
    });
  });

  afterEach(async () => {
    http.close();
    await new Promise((resolve) => server.close(resolve));
  });

  it("takes the panel's words over its status, without doubt and without a repeat", async () => {
    body = '{"msg":"404 Not Found: no such page"}';
    await expect(http.request({ method: 'GET', path: '/x/', endpoint: 'GET /x/' })).rejects.toMatchObject({
      code: 'PANEL_NOT_FOUND',
      panelCode: 'no_route',
      status: 500,
      outcomeUnknown: false,
    });
    expect(calls).toBe(1);
    await expect(http.request({ method: 'POST', path: '/x/', endpoint: 'POST /x/', json: {} })).rejects.toMatchObject({
      code: 'PANEL_NOT_FOUND',
      outcomeUnknown: false,
    });
  });

  it('leaves everything else to the status', async () => {
    body = '{"msg":"boom"}';
    await expect(http.request({ method: 'GET', path: '/x/', endpoint: 'GET /x/' })).rejects.toMatchObject({
      code: 'PANEL_SERVER_ERROR',
      panelCode: null,
    });
    expect(calls).toBe(3);
    await expect(http.request({ method: 'POST', path: '/x/', endpoint: 'POST /x/', json: {} })).rejects.toMatchObject({
      code: 'PANEL_SERVER_ERROR',
      outcomeUnknown: true,
    });
  });

  it('is not asked about what is not JSON', async () => {
    body = '<html></html>';
    await expect(
      http.request({ method: 'GET', path: '/x/', endpoint: 'GET /x/', retryable: false }),
    ).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR' });
  });

  it('reports a success that has an error status, only for JSON that states it', async () => {
    const { port } = server.address() as AddressInfo;
    http = createPanelHttp({
      panel: 'p',
      baseUrl: `http://127.0.0.1:${port}`,
      successIn: ({ json }) => (json as { result?: string }).result === 'success',
      breaker: false,
    });
    body = '{"result":"success","id":7}';
    const call = { method: 'POST' as const, path: '/x/', endpoint: 'POST /x/' };
    expect(await http.request(call)).toMatchObject({ status: 500, body: { id: 7 } });
    body = `<br>${body}`;
    await expect(http.request(call)).rejects.toMatchObject({ code: 'PANEL_SERVER_ERROR', outcomeUnknown: true });
  });
});
