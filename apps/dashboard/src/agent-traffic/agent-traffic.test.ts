import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type FakeHiddify, manualClock, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, GB, startBench } from '../test/dashboard-bench.js';

let fake: FakeHiddify;
let at: DashboardBench;
let tokens: Record<string, string>;
let north: string;

beforeEach(async () => {
  fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
  north = fake.addAgent(undefined, { name: 'north <b>\u202e' });
  fake.addUser({ agent: north, usageLimit: 30 * GB, currentUsage: 20 * GB + 1 });
  fake.addUser({ agent: north, usageLimit: 30 * GB, currentUsage: 7.5 * GB });
  fake.addUser({ agent: north, usageLimit: GB, enable: false });
  const vpn = { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0, agents: {} };
  at = await startBench({
    fakes: [fake],
    kinds: [hiddify],
    panels: { vpn },
  });
  tokens = {
    Reader: await at.token('read'),
    Operator: await at.token('read', 'operate'),
    Client: await at.token('read', 'client:7'),
  };
});

afterEach(() => at.close());

async function call(what: string, body?: unknown, who = 'Operator'): Promise<{ status: number; json: unknown }> {
  const [method = '', path = ''] = what.split(' ');
  const answer = await at.fetch(`/api/v1/agent-traffic/agents${path}`, {
    ...{ method, token: tokens[who] ?? 'unknown' },
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' } }),
    ...(body === undefined ? {} : { body: body === '' ? '' : JSON.stringify(body) }),
  });
  return { status: answer.status, json: await answer.json() };
}

const stats = () => ({
  agent_id: north,
  agent_name: fake.admin(north).name,
  agent_uuid: north,
  total_traffic_bytes: 27.5 * GB + 1,
  total_traffic_GB: 27.5,
  traffic_limit_GB: 25,
  remaining_traffic_GB: 0,
  is_limit_exceeded: true,
  users_count: 3,
  active_users_count: 2,
  usage_percentage: 110,
});

