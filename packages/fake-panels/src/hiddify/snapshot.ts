import { type HiddifyState } from './state.js';

/** One administrator in a snapshot. */
export interface SnapshotAdmin {
  readonly uuid: string;
  readonly name: string;
  readonly mode: string;
  readonly comment: string | null;
  /** Uuid; `null`: none. */
  readonly parent: string | null;
  readonly trafficLimit: number | null;
}

/** One user in a snapshot; traffic in bytes. */
export interface SnapshotUser {
  readonly uuid: string;
  readonly name: string;
  /** Uuid of the owner; `null`: none. */
  readonly owner: string | null;
  readonly enable: boolean;
  readonly usageLimit: number;
  readonly currentUsage: number;
  readonly packageDays: number;
  readonly mode: string;
  readonly startDate: string | null;
  readonly lastResetTime: string | null;
  readonly comment: string | null;
}

/** The panel's rows in a fixed order, so that two snapshots can be compared. */
export interface HiddifySnapshot {
  readonly admins: readonly SnapshotAdmin[];
  readonly users: readonly SnapshotUser[];
  /** Uuids that the cores serve. */
  readonly cores: readonly string[];
}

export function toSnapshot(state: HiddifyState): HiddifySnapshot {
  const findUuid = (id: number | null): string | null => (id === null ? null : (state.admins.get(id)?.uuid ?? null));
  const byUuid = (a: { uuid: string }, b: { uuid: string }): number => (a.uuid < b.uuid ? -1 : 1);
  return {
    admins: [...state.admins.values()]
      .map(({ uuid, name, mode, comment, parentId, trafficLimit }) => {
        return { uuid, name, mode, comment, parent: findUuid(parentId), trafficLimit };
      })
      .sort(byUuid),
    users: [...state.users.values()]
      .map((user) => ({
        uuid: user.uuid,
        name: user.name,
        owner: findUuid(user.addedBy),
        enable: user.enable,
        usageLimit: user.usageLimit,
        currentUsage: user.currentUsage,
        packageDays: user.packageDays,
        mode: user.mode,
        startDate: user.startDate,
        lastResetTime: user.lastResetTime,
        comment: user.comment,
      }))
      .sort(byUuid),
    cores: [...state.cores].sort(),
  };
}
