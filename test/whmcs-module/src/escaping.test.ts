import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noPhp, type PhpResult, runPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const TOKEN = 'sluice_0123456789-0123456789-0123456789-012345678';

/** Ends an attribute or a tag wherever it is printed as it is. */
const HOSTILE = `"'><script>alert(1)</script>\u202e</p>\n&#60;img src=x&#62;{$smarty.version}{literal}`;
const texts = { id: HOSTILE, title: HOSTILE, summary: HOSTILE, service: HOSTILE };

/** The client who is logged in, and the address of a service, whose client is compared with it. */
const CLIENT = '77';
const OF_SERVICE = /\/services\/[^/?]+$/;

/** What WHMCS prints around a page, as it is. */
interface Headed {
  pagetitle: string;
  breadcrumb: Record<string, string>;
}

/** The documents of the API, with a hostile text in every field but the HTML, which the API escapes. */
const DOCUMENT = {
  ...{ ...texts, client: HOSTILE, readAt: HOSTILE, loginLink: true, url: `https://panel.example/${HOSTILE}` },
  parts: [{ ...texts, html: '<p class="ok">of the API</p>' }],
  packages: [{ package: HOSTILE, label: HOSTILE, agreed: { price: HOSTILE } }],
  services: [{ ...texts, refs: { whmcs_service_id: '7' } }],
  overrides: { quotaBytes: HOSTILE, mode: HOSTILE, action: HOSTILE },
  panel: HOSTILE,
  subscriber: { id: HOSTILE, username: HOSTILE, caller_id: HOSTILE, channels: HOSTILE },
  products: [{ id: HOSTILE, panel: HOSTILE }],
  bills: [{ service: HOSTILE, state: 'failed', error: { code: HOSTILE, message: `${HOSTILE} Bearer ${TOKEN}` } }],
};

withPhp(`texts from outside in the modules for WHMCS${noPhp ?? ''}`, () => {
  let server: Server;
  let url: string;
  let refuses = false;
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-escaping-'));
  beforeAll(async () => {
    server = createServer(({ url: asked = '' }, response) => {
      response.writeHead(refuses ? 409 : 200, { 'content-type': 'application/json' });
      // Pages are of services that Sluice has for the client who is logged in.
      const document = OF_SERVICE.test(asked) ? { ...DOCUMENT, client: CLIENT } : DOCUMENT;
      response.end(JSON.stringify(refuses ? { error: { code: 'other', message: HOSTILE } } : document));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function allPages(): Promise<PhpResult[]> {
    const { hostname, port } = new URL(url);
    const params = {
      ...{
        serviceid: 7,
        userid: Number(CLIENT),
        username: HOSTILE,
        domain: HOSTILE,
        configoption1: HOSTILE,
        suspendreason: HOSTILE,
      },
      ...{ serverhostname: hostname, serverport: port, serversecure: false, serverpassword: TOKEN, customfields: {} },
    };
    const session = { uid: Number(CLIENT) };
    const servers = (call: string) => ({ module: 'servers/sluice', call, params });
    const area = { module: 'addons/sluice', call: 'clientarea', params: {}, session };
    const setting = (id: number, name: string, value: string) => ({ id, module: 'sluice', setting: name, value });
    const { results } = await runPhp({
      ...{ database: path.join(folder, 'whmcs.sqlite'), compile: folder },
      tables: {
        tbladdonmodules: [setting(1, 'address', url), setting(2, 'token', TOKEN)],
        tblinvoiceitems: [{ id: 1, invoiceid: 5, type: 'Hosting', relid: 7 }],
      },
      calls: [
        ...[
          servers('ClientArea'),
          servers('AdminServicesTabFields'),
          servers('SuspendAccount'),
          servers('TestConnection'),
        ],
        ...[area, { ...area, get: { service: HOSTILE } }, { ...area, get: { service: HOSTILE, login: '1' } }],
        { module: 'addons/sluice', call: 'output', params: {} },
        { hook: 'InvoiceCreation', vars: { invoiceid: 5 } },
      ],
    });
    return results;
  }

  /** What WHMCS would show of a result. */
  const shown = ({ html, output, returned, activity }: PhpResult): string => {
    const plain = html === null ? JSON.stringify(returned) : '';
    const { pagetitle = '', breadcrumb = {} } = (returned ?? {}) as Partial<Headed>;
    const page = html === null ? null : [html, pagetitle, ...Object.values(breadcrumb)].join('\n');
    return page ?? output + plain.replaceAll('\\"', '"') + activity.map(({ message }) => message).join('');
  };

  it.each([false, true])('are escaped in every page and message (refused by the API: %s)', async (isRefused) => {
    refuses = isRefused;
    const results = await allPages();
    expect(results.map(({ thrown }) => thrown)).toEqual(results.map(() => null));
    for (const result of results) {
      expect(shown(result)).not.toMatch(/<script|<img|alert\(1\)<|\u202e<\/p>/);
      // No attribute was ended by the text.
      expect(shown(result)).not.toMatch(/="[^"]*"'/);
      expect(JSON.stringify(result)).not.toContain(TOKEN);
    }
    if (!isRefused) expect(results.filter((one) => shown(one).includes('of the API')).length).toBeGreaterThanOrEqual(4);
  });
});
