import { type Cores } from './cores.js';
import { resetDays, type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type UserWriter } from './user-writer.js';

const hourMs = 3_600_000;

/** What one run of the usage task did, by the uuid of the user as text such as `1073.742MB`. */
export type UsageComments = Readonly<Record<string, string>>;

/**
 * The panel's minute task: collects traffic, resets periods, stops serving users
 * (docs/panels/hiddify.md, 5.1, 5.3 and 5.4).
 */
export class UsageTask {
  constructor(
    private readonly state: HiddifyState,
    private readonly cores: Cores,
    private readonly writer: UserWriter,
  ) {}

  /**
   * One run.
   * @param meanwhile Called between reading and writing: a usage written in it is undone, as on the panel.
   */
  run(meanwhile?: () => void): UsageComments {
    const { state } = this;
    const counted = new Map(state.counters);
    // The counters are cleared before anything is known to be written.
    state.counters.clear();
    const served = new Set(state.cores);
    this.resetPeriods();
    const read = [...counted].map(([uuid, bytes]) => {
      const user = state.findUser(uuid);
      return { user, bytes, usage: user?.currentUsage ?? 0 };
    });
    meanwhile?.();
    const comments: Record<string, string> = {};
    let changed = false;
    for (const { user, bytes, usage } of read) {
      if (user === undefined || bytes === 0 || !state.users.has(user.id)) continue;
      if (!served.has(user.uuid.toLowerCase()) && state.isActive(user)) {
        this.cores.add(user);
        changed = true;
      }
      this.writer.hooks?.beforeUpdate(user, { currentUsage: usage + bytes });
      this.charge(user, bytes, usage);
      comments[user.uuid] = `${(bytes / 1_000_000).toFixed(3)}MB`;
      if (served.has(user.uuid.toLowerCase()) && !state.isActive(user)) {
        this.cores.remove(user);
        changed = true;
        comments[user.uuid] = `${String(comments[user.uuid])} !OUT of USAGE! Client Removed`;
      }
    }
    for (const uuid of served) {
      const user = state.findUser(uuid);
      if (user === undefined) this.cores.remove({ uuid });
      else if (!(user.uuid in comments) && !state.isActive(user)) this.cores.remove(user);
    }
    if (changed) this.cores.apply();
    return comments;
  }

  /** Adds traffic to a user and to its owner's figure of the day, the first also starts the package. */
  charge(user: UserRow, bytes: number, usageBefore = user.currentUsage): void {
    this.state.charge(user.addedBy, bytes);
    this.state.changeUser(user, {
      currentUsage: usageBefore + bytes,
      lastOnline: this.state.time.stamp(),
      startDate: user.startDate ?? this.state.time.today(),
    });
  }

  /** Resets whose day it is: at most every 6 hours, and after 5 in the morning only once a day. */
  private resetPeriods(): void {
    const { state } = this;
    const since = state.time.instant() - state.lastResetCheck;
    if (since < 6 * hourMs || (state.time.hour() > 5 && since < 24 * hourMs)) return;
    for (const user of state.users.values()) {
      if (user.mode === 'no_reset' || !this.isDue(user)) continue;
      this.writer.hooks?.beforeUpdate(user, { currentUsage: 0 });
      this.reset(user);
    }
    state.lastResetCheck = state.time.instant();
  }

  /** Zeroes a user's usage, whether or not it is due. */
  reset(user: UserRow): void {
    this.state.changeUser(user, { currentUsage: 0, lastResetTime: this.state.time.today() });
  }

  private isDue(user: UserRow): boolean {
    if (user.lastResetTime === null) return true;
    if (user.startDate === null || user.lastResetTime === this.state.time.today()) return false;
    return this.state.time.daysSince(user.startDate) % (resetDays[user.mode] ?? Infinity) === 0;
  }
}
