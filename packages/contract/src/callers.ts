/** What a use case can ask for, and what a token, share link or session permits. */
export type Need = 'read' | 'operate' | 'tokens' | 'buy' | 'manage' | 'password';

/** One way in which a client may do something: with a right, and where it has one, if the product lets clients change the field. */
export interface CustomerWay {
  need: 'read' | 'buy' | 'manage' | 'password';
  /** Key of the panel's record. */
  field?: string;
}

/** Who may call a use case. */
export interface Callers {
  /** The scopes of which a token for all clients needs one; empty: nobody asks for it by name. */
  provider: readonly ('read' | 'operate' | 'tokens')[];
  /** What a client may do about its own; empty: nothing, it is the provider's. */
  customer: readonly CustomerWay[];
  /** Whether an agent may do it about itself and the users below it; absent: it may not. */
  reseller?: true;
  /** How it is reached where it has no route of its own: as a run that is started, or by the server itself, to answer a request. */
  through?: 'run' | 'server';
}

/** What the provider alone reads. */
export const READ: Callers = { provider: ['read'], customer: [] };
/** What an agent reads of itself and the users below it, too. */
export const READ_BELOW: Callers = { ...READ, reseller: true };
/** What the provider alone changes. */
export const OPERATE: Callers = { provider: ['operate'], customer: [] };
/** What an agent changes of the users below it, too. */
export const OPERATE_BELOW: Callers = { ...OPERATE, reseller: true };
/** What the provider starts as a run. */
export const AS_RUN: Callers = { ...OPERATE, through: 'run' };
/** What a client reads of its own, too. */
export const SHOW: Callers = { provider: ['read'], customer: [{ need: 'read' }] };
/** What a client spends. */
export const BUY: Callers = { provider: ['operate'], customer: [{ need: 'buy' }] };
/** What makes and ends tokens. */
export const TOKENS: Callers = { provider: ['tokens'], customer: [] };
/** Without the scope `tokens` these reach share links only. */
export const LINKS: Callers = { provider: ['tokens', 'operate'], customer: [] };
/** What only the server itself calls, to answer or refuse a request. */
export const SERVER: Callers = { provider: [], customer: [], through: 'server' };

/** Where a number leads: a client changes it where its product lets it. */
export const SET_DESTINATION: Callers = {
  provider: ['operate'],
  customer: [{ need: 'manage', field: 'destination' }],
};
/** What a line shows to whom it calls: a client changes it where its product lets it. */
export const SET_CALLER_ID: Callers = { provider: ['operate'], customer: [{ need: 'manage', field: 'caller_id' }] };
