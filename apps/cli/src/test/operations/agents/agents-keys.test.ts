import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
  at.panel.addUser({ agent: at.north });
});
afterEach(() => at.close());

const secretPath = (): string => new URL(at.panel.url).pathname.slice(1);
const config = (from: string, to: string): void => {
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace(from, to));
};

/** What is wrong, and what the message has to say of it. */
const wrongs: [string, () => void, string, RegExp][] = [
  [
    'an unknown key',
    () => (at.bench.env['HIDDIFY_KEY'] = '5f0c0f44-0a5e-4c56-9c58-8d3b1ad4c8d7'),
    'PANEL_AUTH',
    /did not accept the key \(apiKey\)/,
  ],
  ['a key that is not a uuid', () => (at.bench.env['HIDDIFY_KEY'] = 'swordfish'), 'invalid_key', /apiKey.*not a uuid/],
  [
    "an agent's key",
    () => (at.bench.env['HIDDIFY_KEY'] = at.north),
    'PANEL_FORBIDDEN',
    /accepted the key.*Owner's key/,
  ],
  [
    "another admin's key",
    () => {
      at.bench.env['HIDDIFY_KEY'] = at.panel.addAgent(undefined, { name: 'deputy', mode: 'super_admin' });
    },
    'owner_key_needed',
    /"deputy" \(super_admin\), not to the Owner/,
  ],
  [
    'a moved path',
    () => (at.panel.switches.adminPath = 'elsewhere1234567'),
    'PANEL_AUTH',
    /secret path in the address is wrong/,
  ],
  [
    'http where the panel speaks https',
    () => (at.panel.switches.front = 'redirect-to-https'),
    'PANEL_UNREADABLE',
    /https/,
  ],
  ['http on the TLS port', () => (at.panel.switches.front = 'plain-on-tls-port'), 'PANEL_', /https/],
  [
    'an HTML page of a proxy',
    () => {
      at.panel.server.inject({ fault: { kind: 'html', status: 502 } });
    },
    'PANEL_SERVER_ERROR',
    /502/,
  ],
  [
    'an HTML page with status 200',
    () => {
      at.panel.server.inject({ fault: { kind: 'html' } });
    },
    'PANEL_UNREADABLE',
    /HTML page/,
  ],
];

describe.each(wrongs)('with %s', (_what, arrange, code, message) => {
  it.each(['agent check --all', 'agent list', 'agent create-user north --name x --gb 1'])(
    '%s says which',
    async (words) => {
      arrange();
      const outcome = await at.sluice(words);
      expect(outcome.exitCode).toBe(1);
      const { error } = outcome.json<{ error: { code: string; message: string } }>();
      expect(error.code).toContain(code);
      expect(error.message).toMatch(message);
      expect(at.changes()).toEqual([]);
    },
  );

  it('panel test says so, or that limits of agents need another key', async () => {
    config('timeout: 60s', 'timeout: 60s, agents: {}');
    arrange();
    const outcome = await at.sluice('panel test vpn');
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stdout).toMatch(/PANEL_|invalid_key/);
  });
});

describe('secrets', () => {
  it('stand in no output, log, row or message', async () => {
    const uuid = await at.create(1, { product: 'agency' });
    await at.sluice('agent limit north --gb 1 --yes');
    at.panel.use(uuid, 5 * 1024 ** 3);
    await at.check();
    await at.poll();
    for (const words of [
      'agent list',
      'agent show north',
      'agent explain north',
      'panel list',
      'doctor',
      'doctor --contract',
      'log list',
    ])
      await at.bench.sluice(words);
    at.panel.server.inject({ fault: { kind: 'status', status: 500, body: `{"msg":"(MySQLdb.DataError) ${uuid}"}` } });
    for (const words of [
      'agent check --all',
      'poll',
      'agent show north --verbose',
      'agent create-user north --name x --gb 1',
    ])
      await at.bench.sluice(words);
    const store = JSON.stringify(
      await at.bench.store(async (tables) => [
        await tables.apiCalls.list(),
        await tables.notices.list(),
        await tables.runs.list(),
        await tables.actions.list({}),
        await tables.agents.list(),
      ]),
    );
    for (const text of [at.bench.printed, store]) {
      expect(text).not.toContain(at.panel.key);
      expect(text).not.toContain(secretPath());
      expect(text).not.toMatch(/PRIVATE KEY/);
    }
    const calls = JSON.stringify(await at.bench.store((tables) => tables.apiCalls.list()));
    expect(calls).not.toContain(uuid);
    expect(calls).not.toContain(at.north);
    const errors = at.bench.printed.split('\n').filter((line) => line.startsWith('sluice:'));
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.join('\n')).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-4/);
  });

  it('as the whole link of an administrator in url, too', async () => {
    config(at.panel.url, at.panel.link);
    expect((await at.sluice('agent list')).exitCode).toBe(0);
    await at.bench.sluice('panel list');
    expect(at.bench.printed).not.toContain(at.panel.key);
  });
});
