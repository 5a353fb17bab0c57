import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificate } from '../../../packages/panel-http/src/test/certificate.js';
import { INTEGRATION, noPhp, type PhpCall, type PhpResult, runPhp } from './test/php.js';

const withPhp = noPhp === null ? describe : describe.skip;
const TOKEN = 'sluice_a-token-that-no-log-may-show';

interface Fault {
  /** The id of the service, by which the server chooses its answer. */
  id: number;
  status: number;
  code?: string;
  body?: string;
}

const FAULTS: Fault[] = [
  ...[401, 403, 404, 409, 422, 429, 500, 502, 503].map((status) => ({ id: status, status, code: `code_${status}` })),
  { id: 1001, status: 200, body: '<html>Welcome</html>' },
  { id: 1002, status: 502, body: '<html><script>alert(1)</script>Bad gateway</html>' },
  { id: 1003, status: 301, body: '' },
  { id: 1004, status: 403, body: 'blocked' },
  {
    id: 1005,
    status: 200,
    body: '{"run":{"outcome":"failed"},"error":{"code":"x","message":"The panel <b>refused</b> it"}}',
  },
  ...['{}', '[]', '{"status":"ok"}'].map((body, index) => ({ id: 1011 + index, status: 200, body })),
  // Longer than PHP has the memory for.
  { id: 1009, status: 200, body: `{"run":{"outcome":"done"},"more":"${'x'.repeat(4_000_000)}"}` },
];
const HOSTILE = '"><script>alert(1)</script>';
const EMBEDDED = {
  ...{ title: HOSTILE, summary: HOSTILE, loginLink: false, readAt: null },
  parts: [{ id: HOSTILE, title: HOSTILE, html: '<p>&lt;escaped by Sluice&gt;</p>' }],
  packages: [{ package: HOSTILE, label: HOSTILE }],
};
const CUT = 1006;
const HANGING = 1007;
const WITHOUT_LOGIN = 1008;

const answers: RequestListener = (request, reply) => {
  request.resume();
  const id = Number(/whmcs-(\d+)/.exec(request.url ?? '')?.[1]);
  if (id === HANGING) return;
  if (id === WITHOUT_LOGIN || request.url?.endsWith('/share-links') === true) {
    const isLink = request.url?.endsWith('/share-links') === true;
    reply.writeHead(isLink ? 201 : 422);
    reply.end(JSON.stringify(isLink ? { token: 'a-share-token', url: null } : { error: { code: 'unsupported' } }));
    return;
  }
  if (request.url?.includes('/embedded/') === true) {
    reply.end(JSON.stringify(EMBEDDED));
    return;
  }
  if (request.method === 'GET') {
    reply.end(JSON.stringify({ client: '7' }));
    return;
  }
  if (id === CUT) {
    reply.writeHead(200, { 'content-type': 'application/json', 'content-length': 500 });
    reply.write('{"run":{"outcome":"done"},', () => reply.destroy());
    return;
  }
  const { status, code, body } = FAULTS.find((fault) => fault.id === id) ?? { status: 500 };
  const message = `Something about "${id}" <b>failed</b>\n${TOKEN}`;
  reply.writeHead(status, { location: 'http://127.0.0.1:9/' });
  reply.end(body ?? JSON.stringify({ error: { code, message, details: {} } }));
};

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

