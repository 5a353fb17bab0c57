import type { OpenRows } from '@sluice/panel-kind';
import type { FlvxAccount } from '../account/history/history.js';
import { unusableList } from '../client/row-list.js';
import { EVIDENCE, parseSpeedPrior, permissionKey } from './restrictions.js';
import type { SecondReading } from './second-reading.js';

/**
 * Refuses a list of speed limits that lacks one which a throttled permission has, or is to have again, before that counts as deleted.
 * @throws {PanelUnreadableError}
 */
export async function refuseWithoutLimits(
  second: SecondReading,
  { permissions, speedLimits }: Pick<FlvxAccount, 'permissions' | 'speedLimits'>,
  open: OpenRows | undefined,
): Promise<void> {
  const throttled = (open?.evidence ?? []).filter(({ kind }) => kind === EVIDENCE.speed);
  if (throttled.length === 0) return;
  const targets = new Set(throttled.map(({ target }) => target));
  const present = permissions.filter((row) => targets.has(permissionKey(row.userId, row.tunnelId)));
  const ids = [...throttled.map((item) => parseSpeedPrior(item).speedId), ...present.map((row) => row.speedId)];
  const missing = ids.filter((id) => id !== null && !speedLimits.some((limit) => limit.id === id));
  if (missing.length === 0) return;
  const shown = await second.limits();
  const hidden = missing.filter((id) => id !== null && shown.has(id));
  if (hidden.length === 0) return;
  const what = `it lacks speed limit ${[...new Set(hidden)].join(', ')}, which backup/export shows`;
  throw unusableList(second.panel, 'POST /api/v1/speed-limit/list', what);
}
