import type { FakeHiddify } from '@sluice/fake-panels';
import type { Bounds, WindowsOf } from './bounds.js';
import { monthOf } from './calendar.js';
import {
  type Agent,
  type AgentName,
  type Agents,
  limitOf,
  LIFTED_GB,
  soldOf,
  boundAgent,
  type Charged,
  type Member,
  shouldBeEnabled,
  shouldServe,
  type Vpn,
  VPN_PRODUCTS,
} from './hiddify-model.js';
import { GB, type LifeWorld, MINUTE } from './life-world.js';
import { PayingLife } from './paying-life.js';
import { checkViews } from './visibility.js';

/** How agents are counted in a life. */
export type AgentRules = Pick<Agents, 'accounting' | 'period'>;

/** What a life on Hiddify happens to: agents, services with their users and users of agents, and how they are compared. */
export abstract class HiddifyTown extends PayingLife<Vpn> {
  protected readonly subjects: Vpn[] = [];
  /** Users of agents that are no services. */
  protected readonly loose: Member[] = [];
  readonly #charges: Charged[] = [];
  readonly #agentLooks: number[] = [];
  #polledAt = 0;
  #settledAt = 0;
  #number = 0;

  protected constructor(
    world: LifeWorld,
    readonly panel: FakeHiddify,
    readonly all: Readonly<Record<AgentName, Agent>>,
    readonly rules: AgentRules,
  ) {
    super(world);
  }

  protected nameOf({ id }: Vpn): string {
    return id;
  }

  protected productOf({ product }: Vpn): string {
    return product;
  }

  protected look({ member }: Vpn): unknown {
    const { enable, usageLimit, currentUsage, packageDays } = this.panel.user(member.uuid);
    return { enable, usageLimit, currentUsage, packageDays };
  }

  protected get at(): WindowsOf {
    return { now: this.now, zones: this.zones };
  }

