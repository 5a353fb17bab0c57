import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { SluiceError } from '@sluice/panel-kind';
import type { SeededRandom } from '../seeded-random.js';
import { addDays, addMonths, dayBegin, localDate, monthOf } from './calendar.js';
import { type Agent, type AgentName, type Member, type Vpn, VPN_PRODUCTS, type VpnProduct } from './hiddify-model.js';
import { HiddifyStaff, MUCH_GB } from './hiddify-staff.js';
import type { AgentRules } from './hiddify-town.js';
import { DAY, HOUR, lifeClock, LifeWorld, MINUTE } from './life-world.js';
import { PRICE } from './paying-life.js';

const ZONES = ['UTC', 'America/Sao_Paulo', 'Europe/Berlin', 'Asia/Tokyo'];
const BEGINS = ['2026-11-03T10:00:00Z', '2026-12-27T12:00:00Z', '2027-02-12T08:00:00Z', '2028-02-20T20:00:00Z'];
const NAMES = Object.keys(VPN_PRODUCTS) as VpnProduct[];
/** Services of a life. */
const SERVICES = 3;
const EXTRA_GB = 20;
/** How long a figure may be one that was written back. */
const WRITE_BACK = 6 * HOUR;

/** What may happen, and how often. */
const ACTS = {
  serviceUse: 7,
  looseUse: 5,
  wait: 4,
  run: 5,
  product: 3,
  rename: 1,
  unplug: 1,
  zone: 1,
  move: 1,
  pass: 2,
  take: 2,
  lose: 1,
  buy: 2,
  manual: 2,
  suspend: 1,
  protect: 1,
  pay: 2,
  outage: 1,
  limit: 3,
  stop: 2,
  user: 2,
  staff: 2,
  zero: 1,
  give: 1,
  drop: 1,
  brake: 1,
} as const;
type Act = keyof typeof ACTS;

/** Agents of the panel: `east` is below `north`. */
function addAgents(panel: FakeHiddify): Record<AgentName, Agent> {
  const add = (name: AgentName, parent?: string): Agent => ({
    ...{ name, uuid: panel.addAgent(parent, { name }), above: [name], limit: MUCH_GB, isSuspended: false },
  });
  const north = add('north');
  return { north, south: add('south'), east: { ...add('east', north.uuid), above: ['east', 'north'] } };
}

function toProducts(agents: Record<AgentName, Agent>): Record<string, unknown> {
  const all = Object.entries(VPN_PRODUCTS).map(([name, { quota, agent, mode, limits }]) => [
    name,
    {
      ...{ panel: 'vpn', quota: { total: `${quota}GB` }, packages: ['extra'] },
      limits: limits.map((limit) => ({ ...limit, allowance: `${limit.allowance}GB`, action: 'disable' })),
      hiddify: { mode, packageDays: 60, ...(agent === null ? {} : { agent: agents[agent].uuid }) },
    },
  ]);
  return Object.fromEntries(all) as Record<string, unknown>;
}

/** A life on Hiddify: services, agents and their users change, and each user is enabled exactly where it should be. */
export class HiddifyLife extends HiddifyStaff {
  readonly #zeroed = new Map<string, { from: number; at: number }>();
  #ref = 0;

  static async live(random: SeededRandom, steps: number): Promise<void> {
    const clock = lifeClock(random.pick(BEGINS));
    const panel = await startFakeHiddify({ now: clock.now, keepCalls: false });
    const agents = addAgents(panel);
    const rules: AgentRules = {
      accounting: random.pick(['consumed', 'consumed', 'allocated']),
      period: random.pick(['none', 'monthly']),
    };
    const own = { url: panel.url, allowHttp: true, apiKey: panel.key, retries: 0, agents: rules };
    const config = {
      ...{ timeZone: random.pick(ZONES), currency: 'EUR', poll: { overdue: 'hold' } },
      panels: { vpn: { kind: 'hiddify', ...own } },
      products: toProducts(agents),
      packages: { extra: { traffic: `${EXTRA_GB}GB`, price: `${PRICE}.00` } },
    };
    const world = await LifeWorld.open({ clock, servers: [panel.server], kinds: [hiddify], config }, random);
    world.tell(`${rules.accounting}, ${rules.period}, ${config.timeZone}`);
    await new HiddifyLife(world, panel, agents, rules).play(steps);
  }

