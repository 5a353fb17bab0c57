import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, CreatedUserReport } from '@sluice/engine';
import { startForEachTest } from './each-test.js';
import { startFlvxBench } from './flvx-bench.js';
import { startHiddifyBench } from './hiddify-bench.js';

/** Where customers reach a panel. */
const PUBLIC = 'https://panel.example.com';

describe('what a customer of FLVX receives', () => {
  const at = startForEachTest(() => startFlvxBench('', `, publicUrl: ${PUBLIC}`));
  beforeEach(() => at.addService(1));

  /** Gives product `relay` a message of its own. */
  function useMessage(text: string | null): void {
    const config = at.bench.read('sluice.yaml');
    const line = 'relay: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 } }';
    const own = line.replace('relay, quota', 'relay, credentials: { message: mail.txt }, quota');
    at.bench.write('sluice.yaml', config.replace(line, own));
    if (text !== null) at.bench.write('mail.txt', text);
  }

  /** Runs a command on a terminal. */
  async function onTerminal(words: string): Promise<{ exitCode: number; stdout: string; stderr: string }> {
    let stdout = '';
    const write = (text: string): unknown => (stdout += text);
    const { exitCode, stderr } = await at.bench.sluice(`${words} --no-color`, { stdout: { write, isTTY: true } });
    return { exitCode, stdout, stderr };
  }

  it('is the default text with the password, which is nowhere else', async () => {
    const made = await onTerminal('provision create svc-1 --message');
    const name = at.panel.user(3)?.user ?? '';
    const [, password = ''] = /^Password: (\S{24})$/m.exec(made.stdout) ?? [];
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('your account "svc-1" is ready.') });
    expect(made.stdout.split('\n').slice(4)).toEqual([
      `Login name: ${name}`,
      `Password: ${password}`,
      `Address: ${PUBLIC}`,
      'Valid until: 15 Dec 2026 (UTC)',
      '',
    ]);
    expect(made.stderr).toContain('svc-1');
    expect(made.stderr).not.toContain(password);
    const exported = await at.bench.sluice('log export log.jsonl');
    expect(exported.exitCode).toBe(0);
    expect(at.bench.read('log.jsonl')).not.toContain(password);
    expect(readFileSync(at.bench.path('sluice.db')).includes(password)).toBe(false);
  });

  it('is the text of the product with the password, which the operator’s file or input may have too', async () => {
    useMessage('{{service}}|{{ username }}|{{password}}|{{url}}|{{links}}|{{expiresAt}}\n\nBye\n');
    const mail = (id: string, user: number, password: string): string =>
      `${id}|${at.panel.user(user)?.user ?? ''}|${password}|${PUBLIC}|none|2026-12-15T00:00:00Z\n\nBye\n`;
    const made = await at.bench.sluice('provision create svc-1 --message --password-file secret.txt --utc');
    const password = at.bench.read('secret.txt').trim();
    expect([made.exitCode, made.stdout]).toEqual([0, mail('svc-1', 3, password)]);
    expect(made.stderr).toContain(`password in ${at.bench.path('secret.txt')}`);
    expect(made.stderr).not.toContain(password);
    // The account exists, so that the panel keeps a password that Sluice does not know.
    const again = await at.bench.sluice('provision create svc-1 --message --utc');
    expect([again.exitCode, again.stdout]).toEqual([0, mail('svc-1', 3, 'your current password')]);
    expect(again.stderr).toContain('warning: The account existed before, so its password is not known');
    expect(again.stderr).toContain('"sluice provision change-password svc-1"');
    await at.addService(2);
    const piped = await at.bench.sluice('provision create svc-2 --message --utc');
    expect(piped.stdout).toMatch(/^svc-2\|[^|]+\|\w{24}\|/);
    await at.addService(3);
    at.bench.write('mine.txt', 'Of my own 1\n');
    const given = await at.bench.sluice('provision create svc-3 --message --password-from mine.txt --utc');
    expect(given.stdout).toBe(mail('svc-3', 5, 'Of my own 1'));
    expect(piped.stderr + given.stderr).not.toMatch(/warning|Of my own/);
    useMessage(null);
    at.bench.edit('{ message: mail.txt }', '{ writeTo: passwords }');
    await at.addService(4);
    const standard = await at.bench.sluice('provision create svc-4 --message');
    expect(standard.stdout).toContain(`\nPassword: ${at.bench.read('passwords/svc-4.password').trim()}\n`);
    const repeat = await at.bench.sluice('provision create svc-4 --message');
    expect(repeat.stdout).toContain('\nPassword: your current password\n');
    const { credentials } = (await at.run('provision change-password svc-4')).json<CommandReport>();
    expect(credentials).toMatchObject({ password: null, passwordFile: expect.any(String) });
  });

  it('never loses a password that the text leaves out, and never stands beside --json', async () => {
    useMessage('Your login is {{username}}.\n');
    for (const [words, problem] of [
      ['provision create svc-1 --message', 'No file was named for the generated password; no panel was called'],
      ['provision create svc-1 --message --json', 'Use --message or --json, not both; no panel was called'],
    ] as const) {
      const refused = await onTerminal(words);
      expect([refused.exitCode, refused.stdout + refused.stderr]).toEqual([2, expect.stringContaining(problem)]);
    }
    const { stderr } = await onTerminal('provision create svc-1 --message');
    expect(stderr).toContain('Name a file with --password-file FILE, or set credentials: { writeTo: FOLDER }');
    expect(stderr).toContain('where the text of the message contains it');
    expect(at.panel.server.calls).toEqual([]);
    const made = await onTerminal('provision create svc-1 --message --password-file secret.txt');
    expect([made.exitCode, made.stdout]).toEqual([0, expect.stringMatching(/^Your login is \S+\.\n$/)]);
    expect(at.bench.read('secret.txt').trim()).toMatch(/^\S{24}$/);
  });

  it('is printed without --message too, and by --json', async () => {
    const made = await onTerminal('provision create svc-1');
    expect(made.stdout).toMatch(/ {2}password \S{24} \(shown only once\)\n/);
    expect(made.stdout).toContain(`  address ${PUBLIC}\n  valid until 15 Dec 2026\n`);
    const again = await at.run('provision create svc-1');
    expect(again.json<CommandReport>().access).toEqual({
      username: at.panel.user(3)?.user,
      url: PUBLIC,
      links: [],
      expiresAt: '2026-12-15T00:00:00.000Z',
      daysFromFirstUse: null,
    });
    await at.addService(2);
    expect((await at.run('provision create svc-2 --dry-run')).json<CommandReport>().access).toBeNull();
  });

  it.each([
    ['unknown placeholder "{{pasword}}"; did you mean "password"?', '{{service}} {{pasword}}\n'],
    ["can't be read (ENOENT)", null],
  ])('is refused as a mistake of the config before anything is called: %s', async (words, text) => {
    useMessage(text);
    const checked = await at.bench.sluice('config check');
    const refused = await at.bench.sluice('poll');
    expect([checked.exitCode, refused.exitCode]).toEqual([2, 2]);
    for (const { stdout, stderr } of [checked, refused]) {
      expect(stdout + stderr).toMatch(/line \d+: products\.relay\.credentials\.message: /);
      expect(stdout + stderr).toContain(words);
    }
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('what a customer of Hiddify receives', () => {
  const at = startForEachTest(startHiddifyBench);
  beforeEach(() => {
    at.bench.edit(', retries: 0', `, publicUrl: ${PUBLIC}$&`);
  });

  const origin = (): string => PUBLIC;
  const secretPath = (): string => new URL(at.panel.url).pathname.split('/')[1] ?? '';

  /** Sets the client path in the config. */
  function setClientPath(value: string): void {
    const config = at.bench.read('sluice.yaml').replace(/, clientPath: [^,]+/, '');
    at.bench.write('sluice.yaml', config.replace(', retries: 0', `, clientPath: ${value}, retries: 0`));
  }

  it('has no link without the client path, which the API does not report, and never the path of the administration', async () => {
    await at.addService(1);
    const made = await at.bench.sluice('provision create svc-1 --message');
    expect(made.stdout.split('\n').slice(4)).toEqual([
      'Login name: svc-1',
      `Address: ${origin()}`,
      'Valid until: 15 Dec 2026 (UTC)',
      '',
    ]);
    expect(made.stderr).toContain('warning: Set panels.vpn.clientPath');
    at.bench.edit('vpn-50: { panel: vpn,', '$& credentials: { message: mail.txt },');
    at.bench.write('mail.txt', 'Hi {{service}}\nYour link: {{links}}\n{{username}} {{links}} {{password}}\n');
    const without = await at.bench.sluice('provision create svc-1 --message');
    expect(without.stdout).toBe('Hi svc-1\nsvc-1 none none\n');
    setClientPath('PROXYPATHcli');
    const link = `${origin()}/PROXYPATHcli/${(await at.readUser('svc-1')) ?? ''}/`;
    const right = await at.bench.sluice('provision create svc-1 --message');
    expect(right.stdout).toBe(`Hi svc-1\nYour link: ${link}\nsvc-1 ${link} none\n`);
    expect(right.stderr).not.toContain('warning');
    expect((await at.bench.sluice('provision create svc-1')).stdout).toContain(`  subscription link ${link}\n`);
    const shown = await at.bench.sluice('service show svc-1');
    expect(shown.stdout).toMatch(new RegExp(` {2}subscription link +${link}\\n`));
    for (const words of ['service list', 'service list --json', 'poll --json', 'explain svc-1 --json'])
      expect((await at.bench.sluice(words)).stdout).not.toContain('PROXYPATHcli');
    setClientPath(secretPath());
    const secret = await at.bench.sluice('provision create svc-1 --message');
    expect([secret.stdout, secret.stderr]).toEqual([
      without.stdout,
      expect.stringContaining('Set panels.vpn.clientPath'),
    ]);
    setClientPath('a/b');
    const refused = await at.bench.sluice('config check');
    expect(refused.stdout + refused.stderr).toContain('panels.vpn.clientPath: is not the client path');
    setClientPath('PROXYPATHcli');
    await at.bench.sluice('service add svc-2 panel=vpn product=bare base_quota_override_gb=20');
    const bare = (await at.sluice('provision create svc-2')).json<CommandReport>();
    expect(bare.access).toMatchObject({ expiresAt: null, daysFromFirstUse: 90 });
    expect(secretPath()).not.toBe('');
    expect(at.bench.printed).not.toContain(secretPath());
  });

  it('is printed for the user of an agent too, whose name has to be clean', async () => {
    const words = ['agent', 'create-user', 'north', '--gb', '1', '--days', '7', '--name'];
    const refused = await at.bench.sluice([...words, 'an\u001bna', '--message']);
    expect([refused.exitCode, refused.stdout]).toEqual([2, '']);
    const made = await at.bench.sluice([...words, 'an na', '--message']);
    expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining('Login name: an na\n')]);
    expect(made.stdout).toContain('\nValid until: 7 days after the first use\n');
    expect(made.stderr).toContain('user "an na"');
    const plain = await at.bench.sluice([...words, 'bela']);
    expect(plain.stdout).toContain(`  address ${origin()}\n  subscription link ${origin()}/CLIENT-PATH/`);
    const { user, access } = (await at.sluice([...words, 'cora'])).json<CreatedUserReport>();
    expect(access).toEqual({
      username: 'cora',
      url: origin(),
      links: [
        {
          url: `${origin()}/CLIENT-PATH/${user.uuid ?? ''}/`,
          unknown: expect.stringContaining('Set panels.vpn.clientPath'),
        },
      ],
      expiresAt: null,
      daysFromFirstUse: 7,
    });
    expect((await at.sluice([...words, 'dora', '--dry-run'])).json<CreatedUserReport>().access).toBeNull();
  });

  it('has no address that is not public, and says which key is missing', async () => {
    at.bench.edit(`, publicUrl: ${PUBLIC}`, '');
    setClientPath('PROXYPATHcli');
    await at.addService(1);
    const { stdout, stderr } = await at.bench.sluice('provision create svc-1 --message');
    expect(stdout).toMatch(/Login name: svc-1\nValid until/);
    expect(stderr).toContain('warning: Set panels.vpn.publicUrl to the address');
    const user = (await at.readUser('svc-1')) ?? '';
    expect((await at.sluice('provision create svc-1')).json<CommandReport>().access).toMatchObject({
      url: null,
      links: [{ url: `https://ADDRESS/PROXYPATHcli/${user}/`, unknown: expect.stringContaining('publicUrl') }],
    });
    const shown = await at.bench.sluice('provision create svc-1');
    expect(shown.stdout).toContain('  address none: set publicUrl of the panel in the config\n');
  });
});
