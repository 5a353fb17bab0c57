import { PanelException } from './panel-failure.js';
import { type UserRow } from './rows.js';
import { type HiddifyState } from './state.js';
import { type Switches } from './switches.js';

/** The running cores as the panel drives them: who is served, and what is counted (docs/panels/hiddify.md, 4.1 and 5.2). */
export class Cores {
  /** Background applies started: one for each write of a user, and for a usage task that changed something. */
  applies = 0;

  constructor(
    private readonly state: HiddifyState,
    private readonly switches: Switches,
  ) {}

  add(user: UserRow): void {
    this.state.cores.add(user.uuid.toLowerCase());
  }

  /** Stops serving a user and drops its uncollected traffic. */
  remove(user: Pick<UserRow, 'uuid'>): void {
    this.state.cores.delete(user.uuid.toLowerCase());
    this.state.counters.delete(user.uuid.toLowerCase());
  }

  serves(user: UserRow): boolean {
    return this.state.cores.has(user.uuid.toLowerCase());
  }

  /** Starts the background command. Throws when it cannot be started: what was written stays. */
  apply(): void {
    if (this.switches.spawnFails) throw new PanelException("[Errno 2] No such file or directory: 'sudo'");
    this.applies += 1;
  }
}
