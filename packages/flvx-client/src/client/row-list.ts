import { createPanelError, type PanelError } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxCallOptions } from './client.js';
import type { FlvxApi } from './http/api.js';
import type { FlvxUnreadableRow } from './observation.js';
import type {
  FlvxForward,
  FlvxListedPermission,
  FlvxPermission,
  FlvxQuotaValues,
  FlvxUser,
  Bytes,
  EpochMs,
  GigabytesWhole,
} from './records.js';

const id = z.int().positive();
const counter = z.int().nonnegative();
const text = z.string();

// Quotas, numbers and instants may be negative: the panel stores what it is sent. A negative counter is not a reading.
const quotaFields = { flow: z.int(), num: z.int(), expTime: z.int(), flowResetTime: z.int() };
const counters = { inFlow: counter, outFlow: counter };

const userRow = z.object({
  id,
  user: text,
  status: z.int(),
  ...quotaFields,
  ...counters,
  createdTime: z.int(),
  updatedTime: z.int().nullable(),
});
const permissionFields = { id, userId: z.int(), tunnelId: z.int(), ...quotaFields, ...counters };
// The panel leaves out a `speedId` of null or 0.
const exportedPermissionRow = z.object({ ...permissionFields, status: z.int(), speedId: z.int().optional() });
const listedPermissionRow = z.object({
  ...permissionFields,
  tunnelName: text,
  tunnelFlow: z.int(),
  speedId: z.int().nullable(),
  speedLimitName: text.nullable(),
});
const forwardRow = z.object({
  id,
  userId: z.int(),
  userName: text,
  name: text,
  tunnelId: z.int(),
  tunnelName: text,
  inIp: text.nullable(),
  inPort: z.int().nullable(),
  remoteAddr: text,
  strategy: text,
  ...counters,
  createdTime: z.int(),
  status: z.int(),
  inx: z.int(),
});

function toUser(row: z.infer<typeof userRow>): FlvxUser {
  return {
    id: row.id,
    name: row.user,
    status: row.status,
    ...toQuotaValues(row),
    ...toCounters(row),
    createdAt: row.createdTime as EpochMs,
    updatedAt: row.updatedTime as EpochMs | null,
  };
}

function toExportedPermission(row: z.infer<typeof exportedPermissionRow>): FlvxPermission {
  return { status: row.status, ...toPermission(row) };
}

function toListedPermission(row: z.infer<typeof listedPermissionRow>): FlvxListedPermission {
  return {
    tunnelName: row.tunnelName,
    multiplier: row.tunnelFlow,
    speedLimitName: row.speedLimitName,
    ...toPermission(row),
  };
}

function toForward(row: z.infer<typeof forwardRow>): FlvxForward {
  return {
    id: row.id,
    userId: row.userId,
    userName: row.userName,
    name: row.name,
    tunnelId: row.tunnelId,
    tunnelName: row.tunnelName,
    listens: row.inIp === '' ? null : row.inIp,
    port: row.inPort,
    remoteAddr: row.remoteAddr,
    strategy: row.strategy,
    ...toCounters(row),
    createdAt: row.createdTime as EpochMs,
    status: row.status,
    order: row.inx,
  };
}

function toQuotaValues(row: { flow: number; num: number; expTime: number; flowResetTime: number }): FlvxQuotaValues {
  return {
    quota: row.flow as GigabytesWhole,
    maxForwards: row.num,
    expiresAt: row.expTime as EpochMs,
    resetDay: row.flowResetTime,
  };
}

function toCounters(row: { inFlow: number; outFlow: number }): { inBytes: Bytes; outBytes: Bytes } {
  return { inBytes: row.inFlow as Bytes, outBytes: row.outFlow as Bytes };
}

function toPermission(
  row: z.infer<z.ZodObject<typeof permissionFields>> & { speedId?: number | null | undefined },
): Omit<FlvxPermission, 'status'> {
  return {
    id: row.id,
    userId: row.userId,
    tunnelId: row.tunnelId,
    // 0 means no limit, as null does.
    speedId: row.speedId === undefined || row.speedId === 0 ? null : row.speedId,
    ...toQuotaValues(row),
    ...toCounters(row),
  };
}

/** Rows that could be parsed, and what is known of the others. */
export interface Rows<Row> {
  rows: Row[];
  unreadable: FlvxUnreadableRow[];
}

type Owner = Pick<FlvxUnreadableRow, 'id' | 'userId'>;
const userOwner = z.object({ id }).transform((row): Owner => ({ id: row.id, userId: row.id }));
const owner: z.ZodType<Owner> = z.object({ id, userId: z.int() });
const untyped = z.array(z.unknown());

