import {
  type FakeAstbilling,
  type FakeEasyDcim,
  type FakeFlvx,
  type FakeHiddify,
  type FakeServer,
  type FakeWhmcs,
  startFakeAstbilling,
  startFakeEasyDcim,
  startFakeFlvx,
  startFakeHiddify,
  startFakeWhmcs,
} from '@sluice/fake-panels';
import type { ManualClock } from '@sluice/fake-panels';

export const GB = 1024 ** 3;
const DAY = 86_400_000;
const ADMIN = { name: 'admin_user', password: 'Very-secret-admin-1' };
const DCIM_TOKEN = 'tok-9f3c-very-secret-token';

/** The panels, and the billing system, by the names that the config has. */
export type SystemName = 'dcim' | 'relay' | 'vpn' | 'voice' | 'whmcs';

/** A changing call that the earlier version sent. */
export interface SentCall {
  system: SystemName;
  /** Instant (ISO UTC). */
  at: string;
  method: string;
  path: string;
  body: string;
}

/** Uuids of the panel with users, which are random on a panel. */
export interface Uuids {
  north: string;
  users: Record<'anna' | 'bela' | 'svc-h1' | 'svc-h2', string>;
}

/** What is in the fixture beside the store. */
export interface Written {
  /** When the store was copied (ISO UTC). */
  now: string;
  uuids: Uuids;
  calls: SentCall[];
  /** Secrets that the earlier version gave out. */
  tokens: Record<'share' | 'shop' | 'reader' | 'billing', string>;
  /** The form that bought with the share link, as it was sent. */
  bought: { path: string; fields: Record<string, string> };
  /** The crontab that the earlier version installed. */
  crontab: string;
}

export const PHASES = ['2026-11-18T12:00:00.000Z', '2026-11-19T12:00:00.000Z', '2026-11-20T09:00:00.000Z'] as const;

/** The panels and the billing system of the shop. */
export class World21 {
  private constructor(
    readonly dcim: FakeEasyDcim,
    readonly relay: FakeFlvx,
    readonly vpn: FakeHiddify,
    readonly voice: FakeAstbilling,
    readonly whmcs: FakeWhmcs,
    private readonly clock: ManualClock,
  ) {}

  static async start(clock: ManualClock): Promise<World21> {
    const { now } = clock;
    return new World21(
      await startFakeEasyDcim({ token: DCIM_TOKEN, now, timeZone: 'UTC' }),
      await startFakeFlvx({
        ...{ now, admin: ADMIN },
        onWait: (ms) => {
          clock.advance(ms);
        },
      }),
      await startFakeHiddify({ now }),
      await startFakeAstbilling({ now }),
      await startFakeWhmcs({ now }),
      clock,
    );
  }

  get servers(): Record<SystemName, FakeServer> {
    const { dcim, relay, vpn, voice, whmcs } = this;
    return {
      dcim: dcim.server,
      relay: relay.server,
      vpn: vpn.server,
      voice: voice.server,
      whmcs: whmcs.server,
    };
  }

  /** The variables that the config names. */
  get env(): Record<string, string> {
    return {
      DCIM_TOKEN,
      FLVX_PASSWORD: ADMIN.password,
      HIDDIFY_KEY: this.vpn.key,
      VOICE_TOKEN: this.voice.token,
      WHMCS_SECRET: this.whmcs.secret,
    };
  }

  /** Returns a config with the addresses of the panels in place of `{dcim}`, `{relay}` and so on. */
  fillIn(config: string): string {
    const { dcim, relay, vpn, voice, whmcs } = this;
    const urls: Record<string, string> = {
      ...{ dcim: dcim.url, relay: relay.url, vpn: vpn.url, voice: voice.url, whmcs: whmcs.url },
    };
    return config.replace(/\{(dcim|relay|vpn|voice|whmcs)\}/g, (_all, name: string) => urls[name] ?? '');
  }

  /** What was on the panels before the first run; with uuids the users get these. */
  fill(uuids?: Uuids): Uuids {
    this.fillDcim();
    this.fillRelay();
    this.fillVoice();
    this.fillWhmcs();
    return this.fillVpn(uuids);
  }

  private fillDcim(): void {
    for (let n = 1; n <= 7; n++) {
      const ports = [1, 2].map((index) => ({ id: 7000 + n * 10 + index, name: `eth${index}` }));
      this.dcim.addService({ id: 500 + n, orderId: 900 + n, serverId: 300 + n, user: 10 + n, ports });
    }
  }

  private fillRelay(): void {
    const { relay, clock } = this;
    const tunnel = relay.addTunnel({ name: 'HK-01', entryNodes: [relay.addNode('hk-entry')] });
    const users = [1, 2, 3, 4].map((n) => relay.addUser({ user: `cust-${n}`, expTime: clock.now() + 60 * DAY }));
    for (const user of users) relay.addPermission(user, tunnel, { expTime: clock.now() + 60 * DAY });
    for (const [index, user] of users.entries()) {
      relay.addForward(user, tunnel, { name: `web-${index}`, remoteAddr: '198.51.100.7:443' });
      relay.addForward(user, tunnel, { name: `game-${index}`, remoteAddr: '198.51.100.8:80' });
    }
  }

