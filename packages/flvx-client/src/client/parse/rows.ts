import { createPanelError, type PanelError } from '@sluice/panel-http';
import * as z from 'zod';
import type { FlvxForward, FlvxListedPermission, FlvxPermission, FlvxUser } from '../records.js';
import type { Bytes, EpochMs, GigabytesWhole } from '../units.js';

const id = z.int().positive();
const instant = z.int();
const counter = z.int().nonnegative();
const words = z.string();

// Quotas, numbers and instants may be negative on the panel: it stores what it is sent. Counters may not: a negative reading is none.
const quotaFields = { flow: z.int(), num: z.int(), expTime: instant, flowResetTime: z.int() };
const counters = { inFlow: counter, outFlow: counter };

const userRow = z.object({
  id,
  user: words,
  status: z.int(),
  ...quotaFields,
  ...counters,
  createdTime: instant,
  updatedTime: instant.nullable(),
});
const exportedRow = z.object({
  id,
  userId: z.int(),
  tunnelId: z.int(),
  status: z.int(),
  // The panel leaves out null and 0.
  speedId: z.int().optional(),
  ...quotaFields,
  ...counters,
});
const listedRow = z.object({
  id,
  userId: z.int(),
  tunnelId: z.int(),
  tunnelName: words,
  tunnelFlow: z.int(),
  speedId: z.int().nullable(),
  speedLimitName: words.nullable(),
  ...quotaFields,
  ...counters,
});
const forwardRow = z.object({
  id,
  userId: z.int(),
  userName: words,
  name: words,
  tunnelId: z.int(),
  tunnelName: words,
  inIp: words.nullable(),
  inPort: z.int().nullable(),
  remoteAddr: words,
  strategy: words,
  ...counters,
  createdTime: instant,
  status: z.int(),
  inx: z.int(),
});
const forwardChangeRow = z.object({ id, userId: z.int(), updatedTime: instant });
const owner = { users: z.object({ id }), others: z.object({ id, userId: z.int() }) };

/** A row that could not be understood. */
export interface UnreadableRow {
  id: number;
  userId: number;
  /** Field and what was expected; never a value. */
  message: string;
}

/** Rows of a list: those that were understood, and what is known of the others. */
export interface Rows<Row> {
  rows: Row[];
  unreadable: UnreadableRow[];
}

function quotaOf(row: { flow: number; num: number; expTime: number; flowResetTime: number }): {
  quota: GigabytesWhole;
  maxForwards: number;
  expiresAt: EpochMs;
  resetDay: number;
} {
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

function userOf(row: z.infer<typeof userRow>): FlvxUser {
  return {
    id: row.id,
    name: row.user,
    status: row.status,
    ...quotaOf(row),
    ...toCounters(row),
    createdAt: row.createdTime as EpochMs,
    updatedAt: row.updatedTime as EpochMs | null,
  };
}

function permissionOf(row: z.infer<typeof exportedRow>): FlvxPermission {
  return {
    id: row.id,
    userId: row.userId,
    tunnelId: row.tunnelId,
    status: row.status,
    speedId: speedOf(row.speedId),
    ...quotaOf(row),
    ...toCounters(row),
  };
}

function listedOf(row: z.infer<typeof listedRow>): FlvxListedPermission {
  return {
    id: row.id,
    userId: row.userId,
    tunnelId: row.tunnelId,
    tunnelName: row.tunnelName,
    multiplier: row.tunnelFlow,
    speedId: speedOf(row.speedId),
    speedLimitName: row.speedLimitName,
    ...quotaOf(row),
    ...toCounters(row),
  };
}

function forwardOf(row: z.infer<typeof forwardRow>): FlvxForward {
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

/** 0 stands for no limit, as null does. */
function speedOf(speedId: number | null | undefined): number | null {
  return speedId === undefined || speedId === 0 ? null : speedId;
}

/** How one list is read. */
export interface RowReader<Row> {
  endpoint: string;
  /** @throws {PanelUnreadableError} when the owner of a row is unknown: then it is unknown which account it is missing from. */
  read(panel: string, rows: unknown[]): Rows<Row>;
}

function reader<Raw, Row>(
  endpoint: string,
  schema: z.ZodType<Raw>,
  toRow: (raw: Raw) => Row,
  whose: (raw: unknown) => { id: number; userId: number } | null,
): RowReader<Row> {
  return {
    endpoint,
    read(panel, raws) {
      const read: Rows<Row> = { rows: [], unreadable: [] };
      for (const [at, raw] of raws.entries()) {
        const checked = schema.safeParse(raw);
        if (checked.success) {
          read.rows.push(toRow(checked.data));
          continue;
        }
        const issue = checked.error.issues[0];
        const message = `${issue?.path.join('.') ?? '(the row)'}: ${issue?.message ?? 'not as expected'}`;
        const known = whose(raw);
        if (known === null) throw unreadable(panel, endpoint, `row ${at}: ${message}`);
        read.unreadable.push({ ...known, message });
      }
      return read;
    },
  };
}

function ofUser(raw: unknown): { id: number; userId: number } | null {
  const checked = owner.users.safeParse(raw);
  return checked.success ? { id: checked.data.id, userId: checked.data.id } : null;
}

function ofOwner(raw: unknown): { id: number; userId: number } | null {
  const checked = owner.others.safeParse(raw);
  return checked.success ? checked.data : null;
}

/** `user/list`. */
export const userRows = reader('POST /api/v1/user/list', userRow, userOf, ofUser);
/** `backup/export` of `userTunnels`. */
export const permissionRows = reader('POST /api/v1/backup/export', exportedRow, permissionOf, ofOwner);
/** `tunnel/user/list`. */
export const listedPermissionRows = reader('POST /api/v1/tunnel/user/list', listedRow, listedOf, ofOwner);
/** `forward/list`. */
export const forwardRows = reader('POST /api/v1/forward/list', forwardRow, forwardOf, ofOwner);
/** `backup/export` of `forwards`: when each was last written to. */
export const forwardChangeRows = reader(
  'POST /api/v1/backup/export',
  forwardChangeRow,
  (raw): { id: number; changedAt: EpochMs } => ({ id: raw.id, changedAt: raw.updatedTime as EpochMs }),
  ofOwner,
);

/** All rows, or an error when one of them could not be understood. */
export function parseEvery<Row>(panel: string, list: RowReader<Row>, raws: unknown[]): Row[] {
  const { rows, unreadable: bad } = list.read(panel, raws);
  const first = bad[0];
  if (first !== undefined) throw unreadable(panel, list.endpoint, `row of id ${first.id}: ${first.message}`);
  return rows;
}

function unreadable(panel: string, endpoint: string, what: string): PanelError {
  const message = `Panel "${panel}" gave an answer that cannot be used to ${endpoint} (${what}). Nothing was concluded from it.`;
  return createPanelError('PANEL_UNREADABLE', message, { panel, endpoint, status: 200 });
}
