import { type DidCommand, type ItemError, type PanelTelephony, SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { parseNumber } from '@sluice/telephony';
import { toRequestError } from '../calls/simulate.js';
import { runCommand } from '../commands/run-command.js';
import type { CommandReport } from '../commands/types.js';
import { requireService, type Session } from '../session.js';
import { toDocument, type TelephonyDocument } from '../telephony/documents.js';
import { requireTelephony } from '../telephony/panels.js';
import { readValues, toRecordValues } from '../telephony/read-values.js';

/** A change of one number of a line. */
export interface DidRequest {
  operation: DidCommand['operation'];
  /** As people write it. */
  number: string;
  /** The service whose line gets the number; null: the one that has it. */
  service: string | null;
  /** Null: the only telephony panel. */
  panel: string | null;
  carrier?: string | undefined;
  channels?: number | undefined;
  /** As people write them, by the names of the documents. */
  values?: Readonly<Record<string, string>> | undefined;
  waitMs: number;
  dryRun: boolean;
}

/** `did link --json` and the others that change a number (docs/json.md). */
export interface DidReport {
  run: CommandReport['run'];
  service: string;
  /** The number as it reads back; empty where the panel does not have it any more. */
  dids: TelephonyDocument[];
  actions: CommandReport['actions'];
  notices: CommandReport['notices'];
  error: ItemError | null;
}

/** Changes one number as a command about the service whose line has it. Repeatable: what is done already is not done again. */
export async function changeDid(session: Session, request: DidRequest): Promise<DidReport> {
  const { operation, carrier, channels, dryRun, waitMs } = request;
  const { service: named } = request;
  const stated = named === null ? request.panel : (await requireService(session, named)).panel;
  const { panel, telephony } = await requireTelephony(session, stated);
  const number = readNumber(telephony, request.number);
  const service =
    request.service === null
      ? await findOwner(session, { panel, telephony, number })
      : await requireService(session, request.service);
  refuseEnded(service);
  const values = request.values && toRecordValues(readValues(telephony, 'dids', request.values));
  const account = { verb: 'did', operation, number, carrier, channels, values } as const;
  const { report } = await runCommand(session, service.id, {
    command: `did ${operation}`,
    dryRun,
    waitMs,
    account,
    storeTarget: () => Promise.resolve(),
    preview: (loaded) => loaded,
  });
  const { run, actions, notices } = report;
  const dids = await telephony.list('dids', { number }, session.deps.signal);
  const live = dids.filter(({ status }) => status !== 'terminated');
  return {
    run,
    service: service.id,
    dids: live.map(toDocument),
    actions,
    notices,
    error: report.service.error ?? report.error ?? null,
  };
}

function readNumber({ country }: PanelTelephony, text: string): string {
  try {
    return parseNumber(text, { country }).number;
  } catch (error) {
    throw toRequestError(error);
  }
}

async function findOwner(
  session: Session,
  { panel, telephony, number }: { panel: string; telephony: PanelTelephony; number: string },
): Promise<ServiceRecord> {
  const dids = await telephony.list('dids', { number }, session.deps.signal);
  const did = dids.find(({ status, subscriberId }) => status !== 'terminated' && subscriberId !== null);
  const services = did === undefined ? [] : await session.store.services.list({ panel });
  const owner = services.find((service) => telephony.subscriberOf(service) === did?.subscriberId);
  if (owner !== undefined) return owner;
  const isThere = dids.some(({ status }) => status !== 'terminated');
  if (!isThere) {
    throw new SluiceError('no_number', `Panel "${panel}" has no number ${number}`, {
      kind: 'not-found',
      details: { panel, number },
    });
  }
  throw new SluiceError('number_unused', `Number ${number} of panel "${panel}" belongs to no service`, {
    details: { panel, number },
  });
}

function refuseEnded({ id, status }: ServiceRecord): void {
  if (status === 'active' || status === 'suspended') return;
  throw new SluiceError('wrong_lifecycle', `"${id}" is ${status}: it has no line whose numbers can be changed`, {
    details: { service: id, lifecycle: status },
  });
}
