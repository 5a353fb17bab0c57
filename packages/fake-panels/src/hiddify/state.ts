import { type LocalTime } from './local-time.js';
import { type AdminRow, gibibyte, neverOnline, type UserRow } from './rows.js';

/** How deep the panel follows sub-administrators (docs/panels/hiddify.md, 2.4). */
const deepest = 20;

export type AdminSeed = Pick<AdminRow, 'uuid'> & Partial<Omit<AdminRow, 'id' | 'uuid'>>;
export type UserSeed = Pick<UserRow, 'uuid'> & Partial<Omit<UserRow, 'id' | 'uuid'>>;

/** The panel's tables, and the running cores as far as its API shows them. */
export class HiddifyState {
  readonly admins = new Map<number, AdminRow>();
  readonly users = new Map<number, UserRow>();
  /** Users that the cores serve, by lower-case uuid. */
  readonly cores = new Set<string>();
  /** Traffic counted by the cores and not yet collected, in bytes by lower-case uuid. */
  readonly counters = new Map<string, number>();
  /** Traffic charged, in bytes by date and administrator. */
  readonly dailyUsage = new Map<string, Map<number, number>>();
  /** Milliseconds since 1970 of the last check for periodic resets; 0: never. */
  lastResetCheck = 0;
  /** Grows with every change of a row. */
  version = 0;
  /** The date that new users get as `last_reset_time`: the day the panel's process started. */
  startedOn: string;

  private readonly adminByUuid = new Map<string, AdminRow>();
  private readonly userByUuid = new Map<string, UserRow>();
  private nextAdminId = 1;
  private nextUserId = 1;

  constructor(readonly time: LocalTime) {
    this.startedOn = time.today();
  }

  /** Case does not matter: the database compares so. */
  findAdmin(uuid: string): AdminRow | undefined {
    return this.adminByUuid.get(uuid.toLowerCase());
  }

  findUser(uuid: string): UserRow | undefined {
    return this.userByUuid.get(uuid.toLowerCase());
  }

  /** The administrator with id 1. */
  owner(): AdminRow {
    const owner = this.admins.get(1);
    if (owner === undefined) throw new Error('The panel has no Owner: addAdmin was never called.');
    return owner;
  }

  /** Adds a row as the database would: defaults filled in, the uuid not checked, only never twice. */
  addAdmin(seed: AdminSeed): AdminRow {
    if (this.findAdmin(seed.uuid) !== undefined) throw new Error('There is an administrator with this uuid already.');
    const id = this.nextAdminId++;
    const row: AdminRow = {
      name: '',
      comment: '',
      mode: 'agent',
      canAddAdmin: false,
      telegramId: null,
      lang: null,
      maxUsers: 100,
      maxActiveUsers: 100,
      parentId: 1,
      username: `admin${id}`,
      password: '',
      trafficLimit: null,
      ...seed,
      id,
    };
    this.admins.set(id, row);
    this.adminByUuid.set(row.uuid.toLowerCase(), row);
    this.version += 1;
    return row;
  }

  addUser(seed: UserSeed): UserRow {
    if (this.findUser(seed.uuid) !== undefined) throw new Error('There is a user with this uuid already.');
    const row: UserRow = {
      name: '',
      comment: '',
      telegramId: null,
      lang: null,
      usageLimit: 1000 * gibibyte,
      currentUsage: 0,
      packageDays: 90,
      mode: 'no_reset',
      startDate: null,
      lastResetTime: this.startedOn,
      lastOnline: neverOnline,
      addedBy: 1,
      enable: true,
      keys: undefined,
      ...seed,
      id: this.nextUserId++,
    };
    this.users.set(row.id, row);
    this.userByUuid.set(row.uuid.toLowerCase(), row);
    this.version += 1;
    return row;
  }

  /** The only way to change a user: it keeps the indexes and what is cached right. */
  changeUser(row: UserRow, change: Partial<Omit<UserRow, 'id'>>): void {
    this.userByUuid.delete(row.uuid.toLowerCase());
    Object.assign(row, change);
    this.userByUuid.set(row.uuid.toLowerCase(), row);
    this.version += 1;
    this.onUserChange?.(row);
  }

  /** The only way to change an administrator. */
  changeAdmin(row: AdminRow, change: Partial<Omit<AdminRow, 'id'>>): void {
    this.adminByUuid.delete(row.uuid.toLowerCase());
    Object.assign(row, change);
    this.adminByUuid.set(row.uuid.toLowerCase(), row);
    this.version += 1;
    if (change.uuid !== undefined) this.onAdminRename?.();
  }

  removeUser(row: UserRow): void {
    this.users.delete(row.id);
    this.userByUuid.delete(row.uuid.toLowerCase());
    this.version += 1;
    this.onUserChange?.(row);
  }

  removeAdmin(row: AdminRow): void {
    this.admins.delete(row.id);
    this.adminByUuid.delete(row.uuid.toLowerCase());
    this.version += 1;
  }

  /** Called when what is shown of a user may have changed. */
  onUserChange: ((row: UserRow) => void) | undefined;
  /** Called when an administrator's uuid, which its users show, has changed. */
  onAdminRename: (() => void) | undefined;

  /** The administrator itself and those below it, as deep as the panel searches. */
  branch(root: AdminRow): Set<number> {
    const children = new Map<number, number[]>();
    for (const admin of this.admins.values()) {
      if (admin.parentId === null) continue;
      const list = children.get(admin.parentId);
      if (list === undefined) children.set(admin.parentId, [admin.id]);
      else list.push(admin.id);
    }
    const found = new Set([root.id]);
    let level = [root.id];
    for (let depth = 0; depth < deepest && level.length > 0; depth++) {
      const next: number[] = [];
      for (const id of level) {
        for (const child of children.get(id) ?? []) {
          if (found.has(child)) continue;
          found.add(child);
          next.push(child);
        }
      }
      level = next;
    }
    return found;
  }

  /** Users of these administrators, by id. */
  listUsers(admins: ReadonlySet<number>): UserRow[] {
    const found: UserRow[] = [];
    for (const user of this.users.values()) if (user.addedBy !== null && admins.has(user.addedBy)) found.push(user);
    return found;
  }

  /** Days left of a user's package; negative when it is over (docs/panels/hiddify.md, 5.1). */
  remainingDays(user: UserRow): number {
    const left = user.startDate === null ? user.packageDays : user.packageDays - this.time.daysSince(user.startDate);
    return Math.min(left, 10_000);
  }

  /** What the panel calls active: a full quota still is, one byte more is not (docs/panels/hiddify.md, 5.1). */
  isActive(user: UserRow): boolean {
    return user.enable && user.usageLimit >= user.currentUsage && this.remainingDays(user) >= 0;
  }

  /** Adds bytes to an administrator's figure of today; without an owner they are the Owner's. */
  charge(adminId: number | null, bytes: number): void {
    const today = this.time.today();
    const day = this.dailyUsage.get(today) ?? new Map<number, number>();
    this.dailyUsage.set(today, day);
    const id = adminId !== null && this.admins.has(adminId) ? adminId : 1;
    day.set(id, (day.get(id) ?? 0) + bytes);
  }
}
