/**
 * One request of the recorded set. In strings `{p}` is the run's prefix of names, `{admin}` the administrator's name, and `<kind:name>`
 * the id of what the run made under that name (`<user:alice>`, `<permission:alice@t1>`); a string that is nothing but an id is sent as
 * a number.
 */
export interface ReplayRequest {
  /** What is asked, unique in the set. */
  readonly step: string;
  readonly path: string;
  readonly method?: string;
  /** Whose token: the administrator's, nobody's, or that of a customer kept by an earlier step. Default: the administrator's. */
  readonly as?: string;
  /** The Authorization header instead of a token of somebody's; `{token}` is the administrator's. */
  readonly authorization?: string;
  /** The body as JSON. */
  readonly send?: unknown;
  /** The body as text, ids and names filled in. */
  readonly text?: string;
  /** Keeps the token of the answer under this name. */
  readonly keep?: string;
}

/** One change to a node of the run between two requests. */
export interface ReplayAct {
  readonly step: string;
  readonly node: string;
  /** `report` has the node report its services, so that the panel removes those of nothing. */
  readonly act: 'connect' | 'leave' | 'silent' | 'answering' | 'slow' | 'failing' | 'restart' | 'report';
  /** The text that a failing node answers each command with. */
  readonly message?: string;
}

export type ReplayStep = ReplayRequest | ReplayAct;

/** A request as the administrator. */
export function admin(step: string, path: string, send?: unknown): ReplayRequest {
  return { step, path: `/api/v1/${path}`, ...(send === undefined ? {} : { send }) };
}

/** A request of a customer whose token was kept. */
export function customer(who: string, step: string, path: string, send: unknown = {}): ReplayRequest {
  return { step, as: who, path: `/api/v1/${path}`, send };
}

/** A request without a token. */
export function nobody(step: string, path: string, send?: unknown): ReplayRequest {
  return { step, as: 'nobody', path: `/api/v1/${path}`, ...(send === undefined ? {} : { send }) };
}

/** A change to a node. */
export function node(step: string, name: string, act: ReplayAct['act'], message?: string): ReplayAct {
  return { step, node: name, act, ...(message === undefined ? {} : { message }) };
}

/** A node's report of traffic: what the clients of a service sent and received, in bytes. */
export function report(step: string, service: string, received: number, sent = 0): ReplayRequest {
  return {
    step,
    as: 'nobody',
    path: '/flow/upload?secret=<secret:n1>',
    send: [{ n: service, d: received, u: sent }],
  };
}

/** An id that no run meets. */
export const noSuchId = 987_654_321;

/** Instants far off, in Unix milliseconds. */
export const future = 1_924_992_000_000;
export const past = 1_600_000_000_000;
