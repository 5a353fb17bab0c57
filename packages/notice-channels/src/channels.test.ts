import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChannelMessage, NoticeChannel, NoticeChannelKind } from '@sluice/contract/ports';
import {
  type FakeMailServer,
  type FakeServer,
  type Fault,
  startFakeMailServer,
  startFakeServer,
} from '@sluice/fake-panels';
import { command, mail, pingHeartbeat, telegram, webhook } from './index.js';
import { NO_DATA } from './test/no-data.js';

const NOW = Date.parse('2026-11-20T12:00:00Z');
const MESSAGE: ChannelMessage = {
  delivery: 'dlv-1',
  event: 'hold',
  code: 'hold',
  at: '2026-11-20T11:59:00.000Z',
  panel: 'dcim',
  service: '<b>svc & "1"</b> *_[x](http://y)',
  client: '7',
  for: 'operator',
  recipient: null,
  subject: 'Sluice: <b>svc-1</b> is held',
  text: '<b>svc & "1"</b> *_[x](http://y) is held\n2026-11-20 13:00',
  data: NO_DATA,
  view: {
    ...{
      language: 'en',
      direction: 'ltr',
      isUrgent: false,
      figures: [],
      percent: null,
      link: null,
      unsubscribe: null,
      pictures: [],
    },
    words: { contact: 'Contact', terms: 'Terms', times: 'Times: UTC' },
  },
};

let receiver: FakeServer;
beforeEach(async () => {
  receiver = await startFakeServer({
    name: 'receiver',
    handle: () => ({ status: 200, headers: {}, body: { ok: true, result: { text: 'x'.repeat(50_000) } } }),
    toEndpoint: ({ method, path: where }) => `${method} ${where}`,
    changing: () => true,
  });
});
afterEach(() => receiver.close());

function open(kind: NoticeChannelKind, settings: Record<string, unknown>, timeoutMs = 300): Promise<NoticeChannel> {
  const secret = (key: string): string => (typeof settings[key] === 'string' ? settings[key] : '');
  return kind.open(settings, { secret, now: () => NOW, timeoutMs, childEnv: ['SLUICE_TEST_NAMED'] });
}

/** Returns code and message of a failed sending, and how long it took. */
async function failure(
  channel: NoticeChannel,
): Promise<{ code: string; message: string; ms: number; details: unknown }> {
  const begun = Date.now();
  try {
    await channel.send(MESSAGE);
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: unknown };
    return { code, message, details, ms: Date.now() - begun };
  }
  throw new Error('it was acknowledged');
}

