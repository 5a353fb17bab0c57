import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeMailServer, startFakeMailServer } from '@sluice/fake-panels';
import { LANGUAGES } from '@sluice/messages/languages';
import { mail } from '@sluice/notice-channels';
import { type DashboardBench, startBench } from '../test/dashboard-bench.js';
import { findHardCoded } from '../test/hard-coded.js';
import { type ReadMail, readMail } from '../test/read-mail.js';

const HOSTILE = '<img src=x onerror=alert(1)>"{used}\u202Egnp\r\nBcc: all@example.com\u2066&amp;';
const PUBLIC = 'https://pages.example.com';

let server: FakeMailServer;
let at: DashboardBench;

async function open(more: Record<string, unknown> = {}, brand: Record<string, unknown> = {}): Promise<void> {
  at = await startBench({
    channels: [mail],
    config: {
      serve: { publicUrl: PUBLIC },
      brand: { name: 'Nordhost', contact: 'help@example.com', colour: '#ffdd00', ...brand },
      notify: [
        {
          ...{ mail: 'staff@example.com', from: 'Nordhost <no-reply@example.com>', smtp: server.url },
          ...{ requireTls: false, for: 'client', link: 'share' },
          ...more,
        },
      ],
    },
  });
}

beforeAll(async () => {
  server = await startFakeMailServer();
});
afterAll(() => server.close());
beforeEach(() => {
  (server.mails as unknown[]).length = 0;
});

/** Uses up most of what a service may, and reads it: its client gets a mail of the threshold. */
async function reach(language: string, values: Record<string, string> = {}, usedGb = 83): Promise<ReadMail> {
  await at.addService(1, 'c-1', usedGb);
  await at.sluice.services.set('svc-1', { language, email: 'client@example.com', ...values });
  await at.sluice.poll();
  const last = server.mails.at(-1);
  if (last === undefined) throw new Error('no mail was sent');
  expect(last.to).toEqual(['client@example.com']);
  return readMail(last.data);
}

const linkIn = ({ text }: ReadMail, path: string): string => {
  const found = new RegExp(`${PUBLIC}(/${path}/\\S+)`).exec(text)?.[1];
  if (found === undefined) throw new Error(`no link to /${path}/`);
  return found;
};

