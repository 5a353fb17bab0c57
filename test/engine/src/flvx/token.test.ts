import { beforeEach, describe, expect, it } from '@jest/globals';
import { easydcim } from '@sluice/easydcim-client/panel';
import { type Check, describedSchema, type JsonSchemaNode, type PanelTest, type Sluice } from '@sluice/engine';
import { flvx } from '@sluice/flvx-client/panel';
import { DAY, MINUTE } from '../bench/engine-bench.js';
import { ADMIN_PASSWORD, flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done } from '../bench/outcomes.js';

const LOGIN = `username: admin_user, password: ${ADMIN_PASSWORD}`;
const END = '2027-02-18T12:00:00.000Z';

const at = useFlvxBench();
let token: string;
beforeEach(async () => {
  token = at.panel.customer(1, 0).token;
  await configure(`token: "${token}"`);
});

const configure = (credentials: string): Promise<Sluice> =>
  at.bench.configure(flvxConfig(at.panel.url).replace(LOGIN, credentials));
const logins = (): string[] =>
  at.panel.server.calls.filter(({ path }) => path.endsWith('/user/login')).map(({ body }) => body);
const tested = async (): Promise<PanelTest | undefined> => (await at.sluice.panels.test(['relay'])).panels[0];
const credentialCheck = async (): Promise<Check | undefined> =>
  (await at.sluice.panels.doctor()).checks.find(({ name }) => name === 'credentials');

describe('a token in place of username and password', () => {
  it('creates, reads and restricts without a login, and is in no document', async () => {
    const user = await at.create(1);
    const { sluice } = at.bench;
    at.panel.setCaptcha(true);
    const polled = await done(at.poll());
    await done(sluice.provision.suspend('svc-1'));
    expect(at.panel.world.users.get(user)?.status).toBe(0);
    const { checks } = await sluice.panels.doctor({ contract: true });
    expect(checks.filter(({ status, name }) => status !== 'ok' && name !== 'config')).toEqual([]);
    expect(checks.filter(({ message }) => /captcha|publicly known/.test(message))).toEqual([]);
    expect(logins()).toEqual([]);
    const shown = JSON.stringify([polled, checks, await sluice.log.list(), await sluice.panels.list(), await tested()]);
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(token.split('.')[2]);
  });

  it('is valid until an instant that doctor and the test of the panel name, with a warning ten days before', async () => {
    expect(await tested()).toMatchObject({ ok: true, credentialsUntil: END, warnings: [] });
    const check = { name: 'credentials', object: 'panels.relay.token' };
    expect(await credentialCheck()).toMatchObject({ ...check, status: 'ok', message: `valid until ${END}` });

    at.bench.clock.advance(80 * DAY - MINUTE);
    expect(await credentialCheck()).toMatchObject({ status: 'ok' });
    at.bench.clock.advance(MINUTE);
    const warning = `valid until ${END}, for 10 d more: set a new token in the config before that`;
    expect(await credentialCheck()).toMatchObject({ ...check, status: 'warning', message: warning });
    expect(await tested()).toMatchObject({ ok: true, warnings: [`panels.relay.token is ${warning}`] });
    expect((await at.sluice.panels.doctor()).ok).toBe(true);

    at.bench.clock.advance(10 * DAY);
    expect(await tested()).toMatchObject({
      ok: false,
      credentialsUntil: null,
      error: {
        code: 'PANEL_AUTH',
        message: expect.stringMatching(/"relay" refused the token, which was valid until .*Check panels\.relay\.token/),
      },
    });
    expect((await at.sluice.panels.doctor({ panel: 'relay' })).ok).toBe(false);
  });

  it('that is refused, altered, no token or a customer’s fails the run with the panel and the config key', async () => {
    await at.create(1);
    for (const [given, code, message] of [
      [
        at.panel.customer(1, 90 * DAY).token,
        'PANEL_AUTH',
        /valid until 2026-11-20T12:00:00.000Z.*panels\.relay\.token/,
      ],
      [`${token}x`, 'PANEL_AUTH', /although it is valid until 2027-02-18.*panels\.relay\.token/],
      ['abc', 'PANEL_AUTH', /not one of FLVX.*panels\.relay\.token/],
      [at.panel.customer(2, 0).token, 'PANEL_FORBIDDEN', /"somebody-else", who is not an administrator/],
    ] as const) {
      await configure(`token: "${given}"`);
      const { services } = await at.poll();
      expect(services).toMatchObject([{ id: 'svc-1', error: { code, message: expect.stringMatching(message) } }]);
    }
    expect(logins()).toEqual([]);
  });
});

describe('the config of an FLVX panel', () => {
  it('has a token, or username and password: not both, not neither, not half', async () => {
    const choice = 'set username and password, or token';
    await configure('token: x');
    await configure('username: a, password: b');
    for (const [credentials, key, message] of [
      ['concurrency: 2', '', `the credentials are missing: ${choice}`],
      ['username: a', '.password', `this key is missing: ${choice}`],
      ['password: a', '.username', `this key is missing: ${choice}`],
      ...['username: a', 'password: b', 'username: a, password: b'].map((more) => [
        `${more}, token: x`,
        '.token',
        `${choice}, not both: remove what should not be used`,
      ]),
    ] as const) {
      await expect(configure(credentials)).rejects.toMatchObject({
        kind: 'usage',
        code: 'bad_config',
        details: { problems: [{ path: `panels.relay${key}`, message }] },
      });
    }
  });

  it('has the alternatives in the schema for editors', () => {
    const { properties } = describedSchema([flvx, easydcim]);
    const panels = properties?.['panels']?.additionalProperties as JsonSchemaNode | undefined;
    const ways = (panels?.oneOf ?? []).map(({ required = [], oneOf }) => [required, oneOf]);
    expect(ways).toContainEqual([
      ['kind', 'url'],
      [{ required: ['username', 'password'] }, { required: ['token'] }],
    ]);
    expect(ways).toContainEqual([['kind', 'url', 'token'], undefined]);
  });
});