describe('a webhook', () => {
  const hook = () => open(webhook, { webhook: `${receiver.url}/hook?key=s3cr3t-path`, secret: 'signing-key' });

  it('gets the notice as JSON with a signature that can be verified', async () => {
    await (await hook()).send(MESSAGE);
    const [call] = receiver.calls;
    const { view: _view, ...sent } = MESSAGE;
    expect(JSON.parse(call!.body)).toEqual(sent);
    expect(call!.headers).toMatchObject({ 'sluice-delivery': 'dlv-1', 'sluice-event': 'hold' });
    const [, time = '', v1 = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(call!.headers['sluice-signature'] ?? '') ?? [];
    const expected = createHmac('sha256', 'signing-key').update(`${time}.${call!.body}`).digest();
    expect(timingSafeEqual(Buffer.from(v1, 'hex'), expected)).toBe(true);
    expect(Number(time)).toBe(NOW / 1000);
  });

  const cases: [string, Fault, string, RegExp][] = [
    ['answers 500', { kind: 'status', status: 500, body: 's3cr3t-path' }, 'receiver_refused', /HTTP 500$/],
    [
      'redirects',
      { kind: 'status', status: 302, headers: { location: '/other' } },
      'receiver_refused',
      /302; redirects/,
    ],
    ['does not answer', { kind: 'hang' }, 'receiver_unreachable', /within 0.3 s/],
    ['cuts the connection', { kind: 'cut' }, 'receiver_unreachable', /could not be reached/],
  ];
  it.each(cases)('that %s has not acknowledged, and the error has no secret', async (_, fault, code, says) => {
    receiver.inject({ fault });
    const failed = await failure(await hook());
    expect([failed.code, failed.message]).toEqual([code, expect.stringMatching(says)]);
    expect(failed.message).not.toMatch(/s3cr3t|signing|127\.0\.0\.1/);
    expect(failed.ms).toBeLessThan(1500);
    expect(receiver.calls).toHaveLength(1);
  });

  it('has acknowledged by its status, though its answer breaks off or has no end', async () => {
    const channel = await hook();
    for (const fault of [{ kind: 'truncated' }, { kind: 'huge', bytes: 200_000_000 }] as const) {
      const remove = receiver.inject({ fault });
      await channel.send(MESSAGE);
      remove();
    }
    expect(receiver.calls).toHaveLength(2);
  });

  it('may ask for a wait', async () => {
    receiver.inject({ fault: { kind: 'status', status: 429, headers: { 'retry-after': '120' } } });
    expect((await failure(await hook())).details).toEqual({ retryAfterMs: 120_000 });
  });

  it('ends with the call', async () => {
    receiver.inject({ fault: { kind: 'hang' } });
    const control = new AbortController();
    const sending = (await hook()).send(MESSAGE, control.signal);
    await receiver.waitForCall();
    control.abort(new Error('the end'));
    await expect(sending).rejects.toThrow('the end');
  });

  it('needs an address of the web', async () => {
    await expect(open(webhook, { webhook: 'file:///etc/passwd', secret: 'k' })).rejects.toMatchObject({
      code: 'bad_address',
    });
    expect(webhook.check?.({ webhook: 'gopher://x' })).toHaveLength(1);
    expect(webhook.check?.({ webhook: '${env:URL}' })).toEqual([]);
  });
});

describe('Telegram', () => {
  const bot = () => open(telegram, { telegram: '-100', token: '12:s3cr3t', api: receiver.url });

  it('gets plain text without formatting', async () => {
    await (await bot()).send({ ...MESSAGE, text: `${MESSAGE.text}${'y'.repeat(5000)}` });
    const [call] = receiver.calls;
    expect(call!.endpoint).toBe('POST /bot12:s3cr3t/sendMessage');
    const { text, ...rest } = JSON.parse(call!.body) as { text: string };
    expect(rest).toEqual({ chat_id: '-100', link_preview_options: { is_disabled: true } });
    expect([text.length, text.startsWith(MESSAGE.text)]).toEqual([4096, true]);
  });

  it('reports what the bot API says, without the token', async () => {
    const body = {
      ok: false,
      description: 'Bad Request: 12:s3cr3t \u001b[31m not found',
      parameters: { retry_after: 7 },
    };
    receiver.inject({ fault: { kind: 'status', status: 400, body } });
    const failed = await failure(await bot());
    expect(failed).toMatchObject({ code: 'receiver_refused', details: { retryAfterMs: 7000 } });
    expect(failed.message).toMatch(/HTTP 400: Bad Request: \[redacted\] {2}\[31m not found$/);
    receiver.clearFaults();
    receiver.inject({ fault: { kind: 'html' } });
    expect((await failure(await bot())).message).toMatch(/did not answer as Telegram/);
  });

  it('reports no part of a token, and cuts no character in half', async () => {
    for (const [letters, said] of [
      [195, '12:s3cr3t'],
      [199, '😀'],
    ] as const) {
      receiver.clearFaults();
      const body = { ok: false, description: `${'x'.repeat(letters)}${said}` };
      receiver.inject({ fault: { kind: 'status', status: 400, body } });
      const { message } = await failure(await bot());
      expect(message).not.toContain('12:');
      expect(encodeURIComponent(message)).toContain('xxx');
    }
    receiver.clearFaults();
    await (await bot()).send({ ...MESSAGE, text: `${'x'.repeat(4094)}😀yyy` });
    const { text } = JSON.parse(receiver.calls.at(-1)!.body) as { text: string };
    expect(text).toBe(`${'x'.repeat(4094)}…`);
  });
});

describe('a command', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'sluice-test-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (script: string, timeoutMs = 5000) => {
    const file = path.join(folder, 'run.mjs');
    writeFileSync(file, script);
    return open(command, { command: `${process.execPath} ${file} $(touch ${folder}/shell) ${folder}/out` }, timeoutMs);
  };

  it('reads the notice as JSON, and is run without a shell', async () => {
    await (
      await run(
        `import fs from 'node:fs'; fs.writeFileSync(process.argv.at(-1), process.argv[2] + fs.readFileSync(0, 'utf8'))`,
      )
    ).send(MESSAGE);
    const written = readFileSync(path.join(folder, 'out'), 'utf8');
    expect(written.startsWith('$(touch')).toBe(true);
    const { view: _view, ...sent } = MESSAGE;
    expect(JSON.parse(written.slice('$(touch'.length))).toEqual(sent);
    expect(() => readFileSync(path.join(folder, 'shell'))).toThrow();
  });

  it('gets its place, language and zone, and the variables that are named', async () => {
    const own = { SLUICE_TEST_SECRET: 's3cr3t', SLUICE_TEST_NAMED: 'named', LC_TIME: 'C' };
    Object.assign(process.env, own);
    try {
      const script = `import fs from 'node:fs'; fs.writeFileSync(process.argv.at(-1), JSON.stringify(process.env))`;
      await (await run(script)).send(MESSAGE);
    } finally {
      for (const name of Object.keys(own)) Reflect.deleteProperty(process.env, name);
    }
    const got = JSON.parse(readFileSync(path.join(folder, 'out'), 'utf8')) as Record<string, string>;
    expect(got).toMatchObject({ SLUICE_TEST_NAMED: 'named', LC_TIME: 'C', PATH: process.env['PATH'] });
    const isAllowed = /^(PATH|HOME|USER|LANG|LC_[A-Z]+|TZ|XDG_[A-Z_]+|SLUICE_TEST_NAMED)$/;
    expect(Object.keys(got).filter((name) => !isAllowed.test(name))).toEqual([]);
  });

  it('that fails, does not end or does not exist has not acknowledged', async () => {
    const failed = await failure(await run(`console.error('no \\u001b[31m route'); process.exit(3)`));
    expect(failed).toMatchObject({ code: 'receiver_refused', message: 'the program ended with 3: no  [31m route' });
    const late = await failure(await run(`setInterval(() => {}, 1000)`, 300));
    expect(late).toMatchObject({ code: 'receiver_unreachable', message: expect.stringMatching(/did not end within/) });
    expect(await failure(await open(command, { command: '/nowhere/x' }))).toMatchObject({
      message: 'the program could not be started (ENOENT)',
    });
  });
});

