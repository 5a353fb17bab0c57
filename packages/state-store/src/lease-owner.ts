import type { LeaseOwner } from './records.js';

/** How long a lease, or what a process says that it does, lasts unless it is renewed, in milliseconds. */
export const LEASE_MS = 60_000;
/** How often both are renewed, in milliseconds. */
export const LEASE_RENEW_MS = 15_000;

/** This process, and what says which others of its host are alive. */
export interface OwnProcess {
  owner: LeaseOwner;
  isAlive: (owner: LeaseOwner) => boolean;
}

/** Returns whether a process has certainly ended. One of another host can't be asked: only the age of what it left counts. */
export function hasOwnerEnded({ owner: self, isAlive }: OwnProcess, owner: LeaseOwner): boolean {
  return owner.host === self.host && !isAlive(owner);
}
