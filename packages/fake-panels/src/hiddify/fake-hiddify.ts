import { type FakeServer } from '../core/fake-server.js';
import { type HiddifyPanel } from './panel.js';
import { type AdminRow, gibibyte, type UserRow } from './rows.js';
import { type HiddifySnapshot, toSnapshot } from './snapshot.js';
import { type AdminSeed, type HiddifyState, type UserSeed } from './state.js';
import { type Switches } from './switches.js';
import { type UsageComments } from './usage-task.js';
import { type CreationStage } from './user-endpoints.js';
import { type ListOrder } from './user-text.js';

/** Fields of a new administrator; absent ones as the database's defaults. */
export type NewHiddifyAdmin = Partial<Omit<AdminSeed, 'parentId'>>;

/** Fields of a new user; absent ones as the database's defaults: 1000 GB, 90 days, enabled, of the Owner. */
export interface NewHiddifyUser extends Partial<Omit<UserSeed, 'addedBy'>> {
  /** The owner's uuid; `null`: a user without an owner. Default: the Owner. */
  readonly agent?: string | null;
}

/**
 * A running fake Hiddify panel, with helpers that bypass the API. Administrators and users are named by uuid,
 * traffic is in bytes. Helpers throw `Error` when there is no such row.
 */
export class FakeHiddify implements AsyncDisposable {
  constructor(
    readonly panel: HiddifyPanel,
    readonly server: FakeServer,
  ) {}

  /** Base URL with the secret path of the administrators, without a trailing slash. */
  get url(): string {
    return `${this.server.url}/${this.switches.adminPath}`;
  }

  /** The Owner's API key. */
  get key(): string {
    return this.state.owner().uuid;
  }

  /** The link that the Owner holds: base URL and key in one. */
  get link(): string {
    return `${this.url}/${this.key}/`;
  }

  get state(): HiddifyState {
    return this.panel.state;
  }

  /** Switches for faults while it runs: Redis, the database, the background command, role checks, the web server in front, the paths. */
  get switches(): Switches {
    return this.panel.switches;
  }

  /** Background applies started since the start. */
  get applies(): number {
    return this.panel.cores.applies;
  }

  /** Server sessions stored since the start: one for each call with a key. */
  get sessions(): number {
    return this.panel.sessions.stored;
  }

  set listOrder(order: ListOrder) {
    this.panel.listOrder = order;
  }

  /** Adds an agent below a parent (default: the Owner). Returns its uuid. */
  addAgent(parent?: string | null, fields: NewHiddifyAdmin = {}): string {
    const uuid = fields.uuid ?? this.panel.makeUuid();
    const parentId = parent === null ? null : parent === undefined ? 1 : this.admin(parent).id;
    this.state.addAdmin({ name: `agent ${this.state.admins.size}`, ...fields, uuid, parentId });
    return uuid;
  }

  /** Adds a user that the cores serve when it is active. Returns its uuid. */
  addUser(fields: NewHiddifyUser = {}): string {
    const { agent, ...seed } = fields;
    const uuid = fields.uuid ?? this.panel.makeUuid();
    const addedBy = agent === null ? null : agent === undefined ? 1 : this.admin(agent).id;
    const row = this.state.addUser({ name: `user ${this.state.users.size + 1}`, ...seed, uuid, addedBy });
    if (this.state.isActive(row)) this.panel.cores.add(row);
    return uuid;
  }

  /**
   * Adds rows that a sum must survive, all of one agent: a negative limit, a negative usage, an incomplete user and one
   * without a canonical uuid, which was created outside the API.
   */
  addOddRows(agent?: string): void {
    const owner = agent === undefined ? {} : { agent };
    this.addUser({ ...owner, name: 'negative limit', usageLimit: -5 * gibibyte, packageDays: 30 });
    this.addUser({ ...owner, name: 'negative usage', currentUsage: -gibibyte, usageLimit: 5 * gibibyte });
    this.addUser({ ...owner, name: 'unknown' });
    const outside = { comment: null, keys: null, lastResetTime: null, packageDays: 30, usageLimit: 20 * gibibyte };
    const uuid = this.panel.makeUuid().toUpperCase();
    this.addUser({ ...owner, ...outside, name: 'no canonical uuid', uuid });
  }

  admin(uuid: string): AdminRow {
    return found(this.state.findAdmin(uuid), 'administrator');
  }

  user(uuid: string): UserRow {
    return found(this.state.findUser(uuid), 'user');
  }

  /** Whether there is a user with this uuid. */
  hasUser(uuid: string): boolean {
    return this.state.findUser(uuid) !== undefined;
  }

  /** The users that belong to an administrator itself, by id. */
  listUsers(uuid: string): UserRow[] {
    return this.state.listUsers(new Set([this.admin(uuid).id]));
  }

