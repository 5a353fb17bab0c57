import { describe, expect, it } from '@jest/globals';
import { diffStates } from '@sluice/fake-panels';
import type { CommandReport } from '@sluice/engine';
import { startForEachTest } from '../../each-test.js';
import { startFlvxBench } from '../../flvx-bench.js';

const at = startForEachTest(startFlvxBench);

async function login(password: string): Promise<number> {
  const body = JSON.stringify({ username: at.panel.user(3)?.user, password });
  const answer = await fetch(`${at.panel.url}/api/v1/user/login`, { method: 'POST', body });
  return ((await answer.json()) as { code: number }).code;
}

describe('what is printed about an account', () => {
  it('names the command that creates or finishes it', async () => {
    await at.addService(1);
    expect((await at.bench.sluice('poll')).stderr).toContain('"sluice provision create svc-1" creates one');
    at.panel.server.inject({ endpoint: /tunnel\/user\/assign/, fault: { kind: 'status', status: 500 } });
    expect((await at.run('provision create svc-1')).exitCode).toBe(3);
    const { stdout } = await at.bench.sluice('doctor');
    expect(stdout).toMatch(/svc-1, provision create svc-1\).*Finish it with "sluice provision create svc-1"/);
  });

  it('names the id that a service lacks while the creation of its account is in doubt and the panel is down', async () => {
    await at.addService(1);
    const { server } = at.panel;
    const isCreation = ({ endpoint }: { endpoint: string }): boolean => endpoint.endsWith('/user/create');
    server.inject({ match: isCreation, times: 1, when: 'after', fault: { kind: 'cut' } });
    server.onCall((call) => {
      if (isCreation(call)) server.inject({ fault: { kind: 'cut' } });
    });
    await at.bench.sluice('provision create svc-1 --password-file no.password');
    for (const words of ['poll', 'explain svc-1', 'service show svc-1']) {
      const { stdout, stderr } = await at.bench.sluice(words);
      expect(stdout + stderr).toContain('Set it with "sluice service set svc-1 flvx_user_id=ID"; where the panel');
    }
  });

  it('says whether the account was made, and that it is held', async () => {
    await at.addService(1);
    await at.bench.sluice('provision suspend svc-1');
    const create = async (): Promise<string> =>
      (await at.bench.sluice('provision create svc-1 --password-file no.password')).stdout.split('\n')[0] ?? '';
    expect(await create()).toMatch(/^svc-1: account \S+ created, held \(billing\); panel updated$/);
    expect(await create()).toMatch(
      /^svc-1: account \S+ exists, held \(billing\); nothing had to be changed on the panel$/,
    );
  });

  it.each(['create svc-1 --password-file no.password', 'terminate svc-1 --yes'])(
    'says that nothing was changed where the panel was not read: %s',
    async (words) => {
      await at.create(1);
      at.panel.server.inject({ fault: { kind: 'cut' } });
      const { stdout } = await at.bench.sluice(`provision ${words}`);
      expect(stdout).toMatch(/^svc-1: provision \w+ not finished; nothing was changed on the panel\n/);
    },
  );

  it('says what goes on with a termination that was cut', async () => {
    at.panel.addForward(await at.create(1), at.tunnels.hk, { name: 'web' });
    const fault = { kind: 'status', status: 502 } as const;
    let changes = 0;
    const match = ({ changing }: { changing: boolean }): boolean => changing && ++changes > 2;
    const mend = at.panel.server.inject({ match, fault });
    await at.bench.sluice('provision terminate svc-1 --yes');
    mend();
    expect((await at.bench.sluice('explain svc-1')).stdout).toContain(
      'The next reconcile goes on with it. To do so now: ',
    );
    await at.run('observe relay');
    expect((await at.bench.sluice('explain svc-1')).stdout).toContain(
      'It is under observe on panel relay, so no run goes on with it. To do so: sluice provision terminate svc-1.',
    );
    await at.run('reconcile');
    expect((await at.bench.sluice('explain svc-1')).stdout).toContain('so no run goes on with it');
  });

  it('names --adopt where the service names an existing account', async () => {
    await at.addService(1, { values: [`flvx_user_id=${at.panel.addUser({ user: 'anna' })}`] });
    const { stdout } = await at.bench.sluice('provision create svc-1 --password-file no.password');
    expect(stdout).toContain('adopt this account with --adopt');
  });

  it('has a password once, in the document that it was ordered with', async () => {
    await at.addService(1);
    const { credentials } = (await at.run('provision create svc-1')).json<CommandReport>();
    for (const words of ['log list', 'log list --actions', 'log list --api', 'explain svc-1', 'service show svc-1'])
      await at.run(words);
    expect(at.bench.printed.split(credentials!.password!)).toHaveLength(2);
  });
});