/** How the rows of a list are parsed: a transformation within the schema would take half as long again, for each of ten thousands of rows. */
interface RowParser<Raw, Row> {
  schema: z.ZodType<Raw>;
  toRow: (raw: Raw) => Row;
  owner: z.ZodType<Owner>;
}

/** One list of the panel, read row by row. */
class RowList<Raw, Row> {
  readonly #endpoint: string;

  constructor(
    private readonly list: FlvxUnreadableRow['list'],
    private readonly path: string,
    private readonly parser: RowParser<Raw, Row>,
  ) {
    this.#endpoint = `POST /api/v1${path}`;
  }

  /**
   * Reads the list and parses its rows.
   * @throws {PanelUnreadableError} when the owner of a row is unknown: then it is unknown which account it is missing from.
   */
  async read(api: FlvxApi, options: FlvxCallOptions = {}, body: Record<string, unknown> = {}): Promise<Rows<Row>> {
    const raws =
      this.path === '/backup/export'
        ? (await api.exportTables(['userTunnels'], options)).userTunnels
        : await api.call({ path: this.path, body, kind: 'read', data: untyped }, options);
    const { schema, toRow, owner } = this.parser;
    const result: Rows<Row> = { rows: [], unreadable: [] };
    for (const [at, raw] of raws.entries()) {
      const parsed = schema.safeParse(raw);
      if (parsed.success) {
        result.rows.push(toRow(parsed.data));
        continue;
      }
      const issue = parsed.error.issues[0];
      const message = `${issue?.path.join('.') ?? '(the row)'}: ${issue?.message ?? 'unexpected value'}`;
      const known = owner.safeParse(raw);
      if (!known.success) throw this.#unreadable(api, `row ${at}: ${message}`);
      result.unreadable.push({ list: this.list, ...known.data, message });
    }
    return result;
  }

  /** Reads the list; an error when one of the rows can't be parsed. */
  async readAll(api: FlvxApi, options: FlvxCallOptions = {}, body: Record<string, unknown> = {}): Promise<Row[]> {
    const { rows, unreadable } = await this.read(api, options, body);
    const [first] = unreadable;
    if (first !== undefined) throw this.#unreadable(api, `row with id ${first.id}: ${first.message}`);
    return rows;
  }

  /** Returns the owners of rows of the same table in another answer. @throws {PanelUnreadableError} if one is unknown. */
  parseOwners(api: FlvxApi, raws: readonly unknown[]): Owner[] {
    return raws.map((raw, at) => {
      const { data, error } = this.parser.owner.safeParse(raw);
      if (data === undefined)
        throw this.#unreadable(api, `row ${at}: ${error.issues[0]?.message ?? 'unexpected value'}`);
      return data;
    });
  }

  #unreadable({ panel }: FlvxApi, what: string): PanelError {
    return unusableList(panel, this.#endpoint, what);
  }
}

/** Creates the error of a list that was ignored. */
export function unusableList(panel: string, endpoint: string, what: string): PanelError {
  const message = `Panel "${panel}" sent an unusable answer to ${endpoint} (${what}). The answer was ignored. Check the version of the panel and any proxy in front of it.`;
  return createPanelError('PANEL_UNREADABLE', message, { panel, endpoint, status: 200 });
}

export const userRows = new RowList('users', '/user/list', { schema: userRow, toRow: toUser, owner: userOwner });
/** The permissions of all users. */
export const permissionRows = new RowList('permissions', '/backup/export', {
  schema: exportedPermissionRow,
  toRow: toExportedPermission,
  owner,
});
/** The permissions of one user. */
export const listedPermissionRows = new RowList('permissions', '/tunnel/user/list', {
  schema: listedPermissionRow,
  toRow: toListedPermission,
  owner,
});
export const forwardRows = new RowList('forwards', '/forward/list', { schema: forwardRow, toRow: toForward, owner });

const endpoints = { users: 'user/list', permissions: 'backup/export', forwards: 'forward/list' };

/** Refuses an account with rows that could not be parsed. @throws {PanelUnreadableError} if there are any. */
export function refuseUnreadable(panel: string, rows: readonly FlvxUnreadableRow[]): void {
  const [row] = rows;
  if (row === undefined) return;
  const what = `${row.list} row ${row.id} of user ${row.userId}: ${row.message}`;
  throw createPanelError(
    'PANEL_UNREADABLE',
    `Panel "${panel}" sent data of this account that could not be parsed (${what}). The data was ignored. Check the account on the panel.`,
    { panel, endpoint: `POST /api/v1/${endpoints[row.list]}`, status: 200 },
  );
}
