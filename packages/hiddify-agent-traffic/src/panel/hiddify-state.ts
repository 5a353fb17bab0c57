import type { HiddifyUser } from '../client/records.js';
import type { HiddifyUserChange, NewHiddifyUser } from '../client/types.js';
import type { EvidenceRecord } from '@sluice/quota-core';
import type { UserPrior } from '../steps/user-actions.js';

/** Ref with the uuid of the agent that owns it; wins over the product's. */
export const AGENT_REF = 'hiddify_agent_uuid';

/** What the panel shows of one service's user. */
export interface HiddifyState {
  /** Null: the service names none, or the panel has none with that uuid. */
  user: HiddifyUser | null;
  /** Rows of the list that it stood in; null where it was asked for alone. */
  rows: number | null;
}

/** Payload of `create-user`. */
export interface CreatePayload {
  wanted: NewHiddifyUser & { uuid: string };
}

/** Payload of `update-user`. */
export interface UpdatePayload {
  change: HiddifyUserChange;
  /** Present where the usage is zeroed. */
  zero?: ZeroPayload;
}

/** Why and from where a usage is zeroed. */
export interface ZeroPayload {
  /** The cycle that it is done for. */
  cycle: string;
  /** An earlier zeroing that the panel's own task undid: what stood there then and was counted already. */
  counted: number;
  tries: number;
}

/** The state before, as evidence has it. */
export function priorIn(evidence: Pick<EvidenceRecord, 'prior'>): Partial<UserPrior> {
  return evidence.prior ?? {};
}
