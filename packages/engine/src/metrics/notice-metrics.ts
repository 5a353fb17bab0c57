import { configuredChannels } from '../notices/channels.js';
import type { Session } from '../session.js';
import type { MetricTable } from './families.js';

/** Adds the notices that wait for a channel or were given up; 0 from the beginning for the channels of the config. */
export async function addNoticeMetrics(session: Session, table: MetricTable): Promise<void> {
  const counts = await session.store.deliveries.counts();
  const channels = [...configuredChannels(session).map(({ name }) => name), ...counts.map(({ channel }) => channel)];
  for (const channel of new Set(channels)) {
    const count = (state: string): number =>
      counts.find((each) => each.channel === channel && each.state === state)?.count ?? 0;
    table.add('sluice_deliveries_pending', { channel }, count('pending'));
    table.add('sluice_deliveries_given_up', { channel }, count('given-up'));
  }
}
