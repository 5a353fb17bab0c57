import {
  type FakeServer,
  fillHiddify,
  manualClock,
  startFakeAstbilling,
  startFakeFlvx,
  startFakeHiddify,
} from '@sluice/fake-panels';

interface Part {
  config: object;
  close: () => Promise<void>;
}

/** A telephony system `voice`, a Hiddify panel `vpn` and a relay panel `relay`, beside the panel of a bench. */
export interface OtherPanels {
  /** Their sections of the config. */
  config: { voice: object; vpn: object; relay: object };
  /** A number without a line; the line 9001 of customer 501 on plan 11 has another. */
  number: string;
  /** The uuid of one of three agents, who is client 7. */
  agent: string;
  /** A tunnel, in the group `asia` and with a speed limit of 50 Mbit/s. */
  tunnel: number;
  /** The server of the relay panel, for faults. */
  relay: FakeServer;
  close: () => Promise<void>;
}

const { now } = manualClock('2026-11-20T12:00:00Z');
const NUMBER = '+551142000002';

/** Starts their fakes at 2026-11-20 12:00 UTC. */
export async function startOtherPanels(): Promise<OtherPanels> {
  const [voice, vpn, relay] = [await telephony(), await agents(), await relays()];
  return {
    config: { voice: voice.config, vpn: vpn.config, relay: relay.config },
    ...{ number: NUMBER, agent: vpn.agent, tunnel: relay.tunnel, relay: relay.server },
    close: async () => {
      for (const part of [voice, vpn, relay]) await part.close();
    },
  };
}

async function telephony(): Promise<Part> {
  const fake = await startFakeAstbilling({ now });
  const plan = fake.add('plans', { id: '11', name: 'Corporativo 30/6' });
  const increments = { initial_increment_seconds: 30, increment_seconds: 6, minimum_seconds: 30 };
  const price = { min_chargeable_seconds: 3, price_per_minute: '0.4500', connection_fee: '0.0000', status: 'active' };
  const place = { prefix: '5511', country_code: 'BR', description: 'São Paulo', valid_from: null, valid_to: null };
  fake.add('rates', { ...increments, ...price, ...place, plan_id: plan });
  fake.add('carriers', { id: '3', name: 'Telco', code: 'TEL', csp: '21' });
  const customer = fake.addCustomer({ id: '501', name: 'João da Silva', document: '12345678909' });
  const line = fake.addSubscriber({ id: '9001', username: '1142000001', customer, plan });
  fake.addDid({ number: '+551142000001', subscriber: line });
  fake.addDid({ id: '72', number: NUMBER });
  const call = { subscriber: line, talkSeconds: 45, currency: 'EUR' };
  fake.addCall({ ...call, startedAt: '2026-11-20T10:00:00Z', charge: '0.4500' });
  fake.addCall({ ...call, startedAt: '2026-10-05T10:00:00Z', charge: '0.2320' });
  const access = { url: fake.url, token: fake.token, allowHttp: true, retries: 0 };
  return { config: { kind: 'astbilling', ...access, billFrom: '2026-10-01' }, close: () => fake.close() };
}

async function agents(): Promise<Part & { agent: string }> {
  const fake = await startFakeHiddify({ now });
  const [agent = ''] = fillHiddify(fake, { agents: 3, users: 12 });
  const access = { url: fake.url, apiKey: fake.key, allowHttp: true, retries: 0 };
  const links = { publicUrl: 'https://vpn.example.com', clientPath: 'subscribe' };
  const config = { kind: 'hiddify', ...access, ...links, agents: { clients: { 7: agent } } };
  return { agent, config, close: () => fake.close() };
}

async function relays(): Promise<Part & { tunnel: number; server: FakeServer }> {
  const fake = await startFakeFlvx({ now });
  const tunnel = fake.addTunnel({ name: 'HK-01', entryNodes: [fake.addNode('hk-entry')] });
  fake.addTunnelGroup('asia', [tunnel]);
  fake.addSpeedLimit(tunnel, 50);
  fake.addPermission(fake.addUser({ user: 'somebody-else' }), tunnel);
  const access = { url: fake.url, username: 'admin_user', password: 'admin_user', allowHttp: true, retries: 0 };
  return { tunnel, server: fake.server, config: { kind: 'flvx', ...access }, close: () => fake.close() };
}
