import { beforeEach, describe, expect, it } from '@jest/globals';
import { startFakeHiddify } from '@sluice/fake-panels';
import { restart, startForEachTest } from '../../each-test.js';
import { GB, HOUR, MINUTE, startHiddifyBench } from '../../hiddify-bench.js';

const at = startForEachTest(startHiddifyBench);

const print = async (words: string): Promise<string> => (await at.bench.sluice(words)).stdout;
const addUser = (): string => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB });
/** Uses up the limit of the agent. */
async function exceed(uuid: string): Promise<void> {
  await at.sluice('agent limit north --gb 5');
  at.panel.use(uuid, 5 * GB);
  await at.check();
}

it('a check is one document for all agents, and that of the agent for one', async () => {
  const uuid = addUser();
  await at.sluice('agent limit north --gb 5');
  at.panel.use(uuid, 5 * GB);
  expect((await at.check('--dry-run --detailed-exitcode')).exitCode).toBe(4);
  expect((await at.check('--dry-run')).exitCode).toBe(0);
  const { exitCode, json } = await at.sluice('agent check north');
  const actions = [{ type: 'disable-user', target: uuid, state: 'applied' }];
  expect([exitCode, json()]).toMatchObject([0, { uuid: at.north, exceeded: true, actions, error: null }]);
});

it('hold list names the agent', async () => {
  await exceed(addUser());
  expect(await print('hold list')).toMatch(/^agent north +agent-limit +20 Nov 2026 12:0\d +- +user /m);
  expect(await print('hold list --panel vpn --status past')).toContain('Nothing matches');
});

it('a check of a panel that fails says once why, and counts no agent as checked', async () => {
  await at.sluice('agent limit north --gb 5');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  const { exitCode, stdout } = await at.bench.sluice('agent check --all');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^vpn: PANEL_SERVER_ERROR: .*\(HTTP 503\).*\nagent check: no agent of panel vpn was checked\n$/,
  );
});

it('agent limit says what was before', async () => {
  await at.sluice('agent limit north --gb 12.5');
  expect(await print('agent limit north --none')).toBe('north: limit none (was 12.50 GB), 0 B used\n');
  expect(await print('agent limit north --gb 1500')).toBe('north: limit 1500 GB (1.46 TB) (was none), 0 B used\n');
});

it('agent limit ends what is stored of a held agent whose panel is gone for good', async () => {
  await exceed(addUser());
  const another = await startFakeHiddify({ now: at.bench.clock.now });
  const config = at.bench.read('sluice.yaml').replace('  vpn: {', '  new: {').replaceAll('panel: vpn', 'panel: new');
  at.bench.write('sluice.yaml', config.replaceAll(at.panel.url, another.url).replaceAll(at.panel.key, another.key));
  const command = 'sluice agent limit AGENT --none --panel vpn';
  for (const words of ['poll', 'doctor']) {
    const { stdout, stderr } = await at.bench.sluice(words);
    expect((stdout + stderr).replace(/\s+/g, ' ')).toContain(`end what is stored of 1 agent with "${command}"`);
  }
  const asked = await at.bench.sluice('agent limit north --none --panel vpn');
  expect([asked.exitCode, asked.stderr]).toEqual([2, expect.stringContaining('stays disabled, and Sluice forgets it')]);
  expect(await print('agent limit north --none --panel vpn --yes')).toBe(
    'north: limit none, 5 GB used; 1 user stays disabled on panel "vpn", which is not in the config\n',
  );
  expect((await at.bench.sluice('poll')).exitCode).toBe(0);
  await another.close();
});

it('agent limit names no mask in place of an agent that it does not find', async () => {
  const { exitCode, stderr } = await at.bench.sluice('agent limit 00000000-0000-4000-8000-000000000001 --gb 5');
  expect([exitCode, stderr]).toEqual([
    1,
    expect.stringContaining('The panel has no agent with this uuid; known: north.'),
  ]);
});

it.each([
  ['suspended', 'agent suspend north'],
  ['held by its limit', 'agent check --all'],
])('an agent whose users are disabled for one above it that is %s is held, and says why', async (why, command) => {
  const east = at.panel.addAgent(at.north, { name: 'east' });
  at.panel.addUser({ agent: east, usageLimit: 10 * GB });
  await at.sluice('agent limit east --gb 50');
  await at.sluice('agent limit north --gb 5');
  if (command !== 'agent suspend north') at.panel.use(addUser(), 6 * GB);
  expect(await print('agent list')).toMatch(/^east .*\bok$/m);
  at.bench.clock.advance(MINUTE);
  await at.sluice(command);
  const list = await print('agent list');
  expect(list).toMatch(/^east .*\bheld$/m);
  expect(list).toContain(`east: 1 user disabled for north above it (${why})\n`);
  expect(list).not.toMatch(/^north: .*above it/m);
  const explained = await print('agent explain east');
  expect(explained).toContain(`Sluice keeps 1 of its users disabled for agent "north" above it, which is ${why}.`);
  expect(explained).toMatch(/^east .*\bheld$/m);
  const document = (await at.sluice('agent list')).json<{ agents: Record<string, unknown>[] }>();
  expect(document.agents.find(({ uuid }) => uuid === east)).toMatchObject({
    disabledFor: [{ uuid: at.north, name: 'north', users: 1, above: true }],
  });
});