describe('the API of the Hiddify add-on', () => {
  it('answers its six calls with its names and GB', async () => {
    expect(await call(`GET /${north}/traffic`)).toMatchObject({
      status: 200,
      json: {
        ...stats(),
        traffic_limit_GB: null,
        remaining_traffic_GB: null,
        is_limit_exceeded: false,
        usage_percentage: null,
      },
    });
    expect(await call(`PUT /${north}/traffic-limit`, { traffic_limit_GB: 25 })).toEqual({
      status: 200,
      json: { message: 'Traffic limit updated successfully', agent_id: north, traffic_limit_GB: 25 },
    });
    expect(await call(`GET /${north.toUpperCase()}/traffic`)).toEqual({ status: 200, json: stats() });
    const { active_users_count: _active, usage_percentage: _used, ...listed } = stats();
    const inList = { ...listed, total_traffic_GB: 27.5 + 1 / GB };
    expect(await call('GET /traffic')).toEqual({ status: 200, json: { agents: [inList], count: 1 } });
    // A uuid is a key of the panel.
    const masked = { agent_id: `${north.slice(0, 4)}...`, agent_uuid: `${north.slice(0, 4)}...` };
    expect(await call('GET /traffic', undefined, 'Reader')).toEqual({
      status: 200,
      json: { agents: [{ ...inList, ...masked }], count: 1 },
    });
    expect(await call(`POST /${north}/can-create-user`, { user_traffic_limit_GB: 50 }, 'Reader')).toMatchObject({
      status: 200,
      json: { can_create: false, error_message: expect.any(String), agent_stats: { ...stats(), ...masked } },
    });
    expect(await call(`POST /${north}/check`)).toEqual({
      status: 200,
      json: { message: 'Check completed', was_exceeded: true, stats: { ...stats(), active_users_count: 0 } },
    });
    expect((await call(`POST /${north}/check`, '')).status).toBe(200);
    expect(await call('POST /check-all')).toEqual({
      status: 200,
      json: { message: 'All agents checked', exceeded_agents_count: 1 },
    });
    expect(fake.listUsers(north).map(({ enable }) => enable)).toEqual([false, false, false]);
    expect(await call(`PUT /${north}/traffic-limit`, { traffic_limit_GB: null })).toMatchObject({
      json: { traffic_limit_GB: null },
    });
    const { entries } = await at.sluice.log.list({ kinds: ['run'], limit: 50 });
    expect(new Set(entries.flatMap((entry) => ('actor' in entry ? [entry.actor] : [])))).toEqual(
      new Set(['token t-read-operate']),
    );
  });

  it('asks whether a user fits: exactly filling is allowed, and null asks whether anything is left', async () => {
    await call(`PUT /${north}/traffic-limit`, { traffic_limit_GB: 40 });
    const left = 12.5 - 1 / GB;
    for (const [gb, fits] of [
      [left, true],
      [12.5, false],
      [null, true],
    ] as const) {
      const { json } = await call(`POST /${north}/can-create-user`, { user_traffic_limit_GB: gb });
      expect(json).toMatchObject({ can_create: fits, error_message: fits ? null : expect.any(String) });
    }
    await call(`PUT /${north}/traffic-limit`, { traffic_limit_GB: 0 });
    expect((await call(`POST /${north}/can-create-user`, { user_traffic_limit_GB: null })).json).toMatchObject({
      can_create: false,
      agent_stats: { traffic_limit_GB: 0, usage_percentage: null },
    });
  });

  describe('with the ids that the add-on had', () => {
    const state = async (panels: Record<string, object>): Promise<void> => {
      await at.close();
      fake = await startFakeHiddify({ now: manualClock('2026-11-20T12:00:00.000Z').now });
      north = fake.addAgent(undefined, { name: 'north', uuid: north });
      fake.addUser({ agent: north, usageLimit: 30 * GB, currentUsage: 20 * GB });
      const vpn = { kind: 'hiddify', url: fake.url, allowHttp: true, apiKey: fake.key, retries: 0 };
      const all = Object.entries(panels).map(([name, agents]) => [name, { ...vpn, agents }]);
      at = await startBench({ fakes: [fake], kinds: [hiddify], panels: Object.fromEntries(all) as never });
      tokens = { Reader: await at.token('read'), Operator: await at.token('read', 'operate') };
    };

    it('accepts and returns them, and the uuids of the others', async () => {
      await state({ vpn: { addonIds: { 7: north.toUpperCase() } } });
      const south = fake.addAgent(undefined, { name: 'south' });
      expect(await call('PUT /7/traffic-limit', { traffic_limit_GB: 25 })).toEqual({
        status: 200,
        json: { message: 'Traffic limit updated successfully', agent_id: 7, traffic_limit_GB: 25 },
      });
      expect((await call('GET /7/traffic')).json).toMatchObject({
        agent_id: 7,
        agent_uuid: north,
        total_traffic_GB: 20,
      });
      expect((await call(`GET /${north}/traffic`)).json).toMatchObject({ agent_id: 7 });
      expect((await call('POST /7/check')).json).toMatchObject({ was_exceeded: false, stats: { agent_id: 7 } });
      const { json } = await call('POST /7/can-create-user', { user_traffic_limit_GB: 6 }, 'Reader');
      expect(json).toMatchObject({
        can_create: false,
        agent_stats: { agent_id: 7, agent_uuid: `${north.slice(0, 4)}...` },
      });
      const { agents } = (await call('GET /traffic')).json as { agents: { agent_id: unknown; agent_name: string }[] };
      expect(new Map(agents.map((agent) => [agent.agent_name, agent.agent_id]))).toEqual(
        new Map<string, unknown>([
          ['north', 7],
          ['south', south],
        ]),
      );
      expect(await call('GET /8/traffic')).toEqual({
        status: 400,
        json: { error: expect.stringContaining('agents.addonIds') },
      });
    });

    it('refuses one that agents of two panels have', async () => {
      await state({ vpn: { addonIds: { 7: north } }, vpn2: { addonIds: { 7: north } } });
      expect(await call('GET /7/traffic')).toEqual({
        status: 400,
        json: { error: expect.stringMatching(/^2 panels have an agent with this id/) },
      });
    });

    it('finds nobody by one whose agent the panel does not have', async () => {
      await state({ vpn: { addonIds: { 7: '00000000-0000-4000-8000-000000000001' } } });
      expect(await call('GET /7/traffic')).toEqual({ status: 404, json: { error: 'Agent not found' } });
    });
  });

  it('refuses integer ids that the config does not state and names the uuid', async () => {
    for (const what of ['GET /2/traffic', 'PUT /2/traffic-limit', 'POST /2/check', 'POST /2/can-create-user']) {
      const { status, json } = await call(
        what,
        what.startsWith('GET') ? undefined : { traffic_limit_GB: 1, user_traffic_limit_GB: 1 },
      );
      expect({ status, json }).toEqual({ status: 400, json: { error: expect.stringContaining('agent_uuid') } });
    }
    expect(await call('GET /north/traffic')).toEqual({ status: 404, json: { error: 'Agent not found' } });
    expect(await call(`GET /${fake.key}/traffic`)).toEqual({ status: 404, json: { error: 'Agent not found' } });
  });

  it.each([{}, [], 'x', { traffic_limit_GB: -1 }, { traffic_limit_GB: '25' }, { traffic_limit_GB: 1e9 }])(
    'keeps the limit on the body %j',
    async (body) => {
      await call(`PUT /${north}/traffic-limit`, { traffic_limit_GB: 25 });
      expect((await call(`PUT /${north}/traffic-limit`, body)).status).toBe(400);
      expect((await call(`GET /${north}/traffic`)).json).toMatchObject({ traffic_limit_GB: 25 });
    },
  );

  it('needs a token with the scope, and none for one client', async () => {
    expect((await call('GET /traffic', undefined, 'Nobody')).status).toBe(401);
    expect((await call('GET /traffic', undefined, 'Client')).status).toBe(403);
    for (const what of [`PUT /${north}/traffic-limit`, `POST /${north}/check`, 'POST /check-all'])
      expect((await call(what, { traffic_limit_GB: 1 }, 'Reader')).status).toBe(403);
    expect(fake.server.calls).toEqual([]);
  });

  it('reports a panel that fails as an error, never as an agent within its limit', async () => {
    fake.switches.databaseDown = true;
    for (const what of ['GET /traffic', `GET /${north}/traffic`, `POST /${north}/check`, 'POST /check-all']) {
      const { status, json } = await call(what);
      expect(status).toBeGreaterThanOrEqual(409);
      expect(json).toEqual({ error: expect.any(String) });
      expect(JSON.stringify(json)).not.toContain(fake.key);
    }
  });
});