withPhp(`faults between WHMCS and Sluice${noPhp ?? ''}`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sluice-whmcs-'));
  const plain = createServer(answers);
  let secure: Server;
  const results = new Map<string, PhpResult>();

  beforeAll(async () => {
    const { key, cert } = await createCertificate();
    secure = createSecureServer({ key, cert }, answers);
    const port = await listen(plain);
    const securePort = await listen(secure);
    const unused = await closedPort();
    const suspend = (name: string, serviceid: number, more = {}): [string, PhpCall] => {
      const params = {
        serviceid,
        userid: 7,
        serverhostname: '127.0.0.1',
        serverport: port,
        serverpassword: TOKEN,
        ...more,
      };
      return [name, { module: 'servers/sluice', call: 'SuspendAccount', params }];
    };
    const calls = new Map([
      ...FAULTS.map(({ id }) => suspend(String(id), id)),
      suspend('cut', CUT),
      suspend('hanging', HANGING),
      suspend('certificate', 401, { serverport: securePort, serversecure: true }),
      suspend('refused', 401, { serverport: unused }),
      suspend('no server', 401, { serverhostname: '' }),
      suspend('no token', 401, { serverpassword: '' }),
      suspend('unencrypted', 401, { serverhostname: 'sluice.example.com' }),
      suspend('number', 401, { serverhostname: '134744072' }),
      suspend('no service', 0),
      ...(['TerminateAccount', 'ChangePassword'] as const).map((name): [string, PhpCall] => {
        const [, call] = suspend(name, 1005, { password: 'Another-secret-1' });
        return [name, { ...call, call: name }];
      }),
      ...(['ClientArea', 'AdminServicesTabFields'] as const).map((name): [string, PhpCall] => {
        const [, call] = suspend(name, 1);
        return [name, { ...call, call: name }];
      }),
      ['login', { ...suspend('', WITHOUT_LOGIN)[1], call: 'ServiceSingleSignOn' }],
    ]);
    const request = { database: path.join(folder, 'whmcs.sqlite'), compile: path.join(folder, 'templates') };
    const done = await runPhp({ ...request, constants: { SLUICE_MOST_SECONDS: 1 }, calls: [...calls.values()] });
    [...calls.keys()].forEach((name, index) => results.set(name, done.results[index] as PhpResult));
  });
  afterAll(() => {
    for (const server of [plain, secure]) {
      server.closeAllConnections();
      server.close();
    }
    rmSync(folder, { recursive: true });
  });

  const toSentence = (name: string): string => String(results.get(name)?.returned);

  it('are one plain sentence each, without markup and without the token', () => {
    for (const [name, { returned, thrown, moduleLog }] of results) {
      if (['ClientArea', 'AdminServicesTabFields', 'login'].includes(name)) continue;
      expect(thrown).toBeNull();
      expect(returned).toMatch(/^[^<>\n]{20,500}$/);
      expect(JSON.stringify([returned, moduleLog])).not.toContain(TOKEN);
    }
  });

  it('end no page and no invoice of WHMCS where the provisioning module is missing', async () => {
    const modules = path.join(folder, 'modules', 'addons', 'sluice');
    cpSync(path.join(INTEGRATION, 'modules', 'addons', 'sluice'), modules, { recursive: true });
    const request = { root: folder, database: path.join(folder, 'alone.sqlite'), compile: folder };
    const calls: PhpCall[] = [
      { hook: 'InvoiceCreation', vars: { invoiceid: 1 } },
      { hook: 'ClientAreaPrimaryNavbar', menu: ['Services'], session: { uid: 7 } },
    ];
    const alone = await runPhp({ ...request, calls });
    expect(alone.results.map(({ thrown }) => thrown)).toEqual([null, null]);
  });

  it('send no customer to the address that WHMCS has for Sluice', () => {
    const { returned } = results.get('login') as PhpResult;
    expect(returned).toMatchObject({ success: false, errorMsg: expect.stringMatching(/not possible/) });
    expect(returned).not.toHaveProperty('redirectTo');
  });

  it('are not to be had from hostile names', () => {
    const { html } = results.get('ClientArea') as PhpResult;
    expect(html).not.toContain('<script');
    expect(html).toContain('&lt;script&gt;');
    expect(html).toContain('<p>&lt;escaped by Sluice&gt;</p>');
    expect(Object.values(results.get('AdminServicesTabFields')?.returned as object).join()).not.toContain('<script');
  });

  it.each([
    ['401', /"401".*Check the token/],
    ['403', /scope operate/],
    ['404', /"404" ‹b›failed/],
    ['409', /"409"/],
    ['422', /"422"/],
    ['429', /Wait, and repeat it/],
    ['500', /Repeat it later: what was begun is finished/],
    ['502', /Repeat it later/],
    ['503', /Repeat it later/],
    ['1001', /something else than Sluice does.*not known yet/],
    ['1011', /something else than Sluice does.*not known yet/],
    ['1012', /something else than Sluice does.*not known yet/],
    ['1013', /something else than Sluice does.*not known yet/],
    ['1002', /HTTP 502.*not known yet/],
    ['1003', /leads to another one.*Nothing was changed/],
    ['1004', /not Sluice that answered.*Nothing was changed/],
    ['1005', /‹b›refused‹\/b› it\. What was begun is finished when it is repeated, or by the next run of Sluice;/],
    [
      'TerminateAccount',
      /‹b›refused‹\/b› it\. Repeat it until it is done: a run of Sluice may never finish it; nothing is done twice\.$/,
    ],
    [
      'ChangePassword',
      /‹b›refused‹\/b› it\. Repeat it until it is done: a run of Sluice may never finish it; nothing is done twice\.$/,
    ],
    ['cut', /did not arrive whole.*not known yet/],
    ['hanging', /did not answer within 1 seconds.*not known yet/],
    ['certificate', /encrypted connection.*certificate.*Nothing was changed/],
    ['1009', /did not arrive whole.*not known yet/],
    ['refused', /can't be reached.*Nothing was changed/],
    ['no server', /no server/],
    ['no token', /token is missing/],
    ['unencrypted', /unencrypted/],
    ['number', /unencrypted/],
    ['no service', /no service/],
  ])('say what is known: %s', (name, expected) => {
    expect(toSentence(name)).toMatch(expected);
  });
});
