import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeMailServer, type FakeServer, startFakeMailServer } from '@sluice/fake-panels';
import { toEvent, EVENTS, KNOWN_CODES } from '@sluice/engine';
import { closeAfterTest, startForEachTest } from '../each-test.js';
import { configText, DAY, GB, HOUR, toIds, startEasyDcimBench, TOKEN } from '../easydcim-bench.js';
import { received, startReceiver } from './receiver.js';

const at = startForEachTest(startEasyDcimBench);
let receiver: FakeServer;
let mail: FakeMailServer;
beforeEach(async () => {
  receiver = closeAfterTest(await startReceiver());
  mail = closeAfterTest(await startFakeMailServer());
});

function configure(entries: string, more = ''): void {
  at.bench.write('sluice.yaml', configText(at.panel.url, `notify:\n${entries}\n${more}`));
}

const hook = (events: string, more = ''): string =>
  `  - { webhook: "${receiver.url}/hook", secret: x, events: [${events}]${more} }`;

/** Runs a command an hour later, and returns the events that arrived, with the service. */
async function after(words: string): Promise<string[]> {
  at.bench.clock.advance(HOUR);
  receiver.clearCalls();
  await at.bench.sluice(words);
  return received(receiver.calls).map(({ code, service }) => `${code} ${service ?? '-'}`);
}

describe('an operator is notified of', () => {
  it('a panel that does not answer in the third run, and once more when it does', async () => {
    configure(hook('panel-unreachable'));
    await at.addService(1);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    expect([await after('poll'), await after('poll'), await after('poll'), await after('poll')]).toEqual([
      [],
      [],
      ['panel_unreachable -'],
      [],
    ]);
    at.panel.server.clearFaults();
    expect([await after('poll'), await after('poll')]).toEqual([['panel_reachable -'], []]);
    at.panel.server.inject({ fault: { kind: 'status', status: 503 }, times: 4 });
    expect([await after('poll'), await after('poll')]).toEqual([[], []]);
  });

  it('a panel on which nothing is decided by a wrong clock once, and once more when it is right', async () => {
    configure(hook('panel-unreachable'));
    await at.addService(1);
    at.skew.ms = (45 / 60) * HOUR;
    expect([await after('poll'), await after('poll')]).toEqual([['panel_undecided -'], []]);
    at.skew.ms = 0;
    expect([await after('poll'), await after('poll')]).toEqual([['panel_decided -'], []]);
  });

  it('the brake once, until a run is not stopped', async () => {
    configure(hook('brake, hold'));
    for (const number of [1, 2]) {
      await at.addService(number);
      at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
    }
    expect([await after('poll'), await after('poll')]).toEqual([['mass_change -'], []]);
    expect((await after('poll --allow-mass')).sort()).toEqual(['hold svc-1', 'hold svc-2']);
    for (const number of [1, 2]) await at.bench.sluice(`override set svc-${number} --unlimited`);
    await after('poll --allow-mass');
    for (const number of [1, 2]) await at.bench.sluice(`override clear svc-${number}`);
    expect(await after('poll')).toEqual(['mass_change -']);
  });

  it('drift and new errors of services once', async () => {
    configure(hook('drift, account'));
    for (const number of [1, 2]) await at.addService(number);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    expect(await after('reconcile')).toEqual([]);
    at.panel.staffEnablePort(toIds(1).port(1));
    expect(await after('reconcile')).toEqual(['drift svc-1']);
    expect(await after('reconcile')).toEqual([]);
    at.panel.server.inject({ endpoint: /disable$/, fault: { kind: 'status', status: 422 } });
    at.panel.addTraffic(502, { in: 200 * GB, out: 0 });
    expect([await after('poll'), await after('poll')]).toEqual([['service_failed svc-2'], []]);
  });

  it('the day before, once a day, if anything happened on it', async () => {
    configure(hook('digest'));
    await at.addService(1);
    at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
    expect(await after('poll')).toEqual([]);
    at.bench.clock.advance(DAY);
    receiver.clearCalls();
    await at.bench.sluice('poll');
    expect(received(receiver.calls)[0]?.text).toMatch(/^2026-11-20: 1 held\n/);
    expect(await after('poll')).toEqual([]);
    at.bench.env['DCIM_TOKEN'] = '';
    await at.bench.sluice('poll');
    at.bench.env['DCIM_TOKEN'] = TOKEN;
    at.bench.clock.advance(DAY);
    receiver.clearCalls();
    await at.bench.sluice('poll');
    expect(received(receiver.calls)[0]?.text).toMatch(/^2026-11-21: 1 held, 1 run failed or stopped\n/);
    at.bench.clock.advance(2 * DAY);
    expect(await after('poll')).toEqual([]);
  });
});

