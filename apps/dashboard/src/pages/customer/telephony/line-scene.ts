import type { ServiceDetail } from '@sluice/engine';
import { say } from '@sluice/messages';
import { SluiceError } from '@sluice/panel-kind';
import { coloured, findTone, notice } from '../../../layout/components.js';
import { plain, type Times } from '../../../layout/format.js';
import type { Html } from '../../../layout/html.js';
import { toTimes } from '../../../layout/page-times.js';
import { toWording, type Wording } from '../../../layout/wording.js';
import type { PageRequest } from '../../../requests/page-request.js';
import type { LastRead, PanelReads } from '../../../requests/panel-reads.js';
import { clientError } from '../../../server/failure.js';
import { hasCapability } from '../../capabilities.js';
import { ownService } from '../own.js';

/** What the parts about a line are made of. */
export interface LineScene {
  request: PageRequest;
  service: ServiceDetail;
  reads: PanelReads;
  times: Times;
  wording: Wording;
}

/** Returns what the parts about the line of a service are made of. */
export function toLineScene(request: PageRequest, service: ServiceDetail, reads: PanelReads): LineScene {
  const wording = toWording(request.language);
  return { request, service, reads, times: toTimes(request, service.panel), wording };
}

/**
 * Returns what a page about the line of a service is made of.
 *
 * @throws SluiceError `unknown_service`; `unknown_page` for a service without calls
 */
export async function openLineScene(request: PageRequest, reads: PanelReads): Promise<LineScene> {
  const service = await ownService(request);
  if (await hasCapability(request.sluice, service.panel, 'calls')) return toLineScene(request, service, reads);
  throw clientError('unknown_page', say('problem.unknownPage'), { kind: 'not-found' });
}

const WRONG: ReadonlySet<string> = new Set(['conflict', 'not-found']);

/** Why something of the telephone system can't be shown. */
function findUnread({ value, error }: LastRead<unknown>) {
  if (error instanceof SluiceError && (WRONG.has(error.kind) || error.code === 'PANEL_NOT_FOUND'))
    return 'problem.line';
  if (error instanceof SluiceError && (error.kind === 'unsupported' || error.code === 'unknown_plan'))
    return 'line.notShown';
  if (error instanceof SluiceError && error.code === 'too_many_requests') return 'line.tooMany';
  return value === null ? 'line.downLater' : 'line.down';
}

/** One sentence in place of what can't be read, or the age of what is shown instead. */
export function showAge(
  read: LastRead<unknown>,
  { times, wording }: Pick<LineScene, 'times' | 'wording'>,
): Html | null {
  const { value, at, failed } = read;
  const why = wording.say(findUnread(read));
  if (value === null) return notice('warning', why);
  return failed ? notice('warning', wording.say('line.from', { why, at: times.full(at) })) : null;
}

/** A number or user name of a record. */
export function number(value: unknown, wording: Wording): Html {
  return wording.identifier(plain(value));
}

/** An amount without the zeros that systems write behind it. */
export function shortMoney(amount: string, currency: string, wording: Wording): Html {
  return wording.money(amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, ''), currency);
}

/** The state of a record of the panel, in words where it is one that we know. */
export function showState(value: unknown, wording: Wording): Html {
  const state = plain(value) || 'unknown';
  return coloured(wording.code('state', state), findTone(state));
}