/** Returns a mail with its texts as they were written. */
function decode(data: string): string {
  const parts = data.split(/^(?=Content-Type: text)/m);
  return parts
    .map((whole) => {
      const part = whole.replace(/\n--[-\w]*NmP-[\s\S]*$/, '');
      const body = part.slice(part.indexOf('\n\n') + 2);
      if (/^Content-Transfer-Encoding: base64$/m.test(part)) return Buffer.from(body, 'base64').toString();
      const bytes = body.replace(/=\n/g, '').replace(/=([\dA-F]{2})/g, (_, hex: string) => `%${hex}`);
      return bytes.replace(/(?:%[\dA-F]{2})+/g, (text) => decodeURIComponent(text));
    })
    .join('\n');
}

describe('mail', () => {
  let server: FakeMailServer;
  beforeEach(async () => {
    server = await startFakeMailServer();
  });
  afterEach(() => server.close());
  const settings = (more: Record<string, unknown> = {}) => ({
    mail: 'ops@example.com',
    from: 'Sluice <sluice@example.com>',
    smtp: server.url.replace('//', '//me@'),
    password: 'pass-s3cr3t',
    requireTls: false,
    ...more,
  });

  it('has text and escaped HTML, one recipient, and the same id in every attempt', async () => {
    const channel = await open(mail, settings(), 5000);
    const subject = 'Sluice: svc\r\nBcc: all@example.com';
    for (const recipient of [null, 'client@example.com']) await channel.send({ ...MESSAGE, recipient, subject });
    expect(server.logins).toEqual(['me pass-s3cr3t', 'me pass-s3cr3t']);
    expect(server.mails.map(({ from, to }) => [from, ...to])).toEqual([
      ['sluice@example.com', 'ops@example.com'],
      ['sluice@example.com', 'client@example.com'],
    ]);
    const { data } = server.mails[0]!;
    const headers = data.slice(0, data.indexOf('\n\n'));
    expect(headers).toMatch(/^Message-ID: <dlv-1@sluice\.invalid>$/m);
    expect(headers).not.toMatch(/^Bcc:/m);
    const unfolded = data.replace(/=\n/g, '').replaceAll('=3D', '=');
    expect(unfolded).toContain('<b>svc & "1"</b> *_[x](http://y) is held');
    expect(unfolded).toContain('&lt;b&gt;svc &amp; &quot;1&quot;&lt;/b&gt; *_[x](http://y) is held<br>');
  });

  it('to a client has name and contact of the provider, escaped; one to operators has not', async () => {
    const brand = {
      name: 'می\u200Cزبان <b>&"',
      contact: 'https://example.com/help?a=1&b=2',
      terms: 'https://example.com/terms',
      colours: { link: '#0b5cad', accent: '#0b5cae', onAccent: '#ffffff' },
      logo: 'https://example.com/brand/logo.1.png',
    };
    const secret = (key: string): string => ({ smtp: server.url.replace('//', '//me@'), password: 'x' })[key] ?? '';
    const channel = await mail.open(settings(), { secret, now: () => NOW, timeoutMs: 5000, childEnv: [], brand });
    await channel.send({ ...MESSAGE, for: 'client', recipient: 'client@example.com', text: 'svc-1 is held' });
    await channel.send(MESSAGE);
    const [toClient = '', toOperators = ''] = server.mails.map(({ data }) => decode(data));
    expect(toClient).toContain(
      'svc-1 is held\n\n-- \nمی\u200Cزبان <b>&"\nContact: https://example.com/help?a=1&b=2\nTerms: https://example.com/terms\n',
    );
    expect(toClient).toMatch(/border-bottom:3px solid #0b5cae"><img src="https:\/\/example\.com\/brand\/logo\.1\.png"/);
    expect(toClient).toContain('alt="می\u200Cزبان &lt;b&gt;&amp;&quot;"');
    expect(toClient).toContain('<a href="https://example.com/help?a=1&amp;b=2" style="color:#0b5cad">');
    expect(toOperators).not.toMatch(/help|terms|0b5cad/);
  });

  it('has figures, link, picture and the way to stop such mails, in the direction of its language', async () => {
    const channel = await open(mail, settings(), 5000);
    const hostile = '<img src=x onerror=alert(1)>\u200F';
    await channel.send({
      ...{ ...MESSAGE, for: 'client', recipient: 'client@example.com', text: hostile },
      view: {
        ...MESSAGE.view,
        ...{ language: 'fa', direction: 'rtl', percent: 83.9 },
        figures: [{ label: 'مصرف', value: hostile }],
        link: { text: 'مشاهده', href: 'https://example.com/share/t?a=1&language=fa' },
        unsubscribe: { text: 'انتخاب', href: 'https://example.com/mails/t?language=fa' },
        pictures: [
          {
            png: Buffer.from('89504e470d0a1a0a', 'hex'),
            ...{ description: 'نمودار "x"', top: '۶۰ گیگابایت', start: '۱۰ آبان', end: hostile },
            key: [{ text: hostile, colour: '#b91c1c', isDotted: true }],
          },
        ],
      },
    });
    const { data } = server.mails[0]!;
    const headers = data.slice(0, data.indexOf('\n\n')).replaceAll(/\n\s+/g, ' ');
    expect(headers).toMatch(/^List-Unsubscribe: <https:\/\/example\.com\/mails\/t\?language=fa>$/m);
    expect(headers).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
    expect(headers).toMatch(/^Content-Language: fa$/m);
    const shown = decode(data);
    expect(shown).toContain('<html lang="fa" dir="rtl">');
    expect(shown).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(shown.replaceAll(/<img src="cid[^>]*>/g, '')).not.toMatch(/<img src=x onerror=alert\(1\)>[^\n]*<\/td>/);
    expect(shown).toContain('href="https://example.com/share/t?a=1&amp;language=fa"');
    expect(shown).toContain('مشاهده:\nhttps://example.com/share/t?a=1&language=fa');
    expect(shown).toContain('<td width="83%"');
    expect(shown).toContain('alt="نمودار &quot;x&quot;"');
    // The time runs to the left, as the picture does.
    expect(shown).toMatch(/text-align:right"><bdi>۱۰ آبان<\/bdi><\/td><td [^>]*text-align:left"><bdi>&lt;img src=x/);
    expect(shown).toMatch(/border-bottom:3px dotted #b91c1c">(&nbsp;)+<\/span> &lt;img/);
    expect(/cid:([^"]+)"/.exec(shown)?.[1]).toBe('picture-1@sluice.invalid');
    expect(data).toMatch(/^Content-ID: <picture-1@sluice\.invalid>$/im);
  });

  it('has figures with details in a table, and with their numbers below each other in text', async () => {
    const figures = [
      { label: 'Held', value: '12', detail: '<b>svc-1</b> and 11 more' },
      { label: 'Runs failed', value: '3', detail: 'of 96' },
    ];
    await (await open(mail, settings(), 5000)).send({ ...MESSAGE, view: { ...MESSAGE.view, figures } });
    const shown = decode(server.mails[0]!.data);
    expect(shown).toContain('12 Held: <b>svc-1</b> and 11 more\n\u20073 Runs failed: of 96');
    expect(shown).toMatch(/>Held<\/th><td[^>]*text-align:right[^>]*><bdi>12<\/bdi><\/td><td[^>]*>&lt;b&gt;svc-1/);
  });

  it('needs an address of a mail server whose user can be decoded', async () => {
    const smtp = 'smtp://50%@mail.example.com';
    expect(mail.check?.({ ...settings(), smtp })).toEqual([expect.objectContaining({ key: 'smtp' })]);
    await expect(open(mail, settings({ smtp }))).rejects.toMatchObject({ code: 'bad_address' });
  });

  it('goes to no address that is not exactly one', async () => {
    const channel = await open(mail, settings(), 5000);
    for (const recipient of [
      'a@example.com, b@example.com',
      'a@example.com\r\nRCPT TO:<b@example.com>',
      'x <a@b.c>',
      '',
    ])
      await expect(channel.send({ ...MESSAGE, recipient })).rejects.toMatchObject({ code: 'receiver_refused' });
    expect(server.mails).toEqual([]);
  });

  it('is not sent over a plain connection unless the config permits it', async () => {
    const failed = await failure(await open(mail, settings({ requireTls: true }), 5000));
    expect(failed.code).toBe('receiver_unreachable');
    expect([server.mails, server.logins]).toEqual([[], []]);
  });

  it.each([
    ['refuse-recipient', 'receiver_refused', /550 no such user/],
    ['busy', 'receiver_refused', /451 try again later/],
    ['hang', 'receiver_unreachable', /within 0.3 s/],
    ['drip', 'receiver_unreachable', /within 0.3 s/],
    ['lose-answer', 'receiver_unreachable', /could not be used|within/],
  ] as const)('that a server answers with %s was not acknowledged', async (behaviour, code, says) => {
    server.behaviour = behaviour;
    const failed = await failure(await open(mail, settings()));
    expect([failed.code, failed.message]).toEqual([code, expect.stringMatching(says)]);
    expect(failed.message).not.toMatch(/s3cr3t/);
    expect(failed.ms).toBeLessThan(1500);
  });
});

describe('the heartbeat', () => {
  it('calls the address once, and follows no redirect', async () => {
    await pingHeartbeat(`${receiver.url}/abc/start`);
    expect(receiver.calls.map(({ endpoint }) => endpoint)).toEqual(['GET /abc/start']);
    receiver.inject({ fault: { kind: 'status', status: 302, headers: { location: '/other' } } });
    await expect(pingHeartbeat(`${receiver.url}/abc`)).rejects.toMatchObject({ code: 'receiver_refused' });
    expect(receiver.calls).toHaveLength(2);
  });
});