it.each(['create svc-1', 'terminate svc-1 --json'])(
  'provision without what it needs calls nothing: %s',
  async (words) => {
    await at.addService(1);
    expect((await at.bench.sluice(`provision ${words}`)).exitCode).toBe(2);
    expect(at.panel.server.calls).toEqual([]);
  },
);

describe('options', () => {
  it('renew --ref renews once per key', async () => {
    await at.create(1);
    for (const words of ['--ref a --until 2027-01-15', '--ref a --until 2027-01-15', '--ref b'])
      expect((await at.run(`provision renew svc-1 ${words}`)).exitCode).toBe(0);
    expect(at.panel.user(3)?.expTime).toBe(Date.parse('2027-02-15'));
  });

  it('hold adopt --forwards takes a list', async () => {
    const user = await at.create(1);
    for (const name of ['web', 'game']) at.panel.addForward(user, at.tunnels.hk, { name, paused: true });
    expect((await at.run('hold adopt svc-1 --reason manual --forwards 2,3')).exitCode).toBe(0);
    expect((await at.run('hold release svc-1')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });
});

describe('where a new password is read from and written to', () => {
  it('--password-file never reads a file, and the other options read one each', async () => {
    await at.addService(1);
    await at.run('provision create svc-1 --password-file first.txt');
    expect(await login(at.bench.read('first.txt').trim())).toBe(0);
    const before = at.panel.state();
    for (const words of [
      'change-password svc-1 --password-file first.txt',
      'change-password svc-1 --password-file new.txt --password-stdin',
      'create svc-1 --password-from first.txt --password-stdin',
      'change-password svc-1 --password-from missing.txt',
    ]) {
      const refused = await at.run(`provision ${words}`);
      expect([words, refused.exitCode]).toEqual([words, 2]);
    }
    expect(diffStates(before, at.panel.state())).toEqual([]);
  });

  it('--password-from and --password-stdin read it, and it is printed nowhere', async () => {
    await at.addService(1);
    at.bench.write('chosen.txt', 'Chosen-by-customer-1\n');
    const made = await at.run('provision create svc-1 --password-from chosen.txt');
    expect(made.json<CommandReport>().credentials).toMatchObject({ password: null, passwordFile: null });
    expect(await login('Chosen-by-customer-1')).toBe(0);
    at.bench.write('chosen.txt', 'Chosen-by-customer-2\n');
    expect((await at.run('provision change-password svc-1 --password-from chosen.txt')).exitCode).toBe(0);
    expect(await login('Chosen-by-customer-2')).toBe(0);
    const readStdin = () => Promise.resolve(Buffer.from('Chosen-by-customer-3\n'));
    const changed = await at.bench.sluice('provision change-password svc-1 --password-stdin --json', { readStdin });
    expect(changed.exitCode).toBe(0);
    expect(await login('Chosen-by-customer-3')).toBe(0);
    expect(at.bench.printed).not.toContain('Chosen-by-customer');
  });

  it('a password for an account that exists is not set, which is said', async () => {
    await at.addService(1);
    at.bench.write('chosen.txt', 'Chosen-by-customer-1\n');
    const first = await at.bench.sluice('provision create svc-1 --password-from chosen.txt');
    expect(first.stderr).not.toContain('warning');
    at.bench.write('chosen.txt', 'Chosen-by-customer-2\n');
    const again = await at.bench.sluice('provision create svc-1 --password-from chosen.txt');
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining('the one that was passed is not set')]);
    expect([await login('Chosen-by-customer-1'), await login('Chosen-by-customer-2')]).toEqual([0, -1]);
  });
});
