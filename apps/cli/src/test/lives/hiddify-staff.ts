import { SluiceError } from '@sluice/panel-kind';
import { type Agent, type AgentName, boundAgent, type Member } from './hiddify-model.js';
import { HiddifyTown } from './hiddify-town.js';
import { GB, HOUR, MINUTE } from './life-world.js';

const NAMES: readonly AgentName[] = ['north', 'east', 'south'];
/** A new user of an agent, in GB. */
const USER_GB = 20;
/** A limit that nothing reaches, in GB. */
export const MUCH_GB = 9000;

/** What staff and agents do: on the panel, and by commands about agents. */
export abstract class HiddifyStaff extends HiddifyTown {
  #lastUser = 0;
  /** Users that were made by the command. */
  readonly #made = new Set<string>();

  protected drawAgent(): Agent {
    return this.all[this.random.pick(NAMES)];
  }

  /** The limit of an agent changes. */
  async limit(): Promise<void> {
    const agent = this.drawAgent();
    agent.limit = this.random.pick([MUCH_GB, 30, 80, 200, 500]);
    this.world.tell(`${agent.name} may use ${agent.limit} GB`);
    await this.setLimit(agent);
  }

  protected async setLimit({ name, limit }: Agent): Promise<void> {
    await this.world.surely((sluice) =>
      sluice.agents.limit(name, {
        ...{ panel: undefined, limitBytes: limit * GB, opening: undefined, dryRun: false },
        confirm: () => Promise.resolve(),
      }),
    );
  }

  async stop(): Promise<void> {
    const agent = this.drawAgent();
    const verb = agent.isSuspended ? 'unsuspend' : 'suspend';
    this.world.tell(`${verb} ${agent.name}`);
    await this.world.shakily((sluice) => sluice.agents[verb](agent.name));
    this.world.clock.advance(20 * MINUTE);
    await this.world.surely((sluice) => sluice.agents[verb](agent.name));
    agent.isSuspended = !agent.isSuspended;
  }

  /** An agent adds a user in the panel's form, or by a command that refuses what does not fit. */
  async user(): Promise<void> {
    const agent = this.drawAgent();
    await this.settle();
    if (this.random.chance(0.5)) this.addLoose(agent.name);
    else await this.#createUser(agent);
    await this.settle();
  }

  protected addLoose(agent: AgentName): void {
    const name = `user-${++this.#lastUser}`;
    const uuid = this.panel.addUser({ agent: this.all[agent].uuid, name, usageLimit: USER_GB * GB });
    this.loose.push({ uuid, agent, isOff: false });
  }

  async #createUser(agent: Agent): Promise<void> {
    const name = `user-${++this.#lastUser}`;
    const request = { agent: agent.name, name, limitBytes: USER_GB * GB, panel: undefined };
    const more = { days: undefined, mode: 'no_reset', dryRun: false } as const;
    const before = agent.above.map((name) => ({
      above: this.all[name],
      ...boundAgent(name, this.agents, this.at),
    }));
    // What such a user, or that of a service, has not used yet may be reserved.
    const reserved = (name: AgentName): number =>
      this.rules.accounting === 'allocated'
        ? 0
        : this.sumQuotas(name, ({ uuid }) => !this.loose.some((one) => one.uuid === uuid) || this.#made.has(uuid));
    const fits = (used: number, { isSuspended, limit }: Agent): boolean =>
      !isSuspended && used + USER_GB * GB <= limit * GB;
    const mustFit = before.every(({ above, most }) => fits(most + reserved(above.name), above));
    const mayFit = before.every(({ above, least }) => fits(least, above));
    let code = 'made';
    try {
      const { user } = await this.world.surely((sluice) => sluice.agents.createUser({ ...request, ...more }));
      this.loose.push({ uuid: user.uuid ?? '', agent: agent.name, isOff: false });
      this.#made.add(user.uuid ?? '');
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      ({ code } = error);
    }
    this.world.tell(`a user of ${agent.name}: ${code}`);
    if (code === 'made') this.world.same(`that a user of ${agent.name} may fit`, mayFit, true);
    else this.world.same(`that a user of ${agent.name} is not refused (${code})`, mustFit, false);
  }

