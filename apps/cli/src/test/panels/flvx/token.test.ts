import { chmodSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Check, JsonSchemaNode, PanelTest } from '@sluice/engine';
import type { ConfigProblem } from '@sluice/config-file';
import { ADMIN_PASSWORD, DAY, flvxConfig, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

const LOGIN = 'username: admin_user, password: "${env:FLVX_PASSWORD}"';
const END = '2027-02-18T12:00:00.000Z';

let at: FlvxBench;
let token: string;
beforeEach(async () => {
  at = await startFlvxBench();
  token = at.panel.customer(1, 0).token;
  at.bench.env['FLVX_TOKEN'] = token;
  Reflect.deleteProperty(at.bench.env, 'FLVX_PASSWORD');
  configure('token: "${env:FLVX_TOKEN}"');
});
afterEach(() => at.close());

const configure = (credentials: string): void => {
  at.bench.write('sluice.yaml', flvxConfig(at.panel.url).replace(LOGIN, credentials));
};
const logins = (): string[] =>
  at.panel.server.calls
    .filter(({ path }) => path.endsWith('/user/login'))
    .map(({ body }) => (JSON.parse(body) as { username: string }).username);
const tested = async (): Promise<Partial<PanelTest> | undefined> =>
  (await at.run('panel test relay')).json<{ panels: PanelTest[] }>().panels[0];
const credentialCheck = async (): Promise<Check | undefined> =>
  (await at.run('doctor')).json<{ checks: Check[] }>().checks.find(({ name }) => name === 'credentials');

describe('a token in place of username and password', () => {
  it('creates, reads and restricts without a login, and is shown nowhere', async () => {
    const user = await at.create(1);
    at.panel.setCaptcha(true);
    expect((await at.run('poll')).exitCode).toBe(0);
    expect((await at.run('provision suspend svc-1')).exitCode).toBe(0);
    expect(at.panel.world.users.get(user)?.status).toBe(0);
    const { checks } = (await at.run('doctor --contract')).json<{ checks: Check[] }>();
    expect(checks.filter(({ status, name }) => status !== 'ok' && name !== 'config')).toEqual([]);
    expect(checks.filter(({ message }) => /captcha|publicly known/.test(message))).toEqual([]);
    expect(logins()).toEqual([]);
    for (const command of ['log list --api --json', 'panel test', 'config check --json'])
      await at.bench.sluice(command);
    expect(at.bench.printed).not.toContain(token);
    expect(at.bench.printed).not.toContain(token.split('.')[2]);
  });

  it('is valid until an instant that doctor and panel test show, with a warning ten days before', async () => {
    expect(await tested()).toMatchObject({ ok: true, credentialsUntil: END, warnings: [] });
    expect((await at.bench.sluice('panel test')).stdout).toContain('; credentials valid until 18 Feb 2027 12:00\n');
    const check = { name: 'credentials', object: 'panels.relay.token' };
    expect(await credentialCheck()).toMatchObject({ ...check, status: 'ok', message: `valid until ${END}` });

    at.bench.clock.advance(80 * DAY - 60_000);
    expect(await credentialCheck()).toMatchObject({ status: 'ok' });
    at.bench.clock.advance(60_000);
    const warning = `valid until ${END}, for 10 d more: set a new token in the config before that`;
    expect(await credentialCheck()).toMatchObject({ ...check, status: 'warning', message: warning });
    expect(await tested()).toMatchObject({ ok: true, warnings: [`panels.relay.token is ${warning}`] });
    const { exitCode, stdout } = await at.bench.sluice('doctor');
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringContaining('! credentials (panels.relay.token): valid until 18 Feb 2027 12:00, for 10 d more'),
    ]);

    at.bench.clock.advance(10 * DAY);
    const ended = await tested();
    expect(ended).toMatchObject({ ok: false, credentialsUntil: null, error: { code: 'PANEL_AUTH' } });
    expect(ended?.error?.message).toMatch(
      /"relay" refused the token, which was valid until .*Check panels\.relay\.token/,
    );
    const failed = await at.bench.sluice('doctor --panel relay');
    expect([failed.exitCode, failed.stdout]).toEqual([1, expect.stringContaining('was valid until 18 Feb 2027 12:00')]);
  });

  it('that is refused, altered, no token or a customer’s fails the run with the panel and the config key', async () => {
    await at.create(1);
    const user = at.panel.customer(2, 0).token;
    const wrong: [string, string, RegExp][] = [
      [
        at.panel.customer(1, 90 * DAY).token,
        'PANEL_AUTH',
        /valid until 2026-11-20T12:00:00.000Z.*panels\.relay\.token/,
      ],
      [`${token}x`, 'PANEL_AUTH', /although it is valid until 2027-02-18.*panels\.relay\.token/],
      ['abc', 'PANEL_AUTH', /not one of FLVX.*panels\.relay\.token/],
      [user, 'PANEL_FORBIDDEN', /"somebody-else", who is not an administrator/],
    ];
    for (const [given, code, message] of wrong) {
      at.bench.env['FLVX_TOKEN'] = given;
      const { services } = (await at.run('poll')).json<{ services: { id: string; error: unknown }[] }>();
      expect(services).toMatchObject([{ id: 'svc-1', error: { code, message: expect.stringMatching(message) } }]);
    }
    expect(logins()).toEqual([]);
  });
});

