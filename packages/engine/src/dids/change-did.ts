import { type DidCommand, type ItemError, type PanelTelephony, SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { type Did, parseNumber } from '@sluice/telephony';
import { openTelephony } from '../calls/line-of-service.js';
import { toRequestError } from '../calls/simulate.js';
import { runCommand } from '../commands/run-command.js';
import type { CommandReport } from '../commands/types.js';
import { requireService, type Session } from '../session.js';

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
  values?: Readonly<Record<string, unknown>> | undefined;
  waitMs: number;
  dryRun: boolean;
}

/** `did link --json` and the others that change a number (docs/json.md). */
export interface DidReport {
  run: CommandReport['run'];
  service: string;
  /** The number as it reads back; empty where the panel does not have it any more. */
  dids: Did[];
  actions: CommandReport['actions'];
  notices: CommandReport['notices'];
  error: ItemError | null;
}

/** Changes one number as a command about the service whose line has it. Repeatable: what is done already is not done again. */
export async function changeDid(session: Session, request: DidRequest): Promise<DidReport> {
  const { operation, carrier, channels, values, dryRun, waitMs } = request;
  const panel = await findPanel(session, request);
  const telephony = await openTelephony(session, panel);
  const number = readNumber(telephony, request.number);
  const service =
    request.service === null
      ? await findOwner(session, { panel, telephony, number })
      : await requireService(session, request.service);
  refuseEnded(service);
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
    dids: live,
    actions,
    notices,
    error: report.service.error ?? report.error ?? null,
  };
}

async function findPanel(session: Session, { panel, service }: DidRequest): Promise<string> {
  if (service !== null) return (await requireService(session, service)).panel;
  if (panel !== null) return panel;
  const names = Object.keys(session.config.panels).filter(
    (name) => session.kindOf(name)?.capabilities.includes('calls') === true,
  );
  const [only, ...others] = names;
  if (only === undefined) throw usageError('unsupported', 'No panel of the config has telephony');
  if (others.length === 0) return only;
  throw usageError('ambiguous_panel', `Several panels have telephony (${names.join(', ')}): name one`, {
    panels: names,
  });
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
