import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createAstbillingClient } from '@sluice/astbilling-client';
import { startDashboard } from '@sluice/dashboard';
import { createEasyDcimClient } from '@sluice/easydcim-client';
import { createSluice, parseConfig } from '@sluice/engine';
import * as fakes from '@sluice/fake-panels';
import { createFlvxClient } from '@sluice/flvx-client';
import { createHiddifyClient } from '@sluice/hiddify-agent-traffic';
import { createPanelHttp, systemClock } from '@sluice/panel-http';
import { openStore } from '@sluice/state-store';
import { createWhmcsClient } from '@sluice/whmcs-client';
import { startSchedule } from '@sluice/worker/schedule';

/** Options of a client; nothing listens there. */
const options = { panel: 'p1', baseUrl: 'http://127.0.0.1:9', allowHttp: true };
const apiKey = '00000000-0000-4000-8000-000000000001';

/** Closes a client by `using`; returns a call of the closed client. */
function callAfterUsing<T extends Disposable>(open: () => T, call: (client: T) => Promise<unknown>) {
  using client = open();
  return () => call(client);
}

const request = { method: 'GET', path: '/', endpoint: 'GET /' } as const;

it.each(
  Object.entries({
    'panel-http': callAfterUsing(
      () => createPanelHttp(options),
      (client) => client.request({ ...request, schema: null as never }),
    ),
    'easydcim-client': callAfterUsing(
      () => createEasyDcimClient({ ...options, token: 'a-token', timeZone: 'UTC' }),
      (client) => client.probe(),
    ),
    'flvx-client': callAfterUsing(
      () => createFlvxClient({ ...options, username: 'admin', password: 'password' }),
      (client) => client.tunnels.list(),
    ),
    'hiddify-agent-traffic': callAfterUsing(
      () => createHiddifyClient({ ...options, baseUrl: `${options.baseUrl}/path`, apiKey }),
      (client) => client.users.list(),
    ),
    'astbilling-client': callAfterUsing(
      () => createAstbillingClient({ ...options, token: 'a-token' }),
      (client) => client.auth.verify(),
    ),
    'whmcs-client': callAfterUsing(
      () => createWhmcsClient({ ...options, identifier: 'an-identifier', secret: 'a-secret' }),
      (client) => client.services.list({ clientId: '1' }),
    ),
  }),
)('using closes the client of %s', async (_package, call) => {
  await expect(call()).rejects.toThrow('was closed');
});

it('await using closes a store and an engine', async () => {
  const config = parseConfig({ panels: {} }, []);
  const store = await openStore({ location: ':memory:' });
  {
    await using sluice = await createSluice({ config, kinds: [], store });
    expect(await sluice.services.list()).toMatchObject({ services: [] });
  }
  await expect(store.services.list()).rejects.toMatchObject({ code: 'store_closed' });
  const open = async () => {
    await using second = await openStore({ location: ':memory:' });
    return second;
  };
  await expect((await open()).services.list()).rejects.toMatchObject({ code: 'store_closed' });
});

it('await using ends a dashboard and a schedule, and leaves the engine open', async () => {
  await using store = await openStore({ location: ':memory:' });
  await using sluice = await createSluice({ config: parseConfig({ panels: {} }, []), kinds: [], store });
  let address: string;
  {
    await using dashboard = await startDashboard({
      sluice,
      store,
      listen: { host: '127.0.0.1', port: 0 },
      clock: systemClock,
      randomBytes: (count) => new Uint8Array(count),
      version: '0.1.0',
    });
    address = dashboard.url;
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
    await using schedule = startSchedule({ jobs: [], clock: systemClock, random: () => 0, timeZone: 'UTC' });
    expect(schedule[Symbol.asyncDispose]).toBe(schedule.stop);
  }
  await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  expect(await sluice.version()).not.toBe('');
});

it.each([
  fakes.startFakeEasyDcim,
  fakes.startFakeFlvx,
  fakes.startFakeHiddify,
  fakes.startFakeAstbilling,
  fakes.startFakeWhmcs,
])('await using ends a fake panel (%#)', async (start) => {
  let url: string;
  {
    await using fake = await start();
    ({ url } = fake);
    await fetch(url, { redirect: 'manual' });
  }
  await expect(fetch(url)).rejects.toThrow();
});

it('await using ends a fake mail server', async () => {
  const connectTo = async (url: string) => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.destroy();
  };
  let url: string;
  {
    await using mails = await fakes.startFakeMailServer();
    ({ url } = mails);
    await connectTo(url);
  }
  await expect(connectTo(url)).rejects.toThrow('ECONNREFUSED');
});