describe('the config of an FLVX panel', () => {
  const problems = async (credentials: string): Promise<string[]> => {
    configure(credentials);
    const found = (await at.run('config check')).json<{ problems: ConfigProblem[] }>().problems;
    return found.filter(({ severity }) => severity === 'error').map(({ path, message }) => `${path}: ${message}`);
  };

  it('has a token, or username and password: not both, not neither, not half', async () => {
    const choice = 'set username and password, or token';
    expect(await problems('token: x')).toEqual([]);
    expect(await problems('username: a, password: b')).toEqual([]);
    expect(await problems('concurrency: 2')).toEqual([`panels.relay: the credentials are missing: ${choice}`]);
    expect(await problems('username: a')).toEqual([`panels.relay.password: this key is missing: ${choice}`]);
    expect(await problems('password: a')).toEqual([`panels.relay.username: this key is missing: ${choice}`]);
    for (const more of ['username: a, ', 'password: b, ', 'username: a, password: b, ']) {
      expect(await problems(`${more}token: x`)).toEqual([
        `panels.relay.token: ${choice}, not both: remove what should not be used`,
      ]);
    }
  });

  it('has the alternatives in the schema for editors', async () => {
    const { properties } = (await at.run('config schema')).json<JsonSchemaNode>();
    const panels = properties?.['panels']?.additionalProperties as JsonSchemaNode | undefined;
    const ways = (panels?.oneOf ?? []).map(({ required = [], oneOf }) => [required, oneOf]);
    expect(ways).toContainEqual([
      ['kind', 'url'],
      [{ required: ['username', 'password'] }, { required: ['token'] }],
    ]);
    expect(ways).toContainEqual([['kind', 'url', 'token'], undefined]);
  });

  it('counts a literal token as a secret', async () => {
    configure('token: x');
    chmodSync(at.bench.path('sluice.yaml'), 0o644);
    const { stdout } = await at.bench.sluice('config check');
    expect(stdout).toMatch(/every user of this machine can read .*which contains secrets/);
    expect(stdout).toMatch(/panels\.relay\.token: the secret is written in the file itself/);
  });
});

describe('a username that is a reference', () => {
  it('is resolved like a secret, and refused where its variable is missing', async () => {
    at.bench.env['FLVX_PASSWORD'] = ADMIN_PASSWORD;
    configure(LOGIN.replace('admin_user', '"${env:FLVX_USER}"'));
    const refused = await at.run('panel test relay');
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout).toContain('panels.relay.username');
    expect(at.panel.server.calls.length).toBe(0);
    at.bench.env['FLVX_USER'] = 'admin_user';
    expect((await at.run('panel test relay')).exitCode).toBe(0);
  });
});