it('a client is notified of its own services, at its own address, in the words of the template', async () => {
  configure(
    `${hook('hold', ', name: ours')}
${hook('hold', ', name: theirs, for: client')}
  - mail: desk@example.com
    from: sluice@example.com
    smtp: "${mail.url}"
    requireTls: false
    for: client
    events: [hold]
    clients: { "8": eight@example.com }
    template: { hold: "{service}: {message} {panel} {{x}}" }`.replace('{{x}}', ''),
    'brand: { name: Example Hosting, contact: help@example.com }\n',
  );
  await at.addService(1, { values: ['client=7', 'email=seven@example.com'] });
  await at.addService(2, { values: ['client=8', 'email=other@example.com'] });
  await at.addService(3, { values: ['client=9'] });
  await at.addService(4);
  for (const number of [1, 2, 3, 4]) at.panel.addTraffic(500 + number, { in: 200 * GB, out: 0 });
  await after('poll --allow-mass');
  const hooks = received(receiver.calls);
  expect(hooks.filter((message) => !('client' in message) || message.client === null)).toHaveLength(1);
  expect(hooks).toHaveLength(7);
  expect(
    hooks.filter(({ text }) =>
      text.startsWith('Service svc-1 is being restricted. 200 GB of 100 GB (200%) of traffic are used in the period'),
    ),
  ).toHaveLength(1);
  // As the page of the service says it.
  expect(hooks.filter(({ text }) => /The service comes back on \d+ \w+ \d{4}\.$/.test(text))).toHaveLength(3);
  expect(mail.mails.map(({ to }) => to.join()).sort()).toEqual([
    'desk@example.com',
    'eight@example.com',
    'seven@example.com',
  ]);
  for (const { data } of mail.mails) {
    expect(data).toMatch(/^--=20\nExample Hosting\nContact: help@example\.com$/m);
    expect(data.replaceAll('=\n', '')).toContain('<bdi>Example Hosting</bdi></strong>');
  }
  expect(JSON.stringify(hooks)).not.toContain('Example Hosting');
  const { stdout } = await at.bench.sluice('notify list --json');
  expect(stdout).not.toContain('@example.com');
  // What is listed is what was sent.
  const listed = async () =>
    (await at.bench.sluice('notify list --json')).json<{ deliveries: { channel: string; message: string }[] }>()
      .deliveries;
  const theirs = (await listed()).filter(({ channel }) => channel === 'theirs').map(({ message }) => message);
  const sent = hooks.map(({ text }) => text).filter((text) => text.startsWith('Service '));
  expect([theirs.length, [...theirs].sort()]).toEqual([3, [...sent].sort()]);
  // A service that is held once more comes back in another way than an earlier notice said.
  at.bench.clock.advance(40 * DAY);
  await after('poll --allow-mass');
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  await after('poll --allow-mass');
  const back = (await listed()).filter(({ message }) => message.includes('svc-1') && /comes back on/.test(message));
  expect(back.map(({ channel }) => channel).sort()).toEqual(['mail', 'theirs']);
});

it('the heartbeat calls start and the end of each run over all panels', async () => {
  configure('  []', `heartbeat: "${receiver.url}/beat?k=1"`);
  await at.addService(1);
  const calls = async (words: string): Promise<string[]> => {
    receiver.clearCalls();
    await at.bench.sluice(words);
    return receiver.calls.map(({ endpoint, query }) => `${endpoint} ${query.get('k') ?? ''}`);
  };
  expect(await calls('poll')).toEqual(['/beat/start 1', '/beat 1']);
  for (const words of ['poll --dry-run', 'poll --panel dcim', 'poll --service svc-1', 'plan', 'doctor'])
    expect([words, await calls(words)]).toEqual([words, []]);
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  expect(await calls('reconcile')).toEqual(['/beat/start 1', '/beat/fail 1']);
  receiver.inject({ fault: { kind: 'hang' } });
  at.panel.server.clearFaults();
  const { exitCode, stderr } = await at.bench.sluice('poll');
  expect([exitCode, stderr]).toEqual([0, '']);
});

describe('docs/notifications.md', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../../../docs/notifications.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\|[^|]*\|([^|]*)\|$/gm)].map(([, event = '', codes = '']) => ({
    event,
    codes: [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => code),
  }));

  it('lists each event with the codes of its notices', () => {
    expect(rows.map(({ event }) => event)).toEqual([...EVENTS]);
    for (const { event, codes } of rows) expect([event, codes.map(toEvent)]).toEqual([event, codes.map(() => event)]);
    const listed = rows.flatMap(({ codes }) => codes).sort();
    expect(listed).toEqual(KNOWN_CODES.filter((code) => toEvent(code) !== null).sort());
  });
});
