import type { Check } from '@sluice/contract/documents';
import type { DeliveryRecord } from '@sluice/state-store';
import { configuredChannels } from '../../kernel/run/channels.js';
import type { Context } from '../../context/context.js';
import { toChecks } from '../../base/check.js';

/** What was given up is reported for this long. */
const REPORTED_MS = 7 * 86_400_000;
/** A receiver may fail this often before it is reported. */
const FAILURES = 3;

/** Checks that notices reach their channels. Nothing is sent. */
export async function noticeChecks(context: Context): Promise<Check[]> {
  const { store, deps } = context;
  const names = configuredChannels(context).map(({ name }) => name);
  const since = new Date(deps.clock.now() - REPORTED_MS).toISOString();
  const lost = (await store.deliveries.list({ state: 'given-up' }))
    .map(({ delivery }) => delivery)
    .filter(({ at }) => at >= since);
  const waiting = (await store.deliveries.list({ state: 'pending' })).map(({ delivery }) => delivery);
  const late = waiting.filter(({ attempts, channel }) => attempts >= FAILURES && names.includes(channel));
  const orphans = [...waiting, ...lost].filter(({ channel }) => !names.includes(channel));
  const checks = [
    ...byChannel(
      lost.filter(({ channel }) => names.includes(channel)),
      'failed',
      'notices_given_up',
      (count) => `${count} given up in the last 7 days`,
    ),
    ...byChannel(late, 'warning', 'notices_waiting', (count) => `${count} not sent yet`),
    ...byChannel(
      orphans,
      'warning',
      'channel_removed',
      (count) => `${count} meant for a channel that the config does not name`,
    ),
  ];
  if (checks.length > 0 || names.length === 0) return checks;
  return names.map((name) => toChecks('notices', name)('ok', ''));
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
    const why = own.find(({ lastError }) => lastError !== null)?.lastError ?? null;
    const count = describe(own.length === 1 ? '1 notice was' : `${own.length} notices were`);
    const message = why === null ? count : `${count}: ${why}`;
    return { ...toChecks('notices', object)(status, message, code), details: { channel: object } };
  });
}