  protected async begin(): Promise<void> {
    for (let count = 0; count < SERVICES; count++) this.subjects.push(await this.addService());
    for (const agent of ['north', 'east', 'south'] as const) {
      await this.setLimit(this.all[agent]);
      this.addLoose(agent);
    }
  }

  protected async act(): Promise<void> {
    await this.noting(() => this.step(ACTS, (act: Act, vpn) => this[act](vpn)));
    this.passDays();
    await this.renew(this.subjects.filter(({ isPaid }) => isPaid));
  }

  protected override async settle(): Promise<void> {
    await this.noting(() => super.settle());
  }

  /** Notes whose counters are zeroed meanwhile, by a run or a command, also one that is killed. */
  private async noting(work: () => Promise<void>): Promise<void> {
    const before = new Map(this.members.map(({ uuid }) => [uuid, this.panel.user(uuid).currentUsage]));
    await work();
    for (const { uuid } of this.members) {
      const from = before.get(uuid) ?? 0;
      if (this.panel.user(uuid).currentUsage < from) this.#zeroed.set(uuid, { from, at: this.now });
    }
  }

  protected isUnclear(member: Member, bytes: number): boolean {
    const { currentUsage } = this.panel.user(member.uuid);
    const zeroed = this.#zeroed.get(member.uuid);
    return zeroed !== undefined && currentUsage + bytes >= zeroed.from;
  }

  /** The panel resets users itself once a day. */
  private passDays(): void {
    const before = this.members.map((member) => ({ member, used: this.panel.user(member.uuid).currentUsage }));
    this.panel.runUsageTask();
    for (const { member, used } of before) if (this.panel.user(member.uuid).currentUsage < used) this.blur(member);
  }

  serviceUse({ member }: Vpn): void {
    this.use(member);
  }

  wait(): void {
    this.world.clock.advance(this.random.pick([5 * MINUTE, HOUR, WRITE_BACK, 9 * HOUR, DAY, 3 * DAY, 6 * DAY]));
  }

  override async run(): Promise<void> {
    const { random, world } = this;
    if (random.chance(0.7)) await super.run();
    else await world.shakily((sluice) => sluice.agents.check({ allowMass: random.chance(0.5) }));
  }

  zone(): void {
    this.changeZone(ZONES);
  }

  /** The service gets another product, unless the limit of the product's agent has no room. */
  async product(vpn: Vpn): Promise<void> {
    await this.settle();
    const product = this.random.pick(NAMES);
    this.world.tell(product);
    const { agent } = VPN_PRODUCTS[product];
    // A product without an agent leaves the user where it is.
    const owner = agent ?? vpn.member.agent;
    const limited = owner !== null && this.all[owner].above.some((name) => this.all[name].limit !== MUCH_GB);
    const refusals = limited ? ['agent_limit'] : [];
    if ((await this.world.command((sluice) => sluice.provision.changePackage(vpn.id, product), refusals)) !== null)
      return;
    if (vpn.product === 'fair' && product !== 'fair') {
      const today = localDate(this.now, this.timeZone);
      vpn.formerLimitsUntil = dayBegin(addMonths(`${today.slice(0, 8)}01`, 1), this.timeZone) + DAY;
    }
    if (product !== vpn.product) vpn.certain = [];
    vpn.product = product;
    if (agent !== null) vpn.member.agent = agent;
    await this.settle();
  }

  /** The service gets another client: its period, with what is used of it, goes on. */
  async move(vpn: Vpn): Promise<void> {
    const client = await this.addClient();
    await this.set(vpn, { client });
    vpn.client = client;
  }

  /** The user goes with its service, and another customer comes. */
  async pass(vpn: Vpn): Promise<void> {
    await this.settle();
    await this.world.command((sluice) => sluice.provision.terminate(vpn.id));
    this.world.same(`user ${vpn.member.uuid} after its end`, this.panel.hasUser(vpn.member.uuid), false);
    this.subjects[this.subjects.indexOf(vpn)] = await this.addService();
  }

