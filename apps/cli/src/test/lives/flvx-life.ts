import { flvx } from '@sluice/flvx-client/panel';
import { startFakeFlvx } from '@sluice/fake-panels';
import type { SeededRandom } from '../seeded-random.js';
import { type Account, ACCOUNT_PRODUCTS, type AccountProduct } from './flvx-model.js';
import { FlvxTown } from './flvx-town.js';
import { DAY, GB, HOUR, lifeClock, LifeWorld, MINUTE } from './life-world.js';

const BEGINS = ['2026-11-03T10:00:00Z', '2026-12-27T12:00:00Z', '2028-02-20T20:00:00Z'];
const NAMES = Object.keys(ACCOUNT_PRODUCTS) as AccountProduct[];
const ACCOUNTS = 2;
/** What may happen, and how often. */
const ACTS = {
  use: 6,
  wait: 4,
  run: 5,
  product: 4,
  rename: 1,
  unplug: 1,
  pass: 2,
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
    const products = Object.entries(ACCOUNT_PRODUCTS).map(([name, { quota, action, tunnel }]) => [
      name,
      { panel: 'relay', quota: { total: `${quota}GB` }, action, flvx: { tunnelId: tunnels[tunnel] } },
    ]);
    const own = { url: panel.url, allowHttp: true, username: 'admin_user', password: 'Very-secret-admin-1' };
    const config = {
      timeZone: 'UTC',
      panels: { relay: { kind: 'flvx', ...own, retries: 0, concurrency: 1 } },
      products: Object.fromEntries(products) as object,
    };
    const world = await LifeWorld.open({ clock, servers: [panel.server], kinds: [flvx], config }, random);
    const life = new FlvxLife(world, panel, tunnels);
    try {
      for (let count = 0; count < ACCOUNTS; count++) life.accounts.push(await life.addAccount());
      await life.settle();
      for (let step = 0; step < steps; step++) await life.#step();
      await life.settle();
      await life.checkViews();
      if (panel.server.failures.length > 0) throw new Error(String(panel.server.failures[0]));
    } finally {
      await world.close();
      await panel.close();
    }
  }

  async #step(): Promise<void> {
    const drawn = Object.entries(ACTS).flatMap(([act, weight]) => Array.from({ length: weight }, () => act as Act));
    const account = this.random.pick(this.accounts);
    const act = this.random.pick(drawn);
    this.world.tell(`${act} ${account.id}`);
    await this[act](account);
    await this.renew();
    if (this.random.chance(0.5)) await this.settle();
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

  async run(): Promise<void> {
    const work = this.random.pick(['poll', 'poll', 'reconcile'] as const);
    const allowMass = this.random.chance(0.5);
    await this.world.shakily((sluice) => sluice[work]({ allowMass }));
  }

  async outage(): Promise<void> {
    const restore = this.panel.server.inject({ fault: { kind: 'status', status: 503 } });
    for (let day = 0; day < this.random.whole(1, 3); day++) {
      this.world.clock.advance(DAY);
      await this.world.shakily((sluice) => sluice.poll());
    }
    restore();
  }

  async product(account: Account): Promise<void> {
    const product = this.random.pick(NAMES);
    this.world.tell(product);
    await this.world.command((sluice) => sluice.provision.changePackage(account.id, product));
    account.product = product;
  }

  async rename(): Promise<void> {
    const name = this.random.pick(NAMES);
    const { [name]: _missing, ...products } = this.world.config['products'] as Record<string, unknown>;
    await this.without(
      this.accounts.filter(({ product }) => product === name),
      { ...this.world.config, products },
    );
  }

  async unplug(): Promise<void> {
    await this.without(this.accounts, { ...this.world.config, panels: {}, products: {} });
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
    const place = this.accounts.indexOf(account);
    await this.world.command((sluice) => sluice.provision.terminate(account.id));
    this.world.same(`account ${account.user} after its end`, this.panel.user(account.user) ?? null, null);
    this.accounts[place] = await this.addAccount();
  }

  async manual(account: Account): Promise<void> {
    const { id } = account;
    const change = account.manual ? 'release' : 'add';
    await this.world.command((sluice) => sluice.holds[change](id));
    account.manual = !account.manual;
  }
}
