import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeMailServer, startFakeMailServer } from '@sluice/fake-panels';
import { mail } from '@sluice/notice-channels';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { findHardCoded } from '../../test/hard-coded.js';
import { textOf } from '../../test/page-texts.js';
import { readMail } from '../../test/read-mail.js';
import { Link, toKey } from '../../test/share-link.js';

const PUBLIC = 'https://pages.example.com';

let server: FakeMailServer;
let at: DashboardBench;
let link: Link;
beforeAll(async () => {
  server = await startFakeMailServer();
  at = await startBench({
    channels: [mail],
    config: {
      serve: { publicUrl: PUBLIC },
      notify: [
        { mail: 'staff@example.com', from: 'no-reply@example.com', smtp: server.url, requireTls: false, for: 'client' },
      ],
    },
  });
  await at.addService(1, 'c-1', 20);
  await at.addService(2, 'c-2', 20);
  await at.sluice.services.set('svc-1', { email: 'client@example.com' });
  link = await Link.open(at, { client: 'c-1', manage: true });
});
afterAll(async () => {
  await at.close();
  await server.close();
});

const words = async (): Promise<string> => textOf(await link.text('/mails'));
const checked = async (): Promise<string[]> =>
  [...(await link.text('/mails')).matchAll(/<input\s[^>]*type="checkbox"[^>]*?name="([\w-]+)"[^>]*? checked/g)].map(
    ([, name = '']) => name,
  );

describe('the mails of a client', () => {
  it('are all wanted at first, and chosen by a form that needs no script', async () => {
    const page = textOf(await link.text('/services/svc-1'));
    expect(page).toContain('You get a mail: when 80%, 90% or all of the traffic is used when a service is restricted');
    expect(await checked()).toEqual(['threshold', 'hold', 'release', 'purchase', 'auto-buy-refused']);
    const answer = await link.post('/mails', { hold: 'yes', purchase: 'yes' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/share/${link.token}/mails?done=saved`]);
    expect(await checked()).toEqual(['hold', 'purchase']);
    expect(textOf(await link.text('/mails?done=saved'))).toContain('This is saved.');
    const own = await at.call('GET /clients/c-1/notices', { token: await at.token('read', 'client:c-1') });
    expect(own.json).toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ event: 'threshold', wanted: false })]),
    });
    const other = await at.call('GET /clients/c-2/notices');
    expect(JSON.stringify(other.json)).not.toContain('"wanted":false');
  });

  it('stop where the client has said so', async () => {
    const before = server.mails.length;
    at.panel.addTraffic(501, { in: 65 * 1024 ** 3, out: 0 });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    expect(server.mails.length).toBe(before);
    await link.post('/mails', { threshold: 'yes', hold: 'yes' });
    at.panel.addTraffic(501, { in: 7 * 1024 ** 3, out: 0 });
    at.clock.advance(3_600_000);
    await at.sluice.poll();
    expect(server.mails.slice(before).map(({ to }) => to)).toEqual([['client@example.com']]);
  });

  it('go to another address once it is confirmed, of which others with the link see the domain alone', async () => {
    expect((await link.post('/mails/address', { address: 'own.name@example.net' })).status).toBe(303);
    const sent = server.mails.at(-1);
    expect(sent?.to).toEqual(['own.name@example.net']);
    expect(await words()).toContain('A mail was sent to o…@example.net.');
    expect(await (await link.get('/mails')).text()).not.toContain('own.name');
    const byApi = async (token?: string): Promise<unknown> =>
      (await at.call('GET /clients/c-1/notices', { token })).json['asked'];
    const asked = [await byApi(await at.token('client:c-1')), await byApi(await at.token('client:c-1', 'manage'))];
    expect([...asked, await byApi()]).toEqual(['o…@example.net', 'o…@example.net', 'own.name@example.net']);
    const [, path = ''] = new RegExp(`${PUBLIC}(/mails/confirm/[^\\s?]+)`).exec(readMail(sent?.data ?? '').text) ?? [];
    expect((await at.fetch(path, { method: 'POST', body: new URLSearchParams() })).status).toBe(200);
    expect(await words()).toContain('They are sent to o…@example.net, which you have confirmed.');
    await link.post('/mails/address', { drop: 'yes' });
    expect(await words()).toContain('They are sent to the address that your provider has of you.');
  });

  it('refuse what is no address at its field, and more mails than a few a day', async () => {
    const refused = await link.post('/mails/address', { address: 'nobody' });
    const page = await refused.text();
    expect([refused.status, page]).toEqual([400, expect.stringMatching(/value="nobody"[^>]*aria-invalid="true"/)]);
    for (const name of ['a', 'b', 'c', 'd']) await link.post('/mails/address', { address: `${name}@example.net` });
    const many = await link.post('/mails/address', { address: 'e@example.net' });
    expect([many.status, textOf(await many.text())]).toEqual([
      409,
      expect.stringContaining('has to wait until tomorrow'),
    ]);
  });

  it('are changed with the token of the page, by who may manage, and for nobody else', async () => {
    expect((await link.send('/mails', { hold: 'yes', key: toKey(), csrf: 'x' })).status).toBe(409);
    const reads = await Link.open(at, { client: 'c-1' });
    for (const answer of [
      await reads.get('/mails'),
      await reads.post('/mails', {}),
      await reads.post('/mails/address', {}),
    ])
      expect(answer.status).toBe(403);
    expect(await reads.text('/services/svc-1')).not.toContain('/mails');
    const token = await at.token('read', 'manage', 'client:c-1');
    expect((await at.call('PUT /clients/c-2/notices', { token, body: { events: { hold: false } } })).status).toBe(404);
  });

  it('are in the language of the client, whole', async () => {
    for (const path of ['/mails?language=fa', '/services/svc-1?language=fa']) {
      const page = await (await link.get(path)).text();
      expect(
        findHardCoded(
          page,
          new Set(['Sluice', 'dcim', 'UTC', 'svc', 'GB', 'Inbound', 'Outbound', 'Total', 'Created', 'Traffic']),
        ),
      ).toEqual([]);
    }
  });
});

it('offers no choice where no channel sends mails to clients', async () => {
  const plain = await startBench();
  try {
    await plain.addService(1, 'c-1');
    const own = await Link.open(plain, { client: 'c-1', manage: true });
    expect(await own.text('/services/svc-1')).not.toContain('/mails');
    expect(textOf(await own.text('/mails'))).toContain('At present, no mails are sent to customers.');
  } finally {
    await plain.close();
  }
});