  /** The service has ended or vanished, and another customer gets its user. */
  async take(vpn: Vpn): Promise<void> {
    const { agent } = vpn.member;
    // Its new service may use more than its former one: an agent with a limit may refuse that.
    if (agent !== null && this.all[agent].above.some((name) => this.all[name].limit !== MUCH_GB)) return;
    await this.settle();
    await this.endRecord(vpn.id);
    if (this.random.chance(0.4)) await super.run();
    const place = this.subjects.indexOf(vpn);
    this.subjects[place] = await this.addService(vpn.member);
    await this.settle();
  }

  /** The user is gone from the panel, and is created again. */
  async lose(vpn: Vpn): Promise<void> {
    const above = vpn.member.agent === null ? [] : this.all[vpn.member.agent].above.map((name) => this.all[name]);
    const owner = this.agentOf(vpn);
    const next = owner === null ? [] : this.all[owner].above.map((name) => this.all[name]);
    // Creations are refused then, as `user` checks.
    if ([...above, ...next].some(({ isSuspended, limit }) => isSuspended || limit !== MUCH_GB)) return;
    if (this.random.chance(0.5)) await this.settle();
    this.blur(vpn.member);
    this.panel.deleteUser(vpn.member.uuid);
    if (this.random.chance(0.5)) await super.run();
    await this.world.command((sluice) => sluice.provision.create(vpn.id));
    const { refs } = await this.world.surely((sluice) => sluice.services.show(vpn.id));
    vpn.member = { uuid: refs['hiddify_user_uuid'] ?? '', agent: this.agentOf(vpn), isOff: false };
    await this.settle();
  }

  async buy(vpn: Vpn): Promise<void> {
    await this.settle();
    const months = new Set(this.zones.map((zone) => monthOf(this.now, vpn.day, zone).from));
    const [from = ''] = months;
    // A cycle that began by a former zone ends as it was stored: what is bought near that end may be of either.
    if (months.size > 1) return;
    const ref = `order-${++this.#ref}-of-${vpn.client}`;
    this.mark(vpn.client, ref);
    const credit = this.credit.get(vpn.client) ?? 0;
    for (let tries = 0; tries < this.random.whole(0, 2); tries++)
      await this.world.shakily((sluice) => sluice.purchases.create(vpn.id, 'extra', { ref }));
    const refusal = await this.world.surely((sluice) =>
      sluice.purchases.create(vpn.id, 'extra', { ref }).then(
        () => null,
        (error: unknown) => (error instanceof SluiceError ? error.code : Promise.reject(error as Error)),
      ),
    );
    this.world.tell(`bought: ${refusal ?? 'yes'}`);
    if (refusal === 'agent_limit') {
      const above = vpn.member.agent === null ? [] : this.all[vpn.member.agent].above;
      this.world.same(
        'that an agent has a limit',
        above.some((name) => this.all[name].limit !== MUCH_GB),
        true,
      );
      return;
    }
    this.world.same('why nothing is bought', refusal, credit >= PRICE ? null : 'no_credit');
    if (refusal !== null) return;
    this.credit.set(vpn.client, credit - PRICE);
    vpn.bought.set(from, (vpn.bought.get(from) ?? 0) + EXTRA_GB);
  }

  async manual(vpn: Vpn): Promise<void> {
    vpn.isManual = !vpn.isManual;
    await this.world.setManual(vpn.id, vpn.isManual);
  }

  async suspend(vpn: Vpn): Promise<void> {
    const verb = vpn.isSuspended ? 'unsuspend' : 'suspend';
    await this.world.command((sluice) => sluice.provision[verb](vpn.id));
    vpn.isSuspended = !vpn.isSuspended;
  }

  async protect(vpn: Vpn): Promise<void> {
    const until = vpn.protectedUntil === null ? addDays(localDate(this.now, this.timeZone), 3) : '';
    await this.set(vpn, { protected_until: until });
    vpn.protectedUntil = until === '' ? null : until;
  }

  /** The client stops paying, or pays again. */
  pay(vpn: Vpn): void {
    vpn.isPaid = !vpn.isPaid;
    this.world.tell(vpn.isPaid ? 'pays' : 'stops paying');
  }
}
