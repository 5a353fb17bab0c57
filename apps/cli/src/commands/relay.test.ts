import { beforeEach, describe, expect, it } from '@jest/globals';
import { startForEachTest } from '../test/each-test.js';
import { flvxConfig, GB, startFlvxBench } from '../test/flvx-bench.js';

const at = startForEachTest(startFlvxBench);

it('tunnel list gives the tunnels as the panel has them', async () => {
  at.panel.addTunnel({ name: 'dear', flow: 2, trafficRatio: 1.5, status: 0 });
  const listed = await at.run('tunnel list');
  expect(listed.exitCode).toBe(0);
  expect(listed.json()).toEqual({
    tunnels: [
      { id: 1, name: 'HK-01', type: 1, status: 1, multiplier: 1, ratio: 1 },
      { id: 2, name: 'JP-02', type: 1, status: 1, multiplier: 1, ratio: 1 },
      { id: 3, name: 'dear', type: 1, status: 0, multiplier: 2, ratio: 1.5 },
    ],
  });
  const shown = await at.bench.sluice('tunnel list');
  expect(shown.stdout).toMatch(/dear\s+port forward\s+disabled\s+3×/);
});

describe('relay users', () => {
  it('names the service of each account, and bytes as bytes', async () => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk);
    at.panel.traffic(2, { in: GB, out: 2 * GB });
    const listed = await at.run('relay users --panel relay');
    expect(listed.json<{ users: unknown[] }>().users).toEqual([
      {
        id: 2,
        name: 'somebody-else',
        status: 1,
        usedBytes: 0,
        quotaBytes: 100 * GB,
        unlimited: false,
        expiresAt: '2027-11-20T12:00:00.000Z',
        service: null,
        serviceName: null,
        panel: 'relay',
      },
      {
        id: 3,
        name: at.panel.user(3)?.user,
        status: 1,
        usedBytes: 3 * GB,
        quotaBytes: 100 * GB,
        unlimited: false,
        expiresAt: '2026-12-15T00:00:00.000Z',
        service: 'svc-1',
        serviceName: null,
        panel: 'relay',
      },
    ]);
    expect((await at.bench.sluice('relay users')).stdout).toMatch(/somebody-else\s+active/);
    const config = at.bench.read('sluice.yaml');
    at.bench.write('sluice.yaml', config.replace('kind: flvx,', 'kind: flvx, timeZone: Asia/Shanghai,'));
    expect((await at.bench.sluice('relay users')).stdout).toContain('20 Nov 2027 20:00 +08:00');
  });

  it('lists a quota that is not a size, such as one in bytes', async () => {
    const flows = [100 * GB, -1, 20_000_000];
    for (const flow of flows) at.panel.addUser({ user: `flow-${flow}`, flow });
    const { users } = (await at.run('relay users')).json<{ users: { quotaBytes: unknown; unlimited: unknown }[] }>();
    expect(users.slice(1).map(({ quotaBytes, unlimited }) => [quotaBytes, unlimited])).toEqual([
      [null, false],
      [null, false],
      [null, true],
    ]);
    expect((await at.bench.sluice('relay users')).stdout).toMatch(/flow--1 +active/);
  });

  it('says where an account has no limit, which the panel writes as a number', async () => {
    at.panel.addUser({ user: 'anna', flow: 99_999 });
    const { users } = (await at.run('relay users')).json<{ users: object[] }>();
    expect(users.at(-1)).toMatchObject({ quotaBytes: 99_999 * GB, unlimited: true });
    expect((await at.bench.sluice('relay users')).stdout).toMatch(/anna\s+active\s+0 B\s+unlimited/);
  });

  it('is refused for a panel that is not there', async () => {
    const missing = await at.run('relay users --panel rely');
    expect(missing.exitCode).toBe(1);
    expect(missing.json<{ error: { code: string; message: string } }>().error).toMatchObject({
      code: 'unknown_panel',
    });
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('relay speed-limits and tunnel-groups', () => {
  beforeEach(() => {
    at.panel.addSpeedLimit(at.tunnels.hk, 30, 'shared');
    at.panel.addSpeedLimit(at.tunnels.jp, 0, 'open');
    at.panel.addTunnelGroup('asia', [at.tunnels.hk, at.tunnels.jp]);
    at.panel.addTunnelGroup('12', [at.tunnels.jp]);
    const products = `
  shared: { panel: relay, quota: { total: 1GB }, flvx: { tunnelId: 1, speedLimitId: 1 } }
  number: { panel: relay, quota: { total: 1GB }, flvx: { tunnelGroup: 2, speedLimitId: null } }
  name: { panel: relay, quota: { total: 1GB }, flvx: { tunnelGroup: "12", speedMbit: 5 } }`;
    at.bench.write('sluice.yaml', flvxConfig(at.panel.url, products, ', speedLimitId: 2'));
  });

  it('gives speeds and the products that name them, or have them from the panel', async () => {
    const listed = await at.run('relay speed-limits --panel relay');
    expect([listed.exitCode, listed.json()]).toEqual([
      0,
      {
        speedLimits: [
          { id: 1, name: 'shared', speedMbit: 30, tunnel: { id: 1, name: 'HK-01' }, products: ['shared'] },
          {
            id: 2,
            name: 'open',
            speedMbit: 0,
            tunnel: { id: 2, name: 'JP-02' },
            products: ['relay', 'nowhere', 'free', 'counted', 'monthly', 'inbound', 'bare', 'group'],
          },
        ],
      },
    ]);
    const { stdout } = await at.bench.sluice('relay speed-limits --sort -speed');
    expect(stdout).toMatch(/id +name +Mbit\/s +tunnel +products\n *1 +shared +30 +HK-01 +shared\n *2 +open +no limit/);
  });

  it('gives members by name, and the products that name a group by name or id', async () => {
    const listed = await at.run('relay tunnel-groups');
    expect([listed.exitCode, listed.json()]).toEqual([
      0,
      {
        tunnelGroups: [
          {
            id: 1,
            name: 'asia',
            tunnels: [
              { id: 1, name: 'HK-01' },
              { id: 2, name: 'JP-02' },
            ],
            products: ['group'],
          },
          { id: 2, name: '12', tunnels: [{ id: 2, name: 'JP-02' }], products: ['number', 'name'] },
        ],
      },
    ]);
    const { stdout } = await at.bench.sluice('relay tunnel-groups');
    expect(stdout).toMatch(/1 +asia +HK-01 \(1\), JP-02 \(2\) +group\n *2 +12 +JP-02 \(2\) +number, name/);
    const csv = await at.bench.sluice('relay tunnel-groups --columns id,products --csv -');
    expect(csv.stdout).toBe('id,products\n1,group\n2,"number, name"\n');
    const none = { code: 0, msg: 'ok', ts: at.bench.clock.now(), data: [] };
    at.panel.server.inject({ endpoint: /v1\/tunnel\/list/, fault: { kind: 'body', body: none } });
    expect((await at.bench.sluice('relay tunnel-groups')).stdout).toMatch(/12 +missing \(2\)/);
  });

  it('gives one by id or name, and refuses an unknown one', async () => {
    const ids = async (words: string): Promise<number[]> =>
      Object.values((await at.run(words)).json<Record<string, { id: number }[]>>()).flatMap((rows) =>
        rows.map(({ id }) => id),
      );
    expect([await ids('relay speed-limits 2'), await ids('relay speed-limits shared')]).toEqual([[2], [1]]);
    expect([await ids('relay tunnel-groups 1'), await ids('relay tunnel-groups 12')]).toEqual([[1], [2]]);
    for (const [words, message] of [
      ['relay speed-limits 9', 'the panel has no speed limit "9". "sluice relay speed-limits" lists'],
      ['relay tunnel-groups x', 'the panel has no tunnel group "x". "sluice relay tunnel-groups" lists'],
    ] as const) {
      const { exitCode, stderr } = await at.bench.sluice(words);
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
    }
  });

  it('are completed as last read, without a call', async () => {
    const offered = async (names: string): Promise<string> =>
      (await at.bench.sluice(`completion --complete ${names}`)).stdout;
    await at.run('relay users');
    expect(await offered('speed-limits')).toBe('');
    await at.run('relay speed-limits');
    await at.run('relay tunnel-groups');
    at.panel.server.clearCalls();
    expect([await offered('speed-limits'), await offered('tunnel-groups')]).toEqual(['1\n2\n', '1\n2\n']);
    expect(at.panel.server.calls).toEqual([]);
    at.panel.world.limits.delete(1);
    at.panel.addTunnelGroup('new', [at.tunnels.jp]);
    await at.run('doctor --contract');
    expect([await offered('speed-limits'), await offered('tunnel-groups')]).toEqual(['2\n', '1\n2\n3\n']);
    at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replaceAll('relay:', 'other:'));
    expect(await offered('speed-limits')).toBe('');
  });

  it('are offered by init for a first product, once the panel has answered', async () => {
    const stdout = await init([
      [/^Id of the tunnel group of the product \(empty: none\)/, '3'],
      [/^Id of the tunnel group/, '1'],
      [/^Id of the speed limit of the product/, '2'],
    ]);
    expect(stdout).toContain(
      'tunnel groups:\n  1 asia: HK-01 (1), JP-02 (2)\n  2 12: JP-02 (2)\n  "3" is not one of these ids\n',
    );
    expect(stdout).toContain('speed limits:\n  1 shared: 30 Mbit/s on HK-01 (1)\n  2 open: no limit on JP-02 (2)\n');
    const written = at.bench.read('new.yaml');
    expect(written).toContain('    flvx: { tunnelGroup: 1, maxForwards: 10, speedLimitId: 2 }\n');
    expect((await at.bench.sluice('config check --config new.yaml')).exitCode).toBe(0);
  });

  it('are offered by init without the limits of single accounts, and the tunnels where no group is chosen', async () => {
    at.panel.addSpeedLimit(at.tunnels.hk, 50, 'sluice:user#4:50M');
    at.panel.addTunnel({ name: 'old', status: 0 });
    const stdout = await init([
      [/^Id of the tunnel group/, ''],
      [/^Id of the tunnel of the product \[1\]/, '2'],
      [/^Id of the speed limit of the product/, ''],
    ]);
    expect(stdout).toContain('tunnels:\n  1 HK-01\n  2 JP-02\n  3 old: disabled\n');
    expect(stdout).toContain('  2 open: no limit on JP-02 (2)\n');
    expect(stdout).not.toContain('user#4');
    expect(at.bench.read('new.yaml')).toContain('    flvx: { tunnelId: 2, maxForwards: 10 }\n');
  });

  /** Answers the questions of `init` for the panel and a first product, with these about its lists. */
  async function init(choices: [RegExp, string][]): Promise<string> {
    const script: [RegExp, string][] = [
      [/^Time zone/, 'UTC'],
      [/^Currency/, ''],
      [/^Kind of the panel/, 'flvx'],
      [/^Name of the panel/, ''],
      [/^Address/, at.panel.url],
      [/^Plain http/, 'y'],
      [/^username/, 'admin_user'],
      [/^Which/, '1'],
      [/^Name of the variable/, 'FLVX_PASSWORD'],
      [/^Kind of another/, ''],
      [/^Name of a first product/, 'first'],
      [/^Traffic/, '5GB'],
      ...choices,
      [/^Write what relay has now into files for review/, 'n'],
    ];
    const ask = (question: string): Promise<string> => {
      const [expected, answer] = script.shift() ?? [/^$/, ''];
      expect(question).toMatch(expected);
      return Promise.resolve(answer);
    };
    const { exitCode, stdout } = await at.bench.sluice('init new.yaml', { ask });
    expect([exitCode, script]).toEqual([0, []]);
    return stdout;
  }

  it('are what a refusal points to', async () => {
    await at.addService(1, { product: 'shared' });
    at.panel.world.limits.delete(1);
    const { stdout } = await at.bench.sluice('provision create svc-1 --password-file first.txt');
    expect(stdout).toContain('"sluice relay speed-limits" lists the limits');
  });
});

describe('relay login-link', () => {
  it('gives address and account, without a call', async () => {
    const user = await at.create(1);
    at.panel.server.clearCalls();
    const link = await at.run('relay login-link svc-1');
    const username = at.panel.user(user)?.user ?? '';
    expect(link.json()).toEqual({ url: null, username, singleSignOn: false });
    const shown = await at.bench.sluice('relay login-link svc-1');
    expect(shown.stdout).toMatch(
      new RegExp(`^${username}\n[\\s\\S]*no address: set publicUrl[\\s\\S]*no single sign-on`),
    );
    at.bench.edit(', retries: 0', ', publicUrl: https://relay.example.com$&');
    expect((await at.run('relay login-link svc-1')).json()).toMatchObject({
      url: 'https://relay.example.com',
      username,
    });
    expect(at.panel.server.calls).toEqual([]);
  });

  it('gives the name that the customer has given himself', async () => {
    const user = await at.create(1);
    at.panel.world.users.get(user)!.user = 'anna';
    await at.run('poll');
    expect((await at.run('relay login-link svc-1')).json()).toMatchObject({ username: 'anna' });
  });

  it('says that there is no account yet', async () => {
    await at.addService(1);
    const link = await at.run('relay login-link svc-1');
    expect(link.exitCode).toBe(1);
    expect(link.json<{ error: { code: string } }>().error.code).toBe('no_account');
  });
});

it('panel test makes a real authenticated read', async () => {
  const tested = await at.run('panel test relay');
  expect(tested.exitCode).toBe(0);
  expect(tested.json<{ panels: unknown[] }>().panels).toMatchObject([{ name: 'relay', kind: 'flvx', ok: true }]);
});
