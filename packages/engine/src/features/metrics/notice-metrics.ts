import { listAlarms } from '../notices/list-alarms.js';
import { configuredChannels } from '../../kernel/run/channels.js';
import type { Context } from '../../context/context.js';
import type { MetricTable } from './families.js';

/** Adds the alarms, and the notices that wait for a channel or were given up; 0 from the beginning for the channels of the config. */
export async function addNoticeMetrics(context: Context, table: MetricTable): Promise<void> {
  const all = await listAlarms(context);
  // An alarm may be of a panel that was removed, or of none.
  for (const panel of new Set([...Object.keys(context.config.panels), ...all.map((alarm) => alarm.panel)])) {
    const alarms = all.filter((alarm) => alarm.panel === panel);
    for (const code of new Set(['drift', ...alarms.map((alarm) => alarm.code)])) {
      const own = alarms.filter((alarm) => alarm.code === code);
      const known = own.filter(({ acknowledged }) => acknowledged !== null).length;
      table.add('sluice_alarms', { panel, code, acknowledged: 'no' }, own.length - known);
      table.add('sluice_alarms', { panel, code, acknowledged: 'yes' }, known);
    }
  }
  const counts = await context.store.deliveries.counts();
  const channels = [...configuredChannels(context).map(({ name }) => name), ...counts.map(({ channel }) => channel)];
  for (const channel of new Set(channels)) {
    const count = (state: string): number =>
      counts.find((each) => each.channel === channel && each.state === state)?.count ?? 0;
    table.add('sluice_deliveries_pending', { channel }, count('pending'));
    table.add('sluice_deliveries_given_up', { channel }, count('given-up'));
  }
}
