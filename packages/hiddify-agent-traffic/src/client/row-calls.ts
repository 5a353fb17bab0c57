import { maskUuids } from '@sluice/panel-http/printable';
import { isPanelError, type PanelRequest, PanelUnreadableError } from '@sluice/panel-http';
import type { Connection } from './connection.js';
import { ListReader, type ReadList } from './read-list.js';
import { RowProblem } from './read-rows.js';
import { type HiddifyUserList, SELF } from './records.js';
import type { HiddifyPanelCode } from './refusal.js';
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

/** Creates the calls on users or accounts. */
export function createRowCalls<T extends { uuid: string | null }>(
  connection: Connection,
  kind: RowKind<T>,
): RowCalls<T> {
  const { panel, apiKey } = connection;
  const { path, noun, missing } = kind;
  const toPath = (uuid: string): string => `${path}${uuid}/`;
  const read = async (request: Pick<PanelRequest<unknown>, 'method' | 'path' | 'json'> & CallOptions): Promise<T> => {
    const { method } = request;
    const endpoint = `${method} ${request.path === path ? path : toPath('{uuid}')}`;
    const { status, body } = await connection.request({ ...request, endpoint });
    return parseAnswer({ panel, endpoint, status, changing: method !== 'GET' }, () => {
      const row = kind.createParser()(body);
      const uuid = row.uuid === SELF ? apiKey : row.uuid;
      if (method !== 'GET' || request.path === toPath(uuid ?? '')) return row;
      throw new RowProblem(`the ${noun} in the answer is not the requested one`);
    });
  };

  return {
    list: (options) => readList(connection, kind, options),

    async get(uuid, options) {
      try {
        return await read({ ...options, method: 'GET', path: toPath(uuid) });
      } catch (error) {
        if (isPanelError(error) && error.panelCode === missing) return null;
        throw error;
      }
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
  try {
    const { status, receivedAt } = await connection.request<Buffer>({
      ...options,
      method: 'GET',
      path,
      endpoint,
      accept: 'bytes',
      ...(timeouts === undefined ? {} : { timeouts }),
      sink: () => {
        reader = new ListReader(kind.createParser());
        return (chunk) => {
          reader.push(chunk);
        };
      },
    });
    const list = parseAnswer({ panel, endpoint, status, changing: false }, () => reader.end());
    return { ...list, requestedAt, receivedAt: new Date(receivedAt).toISOString() };
  } catch (error) {
    // The only way in which this panel answers that a list is empty.
    if (!isPanelError(error) || error.panelCode !== 'no_users') throw error;
    const receivedAt = new Date(clock.now()).toISOString();
    return { rows: [], unreadable: 0, unreadableRows: [], requestedAt, receivedAt, bytes: 0 };
  }
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
