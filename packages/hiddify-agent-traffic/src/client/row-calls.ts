import { maskUuids } from '@sluice/panel-http/printable';
import { type PanelAnswer, type PanelReply, type PanelRequest, PanelUnreadableError } from '@sluice/panel-http';
import type { Connection } from './connection.js';
import { ListReader, type ReadList } from './read-list.js';
import { RowProblem } from './read-rows.js';
import { type HiddifyUserList, SELF } from './records.js';
import { findRefusal, type HiddifyPanelCode } from './refusal.js';
import { BrokenList } from './split-rows.js';
import type { CallOptions } from './types.js';

/** What users and accounts differ in. */
interface RowKind<T> {
  path: string;
  /** Noun in messages. */
  noun: string;
  /** `panelCode` of the error for an object that does not exist. */
  missing: HiddifyPanelCode;
  /** Creates the parser of one list or of one row; it throws `RowProblem`. */
  createParser(): (row: unknown) => T;
  timeouts?: PanelRequest<unknown>['timeouts'];
}

/** A list with the times of its request. */
type TimedList<T> = ReadList<T> & Pick<HiddifyUserList, 'requestedAt' | 'receivedAt'>;

/** Bare calls on users or accounts. */
export interface RowCalls<T> {
  list(options?: CallOptions): Promise<TimedList<T>>;
  get(uuid: string, options?: CallOptions): Promise<T | null>;
  post(body: Record<string, unknown>, options?: CallOptions): Promise<T>;
  patch(uuid: string, body: Record<string, unknown>, options?: CallOptions): Promise<T>;
  /** Sends a change whose answer is ignored. */
  send(method: 'PATCH' | 'DELETE', uuid: string, options?: CallOptions & { json?: unknown }): Promise<void>;
}

type Asked = Pick<PanelRequest<unknown>, 'method' | 'path' | 'json' | 'outcomeIn'> & CallOptions;

/** Creates the calls on users or accounts. */
export function createRowCalls<T extends { uuid: string | null }>(
  connection: Connection,
  kind: RowKind<T>,
): RowCalls<T> {
  const { panel, apiKey } = connection;
  const { path, noun, missing } = kind;
  const toPath = (uuid: string): string => `${path}${uuid}/`;
  const toEndpoint = ({ method, path: asked }: Asked): string =>
    `${method} ${asked === path ? path : toPath('{uuid}')}`;
  const ask = (asked: Asked): Promise<PanelAnswer<unknown>> =>
    connection.request({ ...asked, endpoint: toEndpoint(asked) });
  const parse = (asked: Asked, { status, body }: PanelAnswer<unknown>): T =>
    parseAnswer({ panel, endpoint: toEndpoint(asked), status, changing: asked.method !== 'GET' }, () => {
      const row = kind.createParser()(body);
      const uuid = row.uuid === SELF ? apiKey : row.uuid;
      if (asked.method !== 'GET' || asked.path === toPath(uuid ?? '')) return row;
      throw new RowProblem(`the ${noun} in the answer is not the requested one`);
    });
  const read = async (asked: Asked): Promise<T> => parse(asked, await ask(asked));

  return {
    list: (options) => readList(connection, kind, options),

    async get(uuid, options) {
      const asked: Asked = { ...options, method: 'GET', path: toPath(uuid), outcomeIn: succeedsBy(missing) };
      const answer = await ask(asked);
      return answer.status === 404 ? null : parse(asked, answer);
    },

    post: (json, options) => read({ ...options, method: 'POST', path, json }),
    patch: (uuid, json, options) => read({ ...options, method: 'PATCH', path: toPath(uuid), json }),

    async send(method, uuid, options) {
      const endpoint = `${method} ${toPath('{uuid}')}`;
      await connection.request({ ...options, method, path: toPath(uuid), endpoint });
    },
  };
}

/** Reads a list while it arrives. */
async function readList<T extends { uuid: string | null }>(
  connection: Connection,
  kind: RowKind<T>,
  options: CallOptions = {},
): Promise<TimedList<T>> {
  const { panel, clock } = connection;
  const { path, timeouts } = kind;
  const endpoint = `GET ${path}`;
  const requestedAt = new Date(clock.now()).toISOString();
  let reader = new ListReader(kind.createParser());
  const { status, receivedAt } = await connection.request<Buffer>({
    ...options,
    method: 'GET',
    path,
    endpoint,
    accept: 'bytes',
    ...(timeouts === undefined ? {} : { timeouts }),
    outcomeIn: succeedsBy('no_users'),
    sink: () => {
      reader = new ListReader(kind.createParser());
      return (chunk) => {
        reader.push(chunk);
      };
    },
  });
  const times = { requestedAt, receivedAt: new Date(receivedAt).toISOString() };
  if (status === 404) return { rows: [], unreadable: 0, unreadableRows: [], ...times, bytes: 0 };
  const list = parseAnswer({ panel, endpoint, status, changing: false }, () => reader.end());
  return { ...list, ...times };
}

/** Accepts the 404 by which the panel says that it has none: it works, and has answered. */
function succeedsBy(code: HiddifyPanelCode): (reply: PanelReply) => 'success' | null {
  return ({ status, json = null }) => (findRefusal({ status, json })?.panelCode === code ? 'success' : null);
}

/** Parses an answer; after a change that can't be parsed the outcome is unknown. */
function parseAnswer<T>(
  { changing, ...call }: { panel: string; endpoint: string; status: number; changing: boolean },
  parse: () => T,
): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RowProblem) && !(error instanceof BrokenList)) throw error;
    throw new PanelUnreadableError(
      `Panel "${call.panel}" sent an unusable answer to ${call.endpoint} (${maskUuids(error.message)}). ` +
        'The answer was ignored. Check the version of the panel and any proxy in front of it.',
      { ...call, outcomeUnknown: changing },
    );
  }
}