  private fillVpn(uuids?: Uuids): Uuids {
    const { vpn } = this;
    const north = vpn.addAgent(undefined, { name: 'north', ...(uuids === undefined ? {} : { uuid: uuids.north }) });
    const add = (name: keyof Uuids['users'], agent?: string): string =>
      vpn.addUser({
        ...{ name, usageLimit: 50 * GB, packageDays: 90 },
        ...(agent === undefined ? {} : { agent }),
        ...(uuids === undefined ? {} : { uuid: uuids.users[name] }),
      });
    return {
      north,
      users: { anna: add('anna', north), bela: add('bela', north), 'svc-h1': add('svc-h1'), 'svc-h2': add('svc-h2') },
    };
  }

  private fillVoice(): void {
    const { voice } = this;
    const plan = voice.add('plans', { id: '11', name: 'Business' });
    for (const [line, name, charge] of [
      ['9001', 'ana', '1.5000'],
      ['9002', 'bea', '2.5000'],
    ] as const) {
      const customer = voice.addCustomer({ id: `5${line}`, name });
      voice.addSubscriber({ id: line, username: name, customer, plan });
      voice.addCall({ subscriber: line, startedAt: '2026-10-10T09:00:00Z', talkSeconds: 45, charge, currency: 'EUR' });
    }
  }

  private fillWhmcs(): void {
    const { whmcs } = this;
    for (const id of [77, 78]) {
      whmcs.addClient({ id, currency: 'EUR' });
    }
    whmcs.addProduct({ id: 10, name: 'Server' });
    for (const client of [77, 78]) {
      whmcs.addService({ id: client * 10, client, product: 10, nextDueDate: '2026-12-15' });
      const items = [{ service: client * 10, description: 'Server', amount: '50.00' }];
      whmcs.addInvoice({ client, status: 'Unpaid', items });
    }
  }

  /** The traffic and calls of a phase, at its instant. */
  use(phase: 0 | 1 | 2, { users }: Uuids): void {
    const { dcim, relay, vpn } = this;
    if (phase === 0) {
      for (const n of [1, 2]) dcim.addTraffic(500 + n, { in: 20 * GB, out: 10 * GB });
      for (const n of [3, 4, 5, 6, 7]) dcim.addTraffic(500 + n, { in: 5 * GB, out: 0 });
      for (const forward of [1, 3, 5, 7]) relay.traffic(forward, { in: 9 * GB, out: 3 * GB });
      for (const uuid of Object.values(users)) vpn.use(uuid, 5 * GB);
    } else if (phase === 1) {
      for (const n of [1, 2]) dcim.addTraffic(500 + n, { in: 80 * GB, out: 60 * GB });
      dcim.addTraffic(503, { in: 12 * GB, out: 0 });
      dcim.addTraffic(504, { in: 60 * GB, out: 0 });
      dcim.addTraffic(505, { in: 30 * GB, out: 0 });
      for (const forward of [1, 3, 5]) relay.traffic(forward, { in: 90 * GB, out: 30 * GB });
      vpn.use(users['svc-h1'], 51 * GB);
      for (const name of ['anna', 'bela'] as const) vpn.use(users[name], 12 * GB);
    } else {
      dcim.addTraffic(503, { in: 18 * GB, out: 0 });
      vpn.use(users['svc-h2'], 2 * GB);
    }
  }

  /** Sends a call that the earlier version sent, with the credentials of now. */
  async repeat({ system, method, path, body }: SentCall): Promise<void> {
    const { dcim, vpn, voice, whmcs, relay } = this;
    const json = { 'content-type': 'application/json' };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const headers: Record<SystemName, Record<string, string>> = {
      dcim: { ...json, authorization: `Bearer ${DCIM_TOKEN}` },
      relay: { ...json, authorization: system === 'relay' ? await this.logIn() : '' },
      vpn: { ...json, 'hiddify-api-key': vpn.key },
      voice: { ...json, authorization: `Bearer ${voice.token}` },
      whmcs: form,
    };
    const base = { dcim, relay, vpn, voice, whmcs }[system].server.url;
    const answer = await fetch(new URL(path, base), { method, body, headers: headers[system] });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  private async logIn(): Promise<string> {
    const body = JSON.stringify({ username: ADMIN.name, password: ADMIN.password });
    const answer = await fetch(new URL('/api/v1/user/login', this.relay.url), { method: 'POST', body });
    return ((await answer.json()) as { data: { token: string } }).data.token;
  }

  async close(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server) => server.close()));
  }
}