  protected get agents(): Agents {
    return {
      ...{ all: this.all, ...this.rules, charges: this.#charges, certain: this.#agentLooks },
      allocated: (name) => {
        const sum = (bound: keyof Bounds): number => this.sumQuotas(name, () => true, bound);
        return { least: sum('least'), most: sum('most') };
      },
    };
  }

  /** Sums what these users below an agent have, by what the panel shows, and at least or at most where a limit is lifted. */
  protected sumQuotas(name: AgentName, isMeant: (member: Member) => boolean, bound: keyof Bounds = 'least'): number {
    return this.members
      .filter((member) => member.agent !== null && this.all[member.agent].above.includes(name) && isMeant(member))
      .reduce((sum, member) => {
        const { usageLimit, currentUsage } = this.panel.user(member.uuid);
        const vpn = usageLimit === LIFTED_GB * GB ? this.subjects.find((one) => one.member === member) : undefined;
        const limit = vpn === undefined ? usageLimit : soldOf(vpn, this.at)[bound] * GB;
        return sum + Math.max(limit, currentUsage);
      }, 0);
  }

  protected get members(): Member[] {
    return [...this.subjects.map(({ member }) => member), ...this.loose];
  }

  protected ownerOf(agent: AgentName | null): string {
    return agent === null ? this.panel.key : this.all[agent].uuid;
  }

  /** Adds a service of a new client: with a new user, or the one that another service had. */
  protected async addService(taken: Member | null = null): Promise<Vpn> {
    const client = await this.addClient();
    const id = `svc-${++this.#number}`;
    const day = this.random.whole(1, 28);
    const { to: due } = monthOf(this.now, day, this.timeZone);
    const product = 'home';
    const texts = { panel: 'vpn', product, client, billing_cycle: 'monthly', next_due_date: due };
    const own = taken === null ? texts : { ...texts, hiddify_user_uuid: taken.uuid };
    await this.world.surely((sluice) => sluice.services.add(id, own, { allowDuplicateRefs: true }));
    await this.world.create(id, taken !== null);
    const { refs } = await this.world.surely((sluice) => sluice.services.show(id));
    const member = taken ?? { uuid: refs['hiddify_user_uuid'] ?? '', agent: null, isOff: false };
    return {
      ...{ id, client, member, product, day, due, isPaid: true, isManual: false, isSuspended: false },
      ...{ protectedUntil: null, bought: new Map<string, number>(), traffic: [], certain: [], formerLimitsUntil: 0 },
    };
  }

  /** A user uses traffic, which its agents and its service are charged with. */
  protected charge(member: Member, bytes: number, isBlurred = false): void {
    this.panel.use(member.uuid, bytes);
    const agents = member.agent === null ? [] : this.all[member.agent].above;
    this.#charges.push({ at: this.now, bytes, user: member.uuid, agents, isBlurred });
    this.subjects.find((vpn) => vpn.member === member)?.traffic.push({ at: this.now, bytes, isBlurred });
  }

  /** The counter of a user fell: what no settled run has seen may be lost. */
  protected blur(member: Member): void {
    const own = this.subjects.find((vpn) => vpn.member === member)?.traffic ?? [];
    const charges = this.#charges.filter(({ user }) => user === member.uuid);
    for (const used of [...own, ...charges]) if (used.at > this.#settledAt) used.isBlurred = true;
  }

  protected async settle(): Promise<void> {
    const { world } = this;
    for (const work of ['poll', 'reconcile', 'check', 'poll', 'poll'] as const) {
      world.clock.advance(20 * MINUTE);
      if (work === 'check') {
        const { error } = await world.surely((sluice) => sluice.agents.check({ allowMass: true }));
        world.same('the error of a check without faults', error, null);
        this.#agentLooks.push(this.now);
        continue;
      }
      const { error, services } = await world.surely((sluice) => sluice[work]({ allowMass: true }));
      // A counter that fell is read once more before it counts.
      if (error?.code !== 'counter_fell') world.same('the error of a run without faults', error, null);
      if (work === 'reconcile') continue;
      this.#polledAt = this.now;
      for (const vpn of this.subjects) {
        if (services.some(({ id, error: wrong }) => id === vpn.id && wrong === null)) vpn.certain.push(this.now);
      }
    }
    // A run that begins a cycle lowers limits after it has read what agents have: a check reads that again.
    if (this.rules.accounting === 'allocated') await world.surely((sluice) => sluice.agents.check({ allowMass: true }));
    this.#settledAt = this.now;
    await this.#compare();
    world.same('actions without an outcome', await world.store.actions.unresolved(), []);
  }

  async #compare(): Promise<void> {
    const { world, agents, at } = this;
    const checkedAt = { ...at, now: this.#agentLooks.at(-1) ?? at.now };
    for (const vpn of this.subjects) {
      const { id, member, product } = vpn;
      const row = this.panel.user(member.uuid);
      const enable = shouldServe(vpn, agents, at);
      // A protection that ends after the last check of agents is none for the next one.
      const wasChecked = shouldServe(vpn, agents, checkedAt) === enable;
      if (enable !== null && wasChecked) world.same(`the switch of ${id} (${product})`, row.enable, enable);
      const allowed = limitOf(vpn, at);
      if (allowed !== null) world.same(`the limit of ${id} (${product})`, row.usageLimit / GB, allowed);
      // A check after it may have waited, as for a panel that answers late.
      world.same(`the last reading of ${id}`, vpn.certain.at(-1), this.#polledAt);
    }
    for (const member of this.loose) {
      const enable = shouldBeEnabled(member, agents, at);
      const what = `the switch of user ${member.uuid} of ${member.agent ?? 'the Owner'}`;
      // A period of agents that begins after the last check of them is seen by the next one.
      const wasChecked = shouldBeEnabled(member, agents, checkedAt) === enable;
      if (enable !== null && wasChecked) world.same(what, this.panel.user(member.uuid).enable, enable);
    }
    const shown = await world.surely((sluice) => sluice.agents.listStored());
    for (const { name, usedBytes } of shown.agents) {
      if (!(name in this.all)) continue;
      const { least, most } = boundAgent(name as AgentName, agents, at);
      const what = `that agent ${name} has used ${usedBytes / GB} of ${least / GB} to ${most / GB} GB`;
      world.same(what, usedBytes >= least && usedBytes <= most, true);
    }
    await this.compareMoney();
  }

  protected async checkViews(): Promise<void> {
    const ids = this.subjects.map(({ id }) => id);
    const views = this.subjects.map(({ client, id }) => ({
      ...{ client, services: [id] },
      foreign: this.listMarksOfOthers(client),
      paths: ids.filter((other) => other !== id).map((other) => `/services/${other}`),
    }));
    await checkViews(this.world, views);
  }

  /** Returns what its product makes of the owner of a service's user. */
  protected agentOf({ product }: Vpn): AgentName | null {
    return VPN_PRODUCTS[product].agent;
  }
}