it('agent suspend and unsuspend say in one line what changed', async () => {
  addUser();
  expect(await print('agent suspend north --dry-run')).toBe(
    'north: would be suspended, 1 user would be disabled, nothing changed\n',
  );
  expect(await print('agent suspend north --actor alice --note late')).toBe('north: suspended, 1 user disabled\n');
  expect(await print('agent suspend north')).toMatch(
    /^north: already suspended since .+ by alice \(late\), nothing changed\n$/,
  );
  expect(await print('agent list')).toMatch(/suspended[^]*north: suspended since .+ by alice \(late\)\n/);
  expect(await print('agent show north')).toContain('by alice (late)');
  expect(await print('agent unsuspend north --dry-run')).toBe(
    'north: would no longer be suspended, 1 user would be enabled again, nothing changed\n',
  );
  expect(await print('agent suspend north --quiet')).toBe('');
  expect(await print('agent unsuspend north')).toBe('north: no longer suspended, 1 user enabled again\n');
  expect(await print('agent unsuspend north')).toBe('north: not suspended, nothing changed\n');
});

it('the brake over agents is shown beside the one over services', async () => {
  for (const number of [1, 2, 3]) at.panel.use(await at.create(number, { product: 'agency' }), 12 * GB);
  const agents = Array.from({ length: 5 }, (_, n) => at.panel.addAgent(undefined, { name: `agent-${n}` }));
  at.bench.write('limits.csv', ['agent,limit_gb', ...agents.map((agent) => `${agent},5`)].join('\n'));
  expect((await at.sluice('agent limit --from limits.csv')).exitCode).toBe(0);
  for (const agent of agents) at.panel.use(at.panel.addUser({ agent }), 6 * GB);
  at.bench.clock.advance(HOUR);
  expect([(await at.poll()).exitCode, (await at.check()).exitCode]).toEqual([6, 6]);
  for (const words of ['doctor', 'panel list']) {
    const shown = await print(words);
    expect(shown).toMatch(/would have changed 3 of 3 services at once/);
    expect(shown).toMatch(/would have changed 5 of 5 agents at once/);
  }
  const shown = await print('agent show agent-0');
  expect(shown).toContain('its limit is used up');
  expect(shown).not.toContain('rule:');
});

describe('what ends a restriction is named', () => {
  it('where the hold of an agent is released by name', async () => {
    await at.create(1, { product: 'agency' });
    await exceed(addUser());
    const { exitCode, stdout, stderr } = await at.sluice('hold release svc-1 --reason agent-limit');
    expect([exitCode, stdout]).toEqual([2, expect.stringContaining('bad_option')]);
    for (const remedy of ['sluice agent limit', 'sluice agent restore']) expect(stdout + stderr).toContain(remedy);
    for (const words of ['--reason quota', '--reason billing', '--panel vpn'])
      expect((await at.sluice(`hold release svc-1 ${words}`)).exitCode).toBe(2);
    expect((await at.sluice('hold release svc-1 --reason manual')).exitCode).toBe(1);
  });

  it('where an agent is within its limit again, by how far it has to be', async () => {
    const uuid = await at.create(1, { product: 'agency' });
    await at.sluice('agent limit north --gb 16');
    at.panel.use(uuid, 16 * GB);
    await at.check();
    expect(await print('explain svc-1')).toContain(
      'It is released by the first check of agents that reads less than 95 % of the limit of its agent, such as with a higher one: sluice agent limit north --gb N --panel vpn.',
    );
    await at.sluice('agent limit north --gb 16.5');
    await at.check();
    const kept = await print('explain svc-1');
    expect(kept).toContain('agent "north" was over its limit, and is below it now, but not low enough.');
    expect(kept).toContain('that reads less than 95 % of the limit of its agent');
    expect(kept).not.toContain('The next check of agents');
    expect(await print('agent explain north')).toContain('below its limit, but only below 95 % of it are its users');
    await at.sluice('agent limit north --gb 20');
    expect(await print('explain svc-1')).toContain('The next check of agents releases it: sluice agent check --all');
    await at.check();
    expect(await print('explain svc-1')).toContain('svc-1 is not held');
  });

  it('where the agent is suspended', async () => {
    await at.create(1, { product: 'agency' });
    await at.sluice('agent suspend north');
    for (const words of ['agent create-user north --name new --gb 1', 'hold release north'])
      expect((await at.bench.sluice(words)).stderr).toContain('sluice agent unsuspend north');
    const explained = await print('explain svc-1');
    expect(explained).toContain('agent "north" is suspended');
    expect(explained).toContain('To release it: sluice agent unsuspend north --panel vpn.');
  });

  it('where a package has no room', async () => {
    await restart(at, () =>
      startHiddifyBench({ more: 'currency: EUR\npackages: { extra: { traffic: 30GB, price: "5.00" } }' }),
    );
    at.bench.edit(/^( {2}agency: .*) \}$/m, '$1, packages: [extra] }');
    await at.create(1, { product: 'agency', values: ['client=42'] });
    await at.sluice('credit add 42 100 --currency EUR');
    await at.sluice('agent limit north --gb 20');
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect((await at.bench.sluice('purchase create svc-1 extra')).stderr).toMatch(
      /limit of agent "north".* Nothing was charged\. Use at most 20GB, .*"sluice agent limit north --gb 30GB"/,
    );
  });

  it('by the day of a protection', async () => {
    await at.create(1, { product: 'agency' });
    await at.sluice('service set svc-1 protected_until=2026-11-22');
    await exceed(addUser());
    expect(await print('explain svc-1')).toContain('It is protected until 2026-11-22: nothing is restricted before.');
  });
});

