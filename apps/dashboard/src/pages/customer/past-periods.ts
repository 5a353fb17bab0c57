import { hasCycleEnded } from '@sluice/engine/words';
import { usageInMode } from '@sluice/quota-core';
import { type Section, table } from '../../layout/components.js';
import type { ServiceScene } from './service-scene.js';

/** Most past periods on a page. */
const MOST_CYCLES = 24;

/** What a service used in periods that have ended, the newest first; nothing before the first one has. */
export async function pastPeriodsSection({
  request: { sluice },
  service: { id, client: reader, mode },
  times,
  wording,
}: Pick<ServiceScene, 'service' | 'times' | 'wording'> & {
  request: Pick<ServiceScene['request'], 'sluice'>;
}): Promise<Section | null> {
  const { cycles } = await sluice.usage.history(id, { reader });
  const past = cycles.filter((cycle) => hasCycleEnded({ cycle }, times.now));
  if (past.length === 0) return null;
  const counts = mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL';
  const title = wording.text('service.pastPeriods');
  const content = table({
    stacks: true,
    caption: title,
    columns: [
      { title: wording.text('service.period'), cell: (cycle) => times.period(cycle) },
      {
        title: wording.text('service.used'),
        cell: ({ usage }) => wording.bytes(usage && usageInMode(usage, counts)),
        isNumber: true,
      },
      {
        title: wording.text('service.allowed'),
        cell: ({ allowance }) => {
          if (allowance === null) return wording.none;
          return allowance.unlimited ? wording.say('service.noLimit') : wording.bytes(allowance.allowedBytes);
        },
        isNumber: true,
      },
    ],
    rows: past.slice(0, MOST_CYCLES),
  });
  return { id: 'periods', title, content };
}
