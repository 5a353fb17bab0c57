import type { Check } from '@sluice/contract/documents';
import type { DeliveryRecord } from '@sluice/state-store';
import { configuredChannels } from '../../kernel/run/channels.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';
import { hasCharts } from '../notices/client-mail.js';

/** What was given up is reported for this long. */
const REPORTED_MS = 7 * 86_400_000;
/** A receiver may fail this often before it is reported. */
const FAILURES = 3;
/** Each poll sends what is due: what waits for longer than this many is reported. */
const POLLS = 2;

/** Checks that notices reach their channels. Nothing is sent. */
export async function noticeChecks(context: Context): Promise<Check[]> {
  const { store, deps } = context;
  const channels = configuredChannels(context);
  const names = channels.map(({ name }) => name);
  const since = new Date(deps.clock.now() - REPORTED_MS).toISOString();
  const lost = (await store.deliveries.list({ state: 'given-up' }))
    .map(({ delivery }) => delivery)
    .filter(({ at }) => at >= since);
  const waiting = (await store.deliveries.list({ state: 'pending' })).map(({ delivery }) => delivery);
  const orphans = [...waiting, ...lost].filter(({ channel }) => !names.includes(channel));
  const describeOrphans = (count: string): string => `${count} meant for a channel that the config does not name`;
  const problems = [
    ...byChannel(
      lost.filter(({ channel }) => names.includes(channel)),
      'failed',
      'notices_given_up',
      (count) => `${count} given up in the last 7 days`,
    ),
    ...waitingChecks(
      context,
      waiting.filter(({ channel }) => names.includes(channel)),
    ),
    ...byChannel(orphans, 'warning', 'channel_removed', describeOrphans),
  ];
  const reported = new Set(problems.map(({ object }) => object));
  const well = channels.filter(({ name }) => !reported.has(name));
  const hint = well.some(hasCharts) && !(await canDraw(context)) ? NO_CHARTS : '';
  return [
    ...problems,
    ...well.map((channel) => toChecks('notices', channel.name)('ok', hasCharts(channel) ? hint : '')),
  ];
}

const NO_CHARTS = 'its mails have no charts: to draw them, install @resvg/resvg-js beside Sluice';

/** Whether there is what draws the charts of mails. */
async function canDraw({ deps: { drawPicture } }: Context): Promise<boolean> {
  const empty = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>';
  return (await drawPicture?.(empty, 1).catch(() => null)) != null;
}

/** Says how many notices wait for each channel, and since when; a warning where runs should have sent them by now. */
function waitingChecks({ deps, config }: Context, waiting: readonly DeliveryRecord[]): Check[] {
  const latest = new Date(deps.clock.now() - POLLS * config.poll.interval).toISOString();
  // What was not tried yet may wait for the end of quiet hours.
  const isLate = ({ attempts, at, nextAt }: DeliveryRecord): boolean =>
    attempts >= FAILURES || (attempts === 0 ? nextAt : at) < latest;
  return [...new Set(waiting.map(({ channel }) => channel))].flatMap((name) => {
    const own = waiting.filter(({ channel }) => channel === name);
    const since = own.reduce((first, { at }) => (at < first ? at : first), own[0]?.at ?? '');
    const describe = (count: string): string => `${count} not sent yet, the oldest of ${since}`;
    if (own.some(isLate)) return byChannel(own, 'warning', 'notices_waiting', describe);
    return [toChecks('notices', name)('ok', describeCount(own, describe))];
  });
}

function byChannel(
  deliveries: readonly DeliveryRecord[],
  status: 'failed' | 'warning',
  code: string,
  describe: (count: string) => string,
): Check[] {
  const names = [...new Set(deliveries.map(({ channel }) => channel))];
  return names.map((object) => {
    const own = deliveries.filter(({ channel }) => channel === object);
    return {
      ...toChecks('notices', object)(status, describeCount(own, describe), code),
      details: { channel: object },
    };
  });
}

function describeCount(own: readonly DeliveryRecord[], describe: (count: string) => string): string {
  const why = own.find(({ lastError }) => lastError !== null)?.lastError ?? null;
  const count = describe(own.length === 1 ? '1 notice was' : `${own.length} notices were`);
  return why === null ? count : `${count}: ${why}`;
}