describe('enforce', () => {
  it('of one product leaves agents under observe, and says so', async () => {
    await at.bench.sluice('observe vpn');
    await at.bench.sluice('enforce vpn --only vpn-50 --yes');
    const metrics = await print('metrics');
    expect(metrics).toContain('sluice_enforce{panel="vpn",product=""} 0');
    expect(metrics).toContain('sluice_enforce{panel="vpn",product="vpn-50"} 1');
    expect(await print('panel list')).toContain('observe, except vpn-50: enforced since');
  });

  it('first shows what would be done to the users of agents', async () => {
    at.panel.use(addUser(), 5 * GB);
    addUser();
    await at.sluice('agent limit north --gb 50');
    await at.check();
    await at.bench.sluice('observe vpn');
    expect(await print('enforce vpn')).toContain('would change nothing.');
    await at.sluice('agent limit north --gb 5 --yes');
    const { stdout, exitCode } = await at.bench.sluice('enforce vpn');
    expect([exitCode, at.changes()]).toEqual([2, []]);
    expect(stdout).toContain('would make these changes:');
    expect(stdout.match(/disable user .* planned/g)).toHaveLength(2);
  });
});

describe('a check with --quiet', () => {
  let all: string[];
  beforeEach(async () => {
    all = [addUser(), addUser(), addUser()];
    await at.sluice('agent limit north --gb 50');
    await at.check();
  });
  const quiet = (): Promise<string> => {
    at.bench.clock.advance(5 * MINUTE);
    return print('agent check --all --quiet');
  };
  const use = (gb: number): void => {
    at.panel.use(all[0] ?? '', gb * GB);
  };

  it('prints nothing where nothing is changed, and what was changed', async () => {
    expect(await quiet()).toBe('');
    use(25);
    expect(await quiet()).toBe('');
    use(25);
    expect(await quiet()).toMatch(/north: 3 × disable user applied|north: disable user/);
    expect(await quiet()).toBe('');
  });

  it('prints nothing of an agent over its limit under observe', async () => {
    await at.bench.sluice('observe vpn');
    use(50);
    expect(await quiet()).toBe('');
    expect(await print('agent explain north')).toMatch(
      /That reaches its limit: its users stay enabled, because the panel is under observe\.\n/,
    );
    await at.bench.sluice('enforce vpn --yes');
    await at.check();
    expect(await print('agent explain north')).toMatch(/its users are disabled\. .*3 users disabled/);
  });
});

it('a doubted agent is marked in the list, and explained', async () => {
  await restart(at, () => startHiddifyBench({ more: 'poll: { interval: 15m }' }));
  const uuid = addUser();
  at.panel.use(uuid, 10 * GB);
  await at.sluice('agent limit north --gb 50 --yes');
  await at.check();
  at.panel.use(uuid, 60 * GB);
  await at.check();
  expect(await print('agent explain north')).toMatch(/shows 70 GB: it is doubted/);
  expect(await print('agent list')).toMatch(/north .*doubted/);
});

it('agent list says that the add-on enforces its limits', async () => {
  await restart(at, () =>
    startHiddifyBench({ agents: '{ addon: true }', panel: { addOn: { endpoints: 'root', hooks: 'none' } } }),
  );
  at.panel.setTrafficLimit(at.north, 10 * GB);
  expect(await print('agent list')).toContain('The add-on enforces these limits');
  at.bench.write('limits.csv', 'agent,limit_gb\nnorth,5\n');
  expect((await at.sluice('agent limit --from limits.csv')).exitCode).toBe(2);
});
