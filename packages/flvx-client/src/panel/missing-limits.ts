import type { OpenRows } from '@sluice/panel-kind';
import type { FlvxAccount } from '../account/history/history.js';
import { unusableList } from '../client/row-list.js';
import { EVIDENCE, parseSpeedPrior } from './restrictions.js';
import type { SecondReading } from './second-reading.js';

/**
 * Refuses a list of speed limits that lacks one which a permission has, or is to have again, before that counts as deleted: it would be
 * lifted, or made a second time.
 * @throws {PanelUnreadableError}
 */
export async function refuseWithoutLimits(
  second: SecondReading,
  { permissions, speedLimits }: Pick<FlvxAccount, 'permissions' | 'speedLimits'>,
  open: OpenRows | undefined,
): Promise<void> {
  const throttled = (open?.evidence ?? []).filter(({ kind }) => kind === EVIDENCE.speed);
  const ids = [...throttled.map((item) => parseSpeedPrior(item).speedId), ...permissions.map((row) => row.speedId)];
  const missing = ids.filter((id) => id !== null && !speedLimits.some((limit) => limit.id === id));
  if (missing.length === 0) return;
  const shown = await second.limits();
  const hidden = missing.filter((id) => id !== null && shown.has(id));
  if (hidden.length === 0) return;
  const what = `it lacks speed limit ${[...new Set(hidden)].join(', ')}, which backup/export shows`;
  throw unusableList(second.panel, 'POST /api/v1/speed-limit/list', what);
}
