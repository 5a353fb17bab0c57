import { type HiddifyAdmin, type HiddifyUser, SELF } from '../client/records.js';

/** Returns a user of agent "north", as the panel's list has it, with changes. */
export function listedUser(changes: Partial<HiddifyUser> = {}): HiddifyUser {
  return {
    uuid: 'u1',
    id: 1,
    name: 'anna',
    owner: 'north',
    limitBytes: 100,
    usedBytes: 0,
    packageDays: 30,
    mode: 'no_reset',
    startDate: null,
    lastResetDate: null,
    lastOnline: null,
    enabled: true,
    active: true,
    comment: '',
    telegramId: null,
    lang: 'en',
    ...changes,
  };
}

/** Returns an account below another, as the panel's list has it. */
export function listedAdmin(uuid: string | null, parent: string | null): HiddifyAdmin {
  return {
    uuid,
    name: uuid ?? '',
    role: uuid === SELF ? 'super_admin' : 'agent',
    parent,
    comment: null,
    canAddAdmin: null,
    maxUsers: null,
    maxActiveUsers: null,
  };
}
