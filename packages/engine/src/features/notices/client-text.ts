import { formatBytes, usageInMode } from '@sluice/quota-core';
import type { DecisionRecord, NoticeRecord, StoreTables } from '@sluice/state-store';
import { describePeriod } from '../../base/describe-period.js';
import { describeService } from '../../base/describe-service.js';
import { isStoppedOn } from '../../kernel/run/notice.js';
import { findCycle } from '../../kernel/subject/find-cycle.js';
import { findLimitStates } from '../../kernel/subject/figures.js';
import { describeLimit } from '../../kernel/subject/used.js';

type Notice = Pick<NoticeRecord, 'code' | 'key' | 'service' | 'message'>;

/** Why nothing is bought automatically, as a client may read it: his own credit and what he chose. Other causes are his provider's. */
export const OWN_CAUSES: readonly string[] = ['no-credit', 'limit-reached', 'would-not-lift', 'currency', 'link-spent'];

/**
 * Returns the text of a notice without what is the provider's, such as the limit of an agent, or other clients' services. `name`: of the
 * service; `reason`: why it is held, as `readHoldReason` returns it.
 */
export function toClientMessage(
  { code, key, service, message }: Notice,
  { name, reason }: { name: string | null; reason: string | null },
): string {
  const named = service === null ? 'your service' : describeService({ id: service, name });
  if (code === 'hold') return `Service ${named} is being restricted${reason === null ? '' : `: ${reason}`}`;
  if (isStoppedOn({ code, key }))
    return `A restriction of service ${named} has ended, but the service, or a part of it, is still stopped; please ask your provider`;
  if (code === 'release') return `Service ${named} is no longer restricted`;
  const isOwn = OWN_CAUSES.includes(key.slice(key.lastIndexOf(':') + 1));
  if (code === 'auto_buy_refused' && !isOwn) return `${named}: nothing was bought automatically`;
  if (code === 'auto_buy_ended' && key.includes(':tok-'))
    return `${named}: nothing is bought automatically any more, as the link with which this was set has ended`;
  return message;
}

type Tables = Pick<StoreTables, 'holds' | 'decisions' | 'cycles'>;

/**
 * Returns why a notice says that a service is held, with the figures, direction and period of the decision: of its quota and its own
 * limits. Null for other reasons, which are the provider's, and where the figures are not stored any more.
 */
export async function readHoldReason(tables: Tables, notice: NoticeRecord, timeZone: string): Promise<string | null> {
  const { code, key, service, run, at } = notice;
  if (code !== 'hold' || service === null) return null;
  const hold = (await tables.holds.all({ service })).find(({ id }) => key.endsWith(`:${id}`));
  // The run that holds stores its decision after the notice, once its calls are made.
  const ofRun = run === null ? null : await tables.decisions.ofRun(service, run);
  const decision = ofRun ?? (await tables.decisions.at(service, at));
  if (hold === undefined || decision === null) return null;
  const { reason } = hold;
  const limit = findLimitStates(decision).find(({ id }) => id === reason);
  const used = reason === 'quota' ? describeQuota(decision) : limit && describeLimit(limit);
  if (used == null) return null;
  const cycle = reason === 'quota' ? await findCycle(tables, decision) : limit?.window;
  const period =
    cycle == null ? '' : ` in the period ${describePeriod({ from: cycle.start, to: cycle.end, timeZone })}`;
  return reason === 'quota' ? `${used}${period}` : `the limit "${reason}" is used up, ${used}${period}`;
}

const DIRECTIONS = { IN: ' of incoming traffic', OUT: ' of outgoing traffic', TOTAL: ' of traffic' } as const;

function describeQuota({ mode, allowance, inBytes, outBytes, totalBytes }: DecisionRecord): string | null {
  const { allowedBytes = null } = (allowance ?? {}) as { allowedBytes?: number | null };
  const used = mode === null ? null : usageInMode({ inBytes, outBytes, totalBytes }, mode);
  if (mode === null || used === null || allowedBytes === null) return null;
  return `${formatBytes(used)} of ${formatBytes(allowedBytes)}${DIRECTIONS[mode]} are used`;
}
