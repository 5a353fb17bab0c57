import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, type Reply } from './ask.js';
import { type FakeHiddify } from './fake-hiddify.js';
import { gibibyte } from './rows.js';
import { startFakeHiddify } from './start-fake-hiddify.js';

const users = '/api/v2/admin/user/';
const uuid = '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d04';
let fake: FakeHiddify;
let agent: string;

beforeEach(async () => {
  fake = await startFakeHiddify();
  agent = fake.addAgent();
});
afterEach(() => fake.close());

const create = (): Promise<Reply> =>
  ask(fake, 'POST', users, { json: { name: 'dora', uuid, usage_limit_GB: 10, added_by_uuid: agent } });

describe('a creation in progress', () => {
  it("shows others a user of the caller's, unknown, with 1000 GB", async () => {
    const held = fake.holdCreations('inserted');
    const made = create();
    await held.reached;
    const seen = await ask(fake, 'GET', users);
    expect(seen.rows).toMatchObject([
      { uuid, name: 'unknown', usage_limit_GB: 1000, added_by_uuid: fake.key, enable: true },
    ]);
    held.release();
    expect((await made).json).toMatchObject({ uuid, name: 'dora', usage_limit_GB: 10, added_by_uuid: agent });
  });

  it('shows it named before it has its limit and its owner', async () => {
    const held = fake.holdCreations('described');
    const made = create();
    await held.reached;
    expect(fake.user(uuid)).toMatchObject({ name: 'dora', usageLimit: 1000 * gibibyte, addedBy: 1 });
    held.release();
    expect((await made).status).toBe(200);
    expect(fake.user(uuid).usageLimit).toBe(10 * gibibyte);
  });

  it('loses against one that was faster, with a key in the text', async () => {
    const held = fake.holdCreations('checked', 2);
    const both = [create(), create()];
    await held.reached;
    held.release();
    const [first, second] = (await Promise.all(both)).sort((a, b) => a.status - b.status);
    expect(first?.status).toBe(200);
    expect(second?.status).toBe(500);
    expect(second?.json?.['msg']).toMatch(
      /^\(MySQLdb.IntegrityError\) \(1062, "Duplicate entry .* for key 'ix_user_uuid'"\)\n/,
    );
    expect(second?.json?.['msg']).toContain('PRIVATE KEY');
    expect(fake.snapshot().users).toHaveLength(1);
  });
});

describe('writes', () => {
  it('start one apply each, reads none', async () => {
    await create();
    await ask(fake, 'PATCH', `${users}${uuid}/`, { json: {} });
    await ask(fake, 'GET', users);
    await ask(fake, 'DELETE', `${users}${uuid}/`);
    expect(fake.applies).toBe(3);
    expect(fake.server.changingCalls().map((call) => call.endpoint)).toEqual([
      'POST /api/v2/admin/user/',
      'PATCH /api/v2/admin/user/{uuid}/',
      'DELETE /api/v2/admin/user/{uuid}/',
    ]);
  });

  it('are committed when the apply cannot be started, and answer 500', async () => {
    fake.switches.spawnFails = true;
    const answers = [
      await create(),
      await ask(fake, 'PATCH', `${users}${uuid}/`, { json: { enable: false } }),
      await ask(fake, 'DELETE', `${users}${uuid}/`),
    ];
    expect(answers.map((answer) => answer.json)).toEqual(
      Array.from({ length: 3 }, () => ({ msg: "[Errno 2] No such file or directory: 'sudo'" })),
    );
    expect(fake.hasUser(uuid)).toBe(false);
  });

  it('give a user of nobody to the Owner, an empty PATCH, too', async () => {
    fake.addUser({ uuid, agent: null });
    expect((await ask(fake, 'GET', users)).json).toMatchObject({ message: 'You have no user' });
    const answer = await ask(fake, 'PATCH', `${users}${uuid}/`, { json: {} });
    expect(answer.json).toMatchObject({ added_by_uuid: fake.key });
  });

  it('can be done and answered with a fault all the same', async () => {
    fake.server.inject({ endpoint: /^POST /, when: 'after', times: 1, fault: { kind: 'status', status: 502 } });
    expect((await create()).status).toBe(502);
    expect(fake.user(uuid).name).toBe('dora');
    expect((await create()).json).toMatchObject({ message: 'The user exists' });
  });
});