  /** Some user that is no service uses traffic. */
  looseUse(): void {
    if (this.loose.length === 0) return;
    this.use(this.random.pick(this.loose));
  }

  protected use(member: Member): void {
    this.world.clock.advance(this.random.whole(60, 600) * MINUTE);
    const gigabytes = this.random.whole(1, 30);
    this.world.tell(`${gigabytes} GB by ${member.uuid.slice(0, 8)} of ${member.agent ?? 'the Owner'}`);
    this.charge(member, gigabytes * GB, this.isUnclear(member, gigabytes * GB));
  }

  /** Whether the figure may be one that the panel wrote back after a zeroing. */
  protected abstract isUnclear(member: Member, bytes: number): boolean;

  /** Staff switches a user off, or on again. */
  async staff(): Promise<void> {
    await this.settle();
    const member = this.random.pick(this.members);
    const { enable } = this.panel.user(member.uuid);
    if (member.isOff || !enable) this.panel.enable(member.uuid);
    else this.panel.disable(member.uuid);
    this.world.tell(`${enable ? 'off' : 'on'} ${member.uuid.slice(0, 8)}`);
    member.isOff = enable;
  }

  /** Staff zeroes a counter, or the panel is restored from a backup in which all were lower. */
  async zero(): Promise<void> {
    if (this.random.chance(0.5)) await this.settle();
    const members = this.random.chance(0.5) ? this.members : [this.random.pick(this.members)];
    for (const member of members) {
      const { currentUsage } = this.panel.user(member.uuid);
      if (currentUsage === 0) continue;
      this.blur(member);
      this.panel.changeUser(member.uuid, { currentUsage: 0 });
      this.world.tell(`zeroed ${member.uuid.slice(0, 8)} at ${currentUsage / GB} GB`);
    }
    this.panel.restart();
    await this.settle();
  }

  /** A user goes to another agent: what restricted it at the former one is undone for services only. */
  async give(): Promise<void> {
    if (this.loose.length === 0) return;
    await this.settle();
    const member = this.random.pick(this.loose);
    const { name } = this.drawAgent();
    if (name === member.agent) return;
    const { enable } = this.panel.user(member.uuid);
    if (!enable) member.isOff = true;
    this.panel.moveUser(member.uuid, this.all[name].uuid);
    member.agent = name;
    this.world.tell(`${member.uuid.slice(0, 8)} goes to ${name}`);
    await this.settle();
  }

  /** An agent deletes a user: what was charged stays charged. */
  async drop(): Promise<void> {
    if (this.loose.length === 0) return;
    if (this.random.chance(0.5)) await this.settle();
    const member = this.random.pick(this.loose);
    this.blur(member);
    this.panel.deleteUser(member.uuid);
    this.loose.splice(this.loose.indexOf(member), 1);
  }

  /** So much is used at once that a run without permission changes nothing. */
  async brake(): Promise<void> {
    await this.settle();
    this.world.clock.advance(HOUR);
    for (const { member } of this.subjects) this.charge(member, 70 * GB, this.isUnclear(member, 70 * GB));
    const before = this.panel.snapshot();
    for (const work of ['poll', 'poll', 'check'] as const) {
      this.world.clock.advance(20 * MINUTE);
      const { error } = await this.world.surely((sluice): Promise<{ error: { code: string } | null }> =>
        work === 'check' ? sluice.agents.check() : sluice.poll(),
      );
      this.world.tell(`brake: ${error?.code ?? 'none'}`);
      if (error?.code !== 'mass_change') return;
      this.world.same('the panel after the brake', this.panel.snapshot(), before);
    }
  }
}
