import { createPanelError, isPanelError } from '@sluice/panel-http';
import type { FlvxApi } from '../http/api.js';

/**
 * Returns the newest of the rows that `read` finds, after a create that the panel accepted: its answers have no id
 * (docs/panels/flvx.md, 3.1 and 5.3).
 *
 * @throws PanelError with `outcomeUnknown` where reading failed, or the panel does not show the row
 */
export async function readCreated<Row extends { id: number }>(
  api: FlvxApi,
  path: string,
  read: () => Promise<Row[]>,
): Promise<Row> {
  const toError = (why: string, cause?: unknown): Error =>
    createPanelError('PANEL_UNREADABLE', `Panel "${api.panel}" accepted ${path}, but ${why}.`, {
      panel: api.panel,
      endpoint: `POST /api/v1${path}`,
      panelCode: 'not_shown',
      outcomeUnknown: true,
      ...(cause === undefined ? {} : { cause }),
    });
  let rows: Row[];
  try {
    rows = await read();
  } catch (error) {
    if (!isPanelError(error)) throw error;
    throw toError(`reading back failed: ${error.statement.replace(/\.$/, '')}`, error);
  }
  const [newest] = rows.sort((a, b) => b.id - a.id);
  if (newest === undefined) throw toError('does not show it');
  return newest;
}
