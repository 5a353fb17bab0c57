import { expect, it } from '@jest/globals';
import { type FakeMailServer, startFakeMailServer } from '@sluice/fake-panels';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { configText, DAY, GB, HOUR, startEasyDcimBench } from '../easydcim-bench.js';

const isThere = await import('@resvg/resvg-js').then(
  () => true,
  () => false,
);
const at = startForEachTest(startEasyDcimBench);

async function startMails(more = '', reader = 'for: client'): Promise<FakeMailServer> {
  const mail = closeAfterTest(await startFakeMailServer());
  const entry = `  - { mail: desk@example.com, from: a@example.com, smtp: "${mail.url}", requireTls: false, ${reader}${more} }`;
  at.bench.write('sluice.yaml', configText(at.panel.url, `notify:\n${entry}\n`));
  return mail;
}

async function useMost(language: string, days = 3): Promise<void> {
  await at.addService(1, { values: ['client=7', 'email=seven@example.com', 'name=web-1', `language=${language}`] });
  for (let day = 0; day < days; day++) {
    at.panel.addTraffic(501, { in: (84 / days) * GB, out: 0 });
    at.bench.clock.advance(DAY);
    await at.bench.sluice('poll');
  }
}

/** The parts of a mail by their type. */
function toParts(data: string): { type: string; body: Buffer }[] {
  return data.split(/^--+_?[^\n]*$/m).flatMap((part) => {
    const type = /^Content-Type: ([^;\n]+)/im.exec(part)?.[1];
    const [head = '', ...rest] = part.trim().split('\n\n');
    if (type === undefined || type.startsWith('multipart')) return [];
    const body = rest.join('\n\n');
    if (/base64/i.test(head)) return [{ type, body: Buffer.from(body, 'base64') }];
    const bytes = body.replaceAll('=\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => `\\x${hex}`);
    return [
      {
        type,
        body: Buffer.from(
          bytes.replaceAll(/\\x([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
          'latin1',
        ),
      },
    ];
  });
}

(isThere ? it : it.skip)(
  'a mail to a client has the chart of its cycle, with its words in the language of the client',
  async () => {
    const mail = await startMails();
    await useMost('fa');
    const parts = toParts(mail.mails.at(-1)?.data ?? '');
    const [png] = parts.filter(({ type }) => type === 'image/png');
    expect(png?.body.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect([png?.body.readUInt32BE(16), png?.body.readUInt32BE(20)]).toEqual([1120, 440]);
    const html = parts.find(({ type }) => type === 'text/html')?.body.toString() ?? '';
    expect(html).toMatch(/<img src="cid:picture-1@sluice\.invalid" alt="web-1\. آخرین رقم: [^"]*"/);
    expect(html).toContain('۱۰۰ گیگابایت');
    expect(html).toMatch(/ مجاز<\/span>/);
  },
);

it('a mail in the words of a template has no chart, as it has no figures', async () => {
  const mail = await startMails(', template: "{service}: {percent}"');
  await useMost('en');
  expect(mail.mails.map(({ data }) => toParts(data).map(({ type }) => type))).toEqual([['text/plain', 'text/html']]);
});

/** Uses 1 GB in each hour of a day, 7 GB in that from 15:00 on, and 40 GB after it: by half an hour after midnight. */
async function useDay(): Promise<void> {
  await at.addService(1, { product: 'free', values: ['client=7'] });
  await at.bench.sluice('poll');
  for (let hour = 12; hour < 24; hour++) {
    at.panel.addTraffic(501, { in: (hour === 15 ? 7 : 1) * GB, out: 0, at: at.bench.clock.now() + HOUR / 2 });
    at.bench.clock.advance(HOUR);
    if (hour === 20) await at.bench.sluice('hold add svc-1');
    await at.bench.sluice('poll');
  }
  at.panel.addTraffic(501, { in: 40 * GB, out: 0, at: at.bench.clock.now() + HOUR / 4 });
  at.bench.clock.advance(HOUR / 2);
  await at.bench.sluice('poll');
}

const toHtml = (data = ''): string =>
  toParts(data)
    .find(({ type }) => type === 'text/html')
    ?.body.toString() ?? '';

(isThere ? it : it.skip)('a digest has the chart of its day, and nothing of the time after it', async () => {
  const mail = await startMails(', events: [digest]', 'for: operator');
  await useDay();
  const [digest, ...others] = mail.mails;
  expect(others).toEqual([]);
  const [png] = toParts(digest?.data ?? '').filter(({ type }) => type === 'image/png');
  expect([png?.body.readUInt32BE(16), png?.body.readUInt32BE(20)]).toEqual([1120, 440]);
  expect(toHtml(digest?.data)).toMatch(
    /<bdi>Traffic in each hour, up to 7 GB<\/bdi>.*<img src="cid:picture-1@sluice\.invalid" alt="Traffic in each hour\. Highest: 20 Nov 2026 15:00 to 20 Nov 2026 16:00: in 7 GB, out 0 B \([^"]*\)\."/,
  );
  expect(toHtml(digest?.data)).toMatch(/<bdi>20 Nov 2026<\/bdi>.*<bdi>21 Nov 2026<\/bdi>/);
});

it('a digest in the words of a template has no chart', async () => {
  const mail = await startMails(', events: [digest], template: "{message}"', 'for: operator');
  await useDay();
  expect(mail.mails.map(({ data }) => toParts(data).map(({ type }) => type))).toEqual([['text/plain', 'text/html']]);
});