  /** Whether the cores serve the user. */
  isServed(uuid: string): boolean {
    return this.panel.cores.serves(this.user(uuid));
  }

  /** A user's traffic, counted and collected at once; the cores stop serving a user over its quota. */
  use(uuid: string, bytes: number): void {
    const user = this.user(uuid);
    this.panel.usageTask.charge(user, bytes);
    if (!this.state.isActive(user)) this.panel.cores.remove(user);
  }

  /** Traffic that a core has counted and the panel does not know until its usage task runs. */
  count(uuid: string, bytes: number): void {
    const name = this.user(uuid).uuid.toLowerCase();
    this.state.counters.set(name, (this.state.counters.get(name) ?? 0) + bytes);
  }

  /** The panel's minute task, periodic resets included. A usage written in `meanwhile` is undone, as on the panel. */
  runUsageTask(meanwhile?: () => void): UsageComments {
    return this.panel.usageTask.run(meanwhile);
  }

  /** A user's periodic reset, whether or not it is due. */
  resetUsage(uuid: string): void {
    this.panel.usageTask.reset(this.user(uuid));
  }

  /** Writes fields of a user as SQL would: nothing is checked, and the cores are not notified. */
  changeUser(uuid: string, change: Partial<Omit<UserRow, 'id'>>): void {
    this.state.changeUser(this.user(uuid), change);
  }

  changeAdmin(uuid: string, change: Partial<Omit<AdminRow, 'id'>>): void {
    this.state.changeAdmin(this.admin(uuid), change);
  }

  /** Disables the user as staff does in the panel's form. */
  disable(uuid: string): void {
    this.changeUser(uuid, { enable: false });
    this.panel.cores.remove(this.user(uuid));
  }

  /** Enables the user as staff does in the panel's form. */
  enable(uuid: string): void {
    this.changeUser(uuid, { enable: true });
    if (this.state.isActive(this.user(uuid))) this.panel.cores.add(this.user(uuid));
  }

  deleteUser(uuid: string): void {
    this.panel.cores.remove(this.user(uuid));
    this.state.removeUser(this.user(uuid));
  }

  /** Moves a user to another administrator; `null`: to none. */
  moveUser(uuid: string, agent: string | null): void {
    this.changeUser(uuid, { addedBy: agent === null ? null : this.admin(agent).id });
  }

  /** Moves an agent below another; cycles and `null` are possible, as on the panel. */
  moveAgent(uuid: string, parent: string | null): void {
    this.changeAdmin(uuid, { parentId: parent === null ? null : this.admin(parent).id });
  }

  /** Gives an administrator another key, its uuid, as the panel's form does: all else of it stays. Returns the key. */
  rotateKey(uuid: string, key = this.panel.makeUuid()): string {
    this.changeAdmin(uuid, { uuid: key });
    return key;
  }

  /** Deletes one agent; its users go to the heir (default: the Owner), its sub-agents keep a parent that does not exist. */
  deleteAgent(uuid: string, heir?: string): void {
    const addedBy = heir === undefined ? 1 : this.admin(heir).id;
    for (const user of this.listUsers(uuid)) this.state.changeUser(user, { addedBy });
    this.state.removeAdmin(this.admin(uuid));
  }

  /** Sets the add-on's limit of an agent, in bytes. */
  setTrafficLimit(agent: string, bytes: number | null): void {
    this.changeAdmin(agent, { trafficLimit: bytes });
  }

  /** Restarts the panel's process: new users get today as their last reset. */
  restart(): void {
    this.state.startedOn = this.state.time.today();
  }

  /**
   * Stops every creation of a user at a stage: at `inserted` it is still `unknown`, with 1000 GB, of the caller.
   * `reached` resolves with the uuid of the last of `count` creations; `release` lets all continue.
   */
  holdCreations(stage: CreationStage, count = 1): { readonly reached: Promise<string>; release(): void } {
    let arrive: (uuid: string) => void = () => undefined;
    let open: () => void = () => undefined;
    const reached = new Promise<string>((resolve) => (arrive = resolve));
    const gate = new Promise<void>((resolve) => (open = resolve));
    let waiting = 0;
    this.panel.onCreation = (at, uuid) => {
      if (at !== stage) return Promise.resolve();
      if (++waiting === count) arrive(uuid);
      return gate;
    };
    return {
      reached,
      release: () => {
        this.panel.onCreation = undefined;
        open();
      },
    };
  }

  /** All rows and the users that the cores serve, sorted: compare with `toEqual`. */
  snapshot(): HiddifySnapshot {
    return toSnapshot(this.state);
  }

  close(): Promise<void> {
    return this.server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

function found<Row>(row: Row | undefined, kind: string): Row {
  if (row === undefined) throw new Error(`The fake panel has no ${kind} with this uuid.`);
  return row;
}
