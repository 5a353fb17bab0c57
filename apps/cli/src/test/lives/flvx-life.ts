import { flvx } from '@sluice/flvx-client/panel';
import { startFakeFlvx } from '@sluice/fake-panels';
import type { SeededRandom } from '../seeded-random.js';
import { type Account, ACCOUNT_PRODUCTS, type AccountProduct } from './flvx-model.js';
import { FlvxTown } from './flvx-town.js';
import { DAY, GB, HOUR, lifeClock, LifeWorld, MINUTE } from './life-world.js';

const BEGINS = ['2026-11-03T10:00:00Z', '2026-12-27T12:00:00Z', '2028-02-20T20:00:00Z'];
const NAMES = Object.keys(ACCOUNT_PRODUCTS) as AccountProduct[];
const ZONES = ['UTC', 'America/Sao_Paulo', 'Europe/Berlin', 'Asia/Tokyo'];
const ACCOUNTS = 2;
const LONGEST_MONTH = 32 * DAY;
/** What may happen, and how often. */
const ACTS = {
  use: 6,
  wait: 4,
  run: 5,
  product: 4,
  rename: 1,
  unplug: 1,
  pass: 2,
  take: 2,
  zone: 1,
  claim: 1,
  move: 1,
  manual: 3,
  outage: 1,
} as const;
type Act = keyof typeof ACTS;

/** A life of accounts on FLVX: products, owners and holds change, and each forward runs exactly where it should. */
export class FlvxLife extends FlvxTown {
  static async live(random: SeededRandom, steps: number): Promise<void> {
    const clock = lifeClock(random.pick(BEGINS));
    const panel = await startFakeFlvx({
      now: clock.now,
      admin: { name: 'admin_user', password: 'Very-secret-admin-1' },
      onWait: (ms) => {
        clock.advance(ms);
      },
    });
    const [hk, jp] = ['HK-01', 'JP-02'].map((name) =>
      panel.addTunnel({ name, entryNodes: [panel.addNode(`n-${name}`)] }),
    );
    const tunnels = { hk: hk ?? 0, jp: jp ?? 0 };
    const products = Object.entries(ACCOUNT_PRODUCTS).map(([name, { quota, action, tunnel, limits }]) => {
      const more = limits.map((limit) => ({ ...limit, allowance: `${limit.allowance}GB`, action: 'pause' }));
      const own = { panel: 'relay', quota: { total: `${quota}GB` }, action, flvx: { tunnelId: tunnels[tunnel] } };
      return [name, { ...own, limits: more }];
    });
    const own = { url: panel.url, allowHttp: true, username: 'admin_user', password: 'Very-secret-admin-1' };
    const config = {
      timeZone: random.pick(ZONES),
      panels: { relay: { kind: 'flvx', ...own, retries: 0, concurrency: 1 } },
      products: Object.fromEntries(products) as object,
    };
    const world = await LifeWorld.open({ clock, servers: [panel.server], kinds: [flvx], config }, random);
    await new FlvxLife(world, panel, tunnels).play(steps);
  }

  protected async begin(): Promise<void> {
    for (let count = 0; count < ACCOUNTS; count++) this.subjects.push(await this.addAccount());
  }

  protected async act(): Promise<void> {
    await this.step(ACTS, (act: Act, account) => this[act](account));
    await this.renew(this.subjects);
  }

  /** Counters grow without the panel's own stop: what Sluice decides is looked at here. */
  use(account: Account): void {
    this.world.clock.advance(this.random.whole(60, 600) * MINUTE);
    const bytes = this.random.whole(1, 30) * GB;
    this.world.tell(`${bytes / GB} GB`);
    const row = this.panel.world.users.get(account.user);
    if (row === undefined) throw this.world.failure(`account ${account.user} is gone`);
    row.inFlow += bytes;
    account.traffic.push({ at: this.now, bytes });
  }

  wait(): void {
    this.world.clock.advance(this.random.pick([5 * MINUTE, HOUR, 9 * HOUR, DAY, 3 * DAY, 6 * DAY]));
  }

  zone(): void {
    this.changeZone(ZONES);
  }

  async product(account: Account): Promise<void> {
    const product = this.random.pick(NAMES);
    this.world.tell(product);
    await this.world.command((sluice) => sluice.provision.changePackage(account.id, product));
    if (account.product === product) return;
    // A limit that its product has no longer holds until its window ends.
    if (account.product === 'fair') account.formerLimitsUntil = this.now + LONGEST_MONTH;
    Object.assign(account, { product, certain: [] });
  }

  async move(account: Account): Promise<void> {
    const client = this.addClient();
    await this.world.shakily((sluice) => sluice.services.set(account.id, { client }));
    await this.world.surely((sluice) => sluice.services.set(account.id, { client }));
    account.client = client;
  }

  /** An account has one service: while another names it too, nothing is changed. */
  async claim(account: Account): Promise<void> {
    await this.addClaim(account);
  }

  /** The account goes with its service, and another customer comes. */
  async pass(account: Account): Promise<void> {
    const place = this.subjects.indexOf(account);
    await this.world.command((sluice) => sluice.provision.terminate(account.id));
    this.world.same(`account ${account.user} after its end`, this.panel.user(account.user) ?? null, null);
    this.subjects[place] = await this.addAccount();
  }

  /** The service has ended or vanished, and another customer gets its account. */
  async take(account: Account): Promise<void> {
    await this.settle();
    await this.endRecord(account.id);
    if (this.random.chance(0.4)) await this.run();
    this.subjects[this.subjects.indexOf(account)] = await this.addAccount(account);
    await this.settle();
  }

  async manual(account: Account): Promise<void> {
    account.manual = !account.manual;
    await this.world.setManual(account.id, account.manual);
  }
}
