import type { FakeFlvx } from '@sluice/fake-panels';
import { monthOf } from './calendar.js';
import { type Account, toWantedAccount } from './flvx-model.js';
import { Life } from './life.js';
import { type LifeWorld, MINUTE } from './life-world.js';
import { checkViews } from './visibility.js';

/** What a life on FLVX happens to: accounts with forwards, and how they are compared with the model. */
export abstract class FlvxTown extends Life<Account> {
  protected readonly subjects: Account[] = [];
  readonly #clients: string[] = [];
  #number = 0;

  protected constructor(
    world: LifeWorld,
    readonly panel: FakeFlvx,
    readonly tunnels: { hk: number; jp: number },
  ) {
    super(world);
  }

  protected nameOf({ id }: Account): string {
    return id;
  }

  protected productOf({ product }: Account): string {
    return product;
  }

  protected addClient(): string {
    const client = `9100${10 + this.#clients.length}`;
    this.#clients.push(client);
    return client;
  }

  /** Adds a service of a new client: with a new account, or the one that another service had. */
  protected async addAccount(taken: Account | null = null): Promise<Account> {
    const client = this.addClient();
    const id = `svc-${++this.#number}`;
    const day = this.random.whole(1, 28);
    const { to: due } = monthOf(this.now, day, this.timeZone);
    const product = 'relay';
    const texts = { panel: 'relay', product, client, billing_cycle: 'monthly', next_due_date: due };
    const own = taken === null ? texts : { ...texts, flvx_user_id: String(taken.user) };
    await this.world.surely((sluice) => sluice.services.add(id, own, { allowDuplicateRefs: true }));
    await this.world.create(id, taken !== null);
    const { refs } = await this.world.surely((sluice) => sluice.services.show(id));
    const user = Number(refs['flvx_user_id']);
    const forwards = taken?.forwards ?? ['web', 'game'].map((name) => this.#addForward(user, `${name}-of-${client}`));
    return {
      ...{ id, client, user, product, day, due, manual: false, forwards },
      ...{ traffic: [], certain: [], formerLimitsUntil: 0 },
    };
  }

  /** Another service names an account for a while. */
  protected async addClaim(account: Account): Promise<void> {
    const { world } = this;
    const id = `svc-${++this.#number}`;
    const texts = { panel: 'relay', product: 'relay', billing_cycle: 'monthly', next_due_date: account.due };
    const own = { ...texts, client: this.addClient(), flvx_user_id: String(account.user) };
    const before = this.look(account);
    const how = { allowDuplicateRefs: true };
    await world.surely((sluice) => sluice.services.add(id, own, how));
    await this.world.shakily((sluice) => sluice.reconcile({ allowMass: true }));
    world.clock.advance(20 * MINUTE);
    const { services } = await world.surely((sluice) => sluice.poll({ allowMass: true }));
    const codes = services.filter((one) => one.id === id).map(({ error }) => error?.code);
    world.same(`the error of ${id}, which names the account of ${account.id}`, codes, ['shared_account']);
    world.same(`the account of ${account.id}, which two services name`, this.look(account), before);
    await world.surely((sluice) => sluice.services.set(id, { flvx_user_id: '', status: 'terminated' }));
  }

  #addForward(user: number, name: string): number {
    return this.panel.addForward(user, this.tunnels.hk, { name, remoteAddr: '198.51.100.20:443' });
  }

  protected async settle(): Promise<void> {
    const { world } = this;
    for (const work of ['poll', 'reconcile', 'poll'] as const) {
      world.clock.advance(20 * MINUTE);
      const { error, services } = await world.surely((sluice) => sluice[work]({ allowMass: true }));
      if (work === 'reconcile') continue;
      world.same('the error of a run without faults', error, null);
      for (const account of this.subjects) {
        const isRead = services.some(({ id, error: wrong }) => id === account.id && wrong === null);
        if (isRead) account.certain.push(this.now);
      }
    }
    for (const account of this.subjects) {
      const wanted = toWantedAccount(account, { now: this.now, zones: this.zones });
      if (wanted !== null) world.same(`${account.id} (${account.product})`, this.look(account), wanted);
    }
    world.same('actions without an outcome', await world.store.actions.unresolved(), []);
  }

  protected look({ user, forwards }: Account): unknown {
    return {
      running: this.panel.runningForwards().filter((id) => forwards.includes(id)),
      permission: this.panel.permissionStatus(user, this.tunnels.hk),
      user: this.panel.user(user)?.status,
      addresses: [...new Set(forwards.map((id) => this.panel.forward(id)?.remoteAddr))].join(),
    };
  }

  protected async checkViews(): Promise<void> {
    const all = this.subjects.map(({ id }) => id);
    const views = this.subjects.map(({ client, id, forwards }) => ({
      ...{ client, services: [id] },
      // The names of forwards stay when an account goes to another service.
      foreign: this.#clients.filter((other) => other !== client && !this.#named(forwards).includes(other)),
      paths: all.map((other) => `/services/${other}`),
    }));
    await checkViews(this.world, views);
  }

  #named(forwards: readonly number[]): string {
    return forwards.map((id) => this.panel.forward(id)?.name ?? '').join();
  }
}
