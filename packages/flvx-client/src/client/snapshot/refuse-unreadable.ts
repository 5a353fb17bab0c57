import { createPanelError } from '@sluice/panel-http';
import type { FlvxUnreadableRow } from './snapshot.js';

/** Refuses rows that could not be parsed: nothing may be planned on them. @throws {PanelUnreadableError} if there are any. */
export function refuseUnreadable(panel: string, rows: readonly FlvxUnreadableRow[]): void {
  const row = rows[0];
  if (row === undefined) return;
  const what = `${row.list} row ${row.id} of user ${row.userId}: ${row.message}`;
  throw createPanelError(
    'PANEL_UNREADABLE',
    `Panel "${panel}" showed something of this account that cannot be understood (${what}). Nothing was concluded from it.`,
    { panel, endpoint: `POST /api/v1/${endpoints[row.list]}`, status: 200 },
  );
}

const endpoints = { users: 'user/list', permissions: 'backup/export', forwards: 'forward/list' };