describe('a mail to a client', () => {
  it.each([
    [
      'en',
      'Service svc-1 has used 80% of its traffic',
      '83 GB of 100 GB (83%) of traffic',
      'Next period from: 15 Dec 2026',
    ],
    [
      'pt-BR',
      'O serviço svc-1 já usou 80% do seu tráfego',
      '83 GB de 100 GB (83%) de tráfego',
      'Próximo período a partir de: 15 de dez. de 2026',
    ],
    ['zh-CN', '服务 svc-1 已使用其流量的 80%', '流量已用 83 GB / 100 GB（83%）', '下一周期开始: 2026年12月15日'],
    [
      'fa',
      'سرویس svc-1 تاکنون ۸۰٪ از ترافیک خود را مصرف کرده است',
      '۸۳ گیگابایت از ۱۰۰ گیگابایت (۸۳٪) ترافیک',
      'آغاز دورهٔ بعد: ۲۴ آذر ۱۴۰۵',
    ],
  ])('says in %s what is used, until when, and what the page shows', async (language, subject, figures, until) => {
    await open();
    try {
      const { headers, ...shown } = await reach(language);
      expect(shown.subject).toBe(subject);
      expect(headers.get('content-language')).toBe(language);
      expect(headers.get('content-type')).toMatch(/^multipart\/alternative/);
      for (const part of [shown.text, shown.html.replaceAll('</th>', ': ').replaceAll(/<[^>]*>/g, '')]) {
        expect(part.replaceAll(/[\u2068\u2069]/g, '')).toContain(figures);
        expect(part).toContain(until);
        expect(part).toContain('Nordhost');
      }
      expect(shown.html).toContain(`<html lang="${language}" dir="${language === 'fa' ? 'rtl' : 'ltr'}">`);
      expect(shown.html).toContain('<td width="83%"');
      // Black text on a light colour.
      expect(shown.html).toMatch(/background:#[\da-f]{6};color:#000000/);
      const page = await at.fetch(linkIn({ headers, ...shown }, 'share'));
      const body = await page.text();
      expect([page.status, body.includes('svc-1'), body.includes(`<html lang="${language}"`)]).toEqual([
        200,
        true,
        true,
      ]);
    } finally {
      await at.close();
    }
  });

  it('has no text in Persian that is not of the catalogue', async () => {
    await open();
    try {
      const { html, text } = await reach('fa');
      const data = new Set(['svc', 'Nordhost', 'UTC']);
      const body = html.slice(html.indexOf('<body'));
      expect(findHardCoded(body, data)).toEqual([]);
      const written = text.replaceAll(/https:\S+/g, '').replaceAll(/help@example\.com/g, '');
      expect(findHardCoded(written, data)).toEqual([]);
    } finally {
      await at.close();
    }
  });

  it.each(LANGUAGES)('in %s is not changed by what a service or package is called', async (language) => {
    await open({ template: { default: '{name}: {used} {message}' } }, { name: 'A <b>&"' });
    try {
      const { headers, html, text, subject } = await reach(language, { name: HOSTILE });
      expect([...headers.keys()]).not.toContain('bcc');
      expect(html).not.toMatch(/<img src=x|<b>/);
      expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;{used}');
      expect(html).toContain('&amp;amp;');
      expect([subject, text, html].join('')).not.toMatch(/[\u202A-\u202E\u2066\u2067]/);
      expect(text.split('\n')[0]).toContain('onerror=alert(1)>"{used} gnp Bcc: all@example.com &amp;');
    } finally {
      await at.close();
    }
  });

  it('has the text of a template in its language, and else that of the catalogue', async () => {
    const template = {
      threshold: { en: '{name} {used}/{allowed} {percent} {remaining} {until} {link}', fa: 'سلام {used}' },
    };
    await open({ template, link: 'https://my.example.com/service?id={service}&of={client}' });
    try {
      const english = await reach('en', { name: 'Web' });
      expect(english.text).toContain(
        'Web 83 GB/100 GB 83% 17 GB 15 Dec 2026 https://my.example.com/service?id=svc-1&of=c-1',
      );
      await at.addService(2, 'c-2', 95);
      await at.sluice.services.set('svc-2', { language: 'pt-BR', email: 'client@example.com' });
      await at.sluice.poll();
      expect(readMail(server.mails.at(-1)!.data).text).toContain('O serviço svc-2 já usou 90% do seu tráfego.');
    } finally {
      await at.close();
    }
  });
});

describe('the link to choose mails', () => {
  beforeEach(async () => {
    await open();
  });

  it('asks before it changes anything, stops one kind or all, and can start them again', async () => {
    try {
      const first = await reach('fa');
      const link = linkIn(first, 'mails');
      const asked = await (await at.fetch(link)).text();
      expect(asked).toContain('<html lang="fa" dir="rtl"');
      expect(findHardCoded(asked.slice(asked.indexOf('<main')), new Set(['Sluice', 'help', 'example', 'com']))).toEqual(
        [],
      );
      expect(asked.match(/type="checkbox"[^>]* checked/g)).toHaveLength(5);
      const post = async (body: string, type = 'application/x-www-form-urlencoded') =>
        at.fetch(link, { method: 'POST', headers: { 'content-type': type }, body });
      // What mail programs send.
      expect((await post('List-Unsubscribe=One-Click')).status).toBe(200);
      const wanted = async () =>
        (await at.sluice.notices.choices('c-1')).events.flatMap(({ event, wanted: is }) => (is ? [event] : []));
      expect(await wanted()).toEqual(['hold', 'release', 'purchase', 'auto-buy-refused']);
      expect((await post('choose=some&threshold=yes&hold=yes')).status).toBe(200);
      expect(await wanted()).toEqual(['threshold', 'hold']);
      await post('choose=none');
      expect(await wanted()).toEqual([]);
      const parts = '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
      expect((await post(parts, 'multipart/form-data; boundary=x')).status).toBe(200);
    } finally {
      await at.close();
    }
  });

  it('stops what waits, and mails of later events', async () => {
    try {
      const { headers } = await reach('en');
      const link =
        /^<https:\/\/pages\.example\.com(\/mails\/\S+)>$/.exec(headers.get('list-unsubscribe') ?? '')?.[1] ?? '';
      expect(headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
      await at.fetch(link, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: '',
      });
      await at.addService(2, 'c-1', 85);
      await at.sluice.services.set('svc-2', { email: 'client@example.com' });
      await at.sluice.poll();
      expect(server.mails).toHaveLength(1);
      const { deliveries } = await at.sluice.notices.list();
      expect(deliveries.map(({ service }) => service)).toEqual(['svc-1']);
      await at.sluice.notices.choose('c-1', { threshold: true });
      await at.addService(3, 'c-1', 85);
      await at.sluice.services.set('svc-3', { email: 'client@example.com' });
      await at.sluice.poll();
      expect(server.mails).toHaveLength(2);
    } finally {
      await at.close();
    }
  });

  it('is dead once its reader has no service any more, instead of saving what stops no mail', async () => {
    try {
      const link = linkIn(await reach('en'), 'mails');
      await at.sluice.services.set('svc-1', { client: 'c-9' });
      for (const method of ['GET', 'POST']) expect((await at.fetch(link, { method })).status).toBe(404);
      expect((await at.sluice.notices.choices('c-9')).events.every(({ wanted }) => wanted)).toBe(true);
    } finally {
      await at.close();
    }
  });

  it('is not believed with another reader, event or signature', async () => {
    try {
      const link = linkIn(await reach('en'), 'mails').replace(/\?.*/, '');
      const [payload = '', signature = ''] = link.slice('/mails/'.length).split('.');
      const forged = Buffer.from(JSON.stringify(['client:c-2', 'threshold'])).toString('base64url');
      for (const token of [
        `${forged}.${signature}`,
        `${payload}.${signature.slice(1)}`,
        payload,
        `${payload}.`,
        'x'.repeat(5000),
      ]) {
        for (const method of ['GET', 'POST']) {
          const answer = await at.fetch(`/mails/${token}`, { method });
          expect([token.length, method, answer.status >= 400 && answer.status < 500]).toEqual([
            token.length,
            method,
            true,
          ]);
        }
      }
      expect((await at.sluice.notices.choices('c-1')).events.every(({ wanted }) => wanted)).toBe(true);
    } finally {
      await at.close();
    }
  });
});

describe('an address that a client chooses', () => {
  it('counts once its mail was answered, is asked for three times a day, and can be dropped', async () => {
    await open();
    try {
      await reach('pt-BR');
      const own = 'own@example.com';
      expect(await at.sluice.notices.setAddress('c-1', own)).toMatchObject({ address: null, asked: own });
      const sent = server.mails.at(-1)!;
      const asked = readMail(sent.data);
      expect([sent.to, asked.subject]).toEqual([[own], 'Confirme o seu endereço para Nordhost']);
      const link = linkIn(asked, 'mails/confirm');
      expect(await (await at.fetch(link)).text()).toContain('Confirmar o endereço');
      expect(await at.sluice.notices.choices('c-1')).toMatchObject({ address: null });
      const confirmed = await at.fetch(link, { method: 'POST' });
      expect([confirmed.status, (await confirmed.text()).includes(own)]).toEqual([200, true]);
      expect(await at.sluice.notices.choices('c-1')).toMatchObject({ address: own, asked: null });
      await at.addService(2, 'c-1', 85);
      await at.sluice.services.set('svc-2', { email: 'client@example.com' });
      await at.sluice.poll();
      expect(server.mails.at(-1)!.to).toEqual([own]);
      await at.sluice.notices.setAddress('c-1', 'b@example.com');
      await at.sluice.notices.setAddress('c-1', 'c@example.com');
      const count = server.mails.length;
      await expect(at.sluice.notices.setAddress('c-1', 'd@example.com')).rejects.toMatchObject({
        code: 'too_many_mails',
      });
      await expect(at.sluice.notices.setAddress('c-1', 'a@b.c, x@y.z')).rejects.toMatchObject({ code: 'bad_option' });
      await expect(at.sluice.notices.setAddress('c-9', own)).rejects.toMatchObject({ code: 'unknown_client' });
      expect(server.mails).toHaveLength(count);
      expect((await at.fetch(link, { method: 'POST' })).status).toBe(404);
      expect(await at.sluice.notices.setAddress('c-1', null)).toMatchObject({ address: null, asked: null });
      // Otherwise somebody could be sent any number of mails.
      await expect(at.sluice.notices.setAddress('c-1', 'd@example.com')).rejects.toMatchObject({
        code: 'too_many_mails',
      });
      expect(server.mails).toHaveLength(count);
    } finally {
      await at.close();
    }
  });
});
