import type { DidReport } from '@sluice/contract/documents';
import { type DidCommand, type PanelTelephony, SluiceError, usageError } from '@sluice/panel-kind';
import { numberSubject, type OwnershipRecord, type ServiceRecord } from '@sluice/state-store';
import { checkAreaCode, checkAreaCodeOf, type Did, parseNumber } from '@sluice/quota-core/telephony';
import { notFound } from '../../base/errors.js';
import { toRequestError } from '../calls/simulate.js';
import { runDecidedCommand } from '../command/run-command.js';
import { withRun } from '../../kernel/run/bracket.js';
import { readNames } from '../../context/names.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { type Asking, refuseUnpermitted } from '../../context/customer-terms.js';
import { toDocument } from '../telephony/documents.js';
import { requireTelephony } from '../telephony/panels.js';
import { type FieldValue, readValues, toRecordValues } from '../telephony/read-values.js';
import { isLiving, refuseWithoutLine } from '../../base/lifecycle.js';
import { findServiceOfLine } from '../../base/ownership.js';

/** A change of one number of a line. */
export interface DidRequest extends Asking {
  operation: DidCommand['operation'];
  /** As people write it. */
  number: string;
  /** The service whose line gets the number; null: the one that has it. */
  service: string | null;
  /** Null: the only telephony panel. */
  panel: string | null;
  carrier?: string | undefined;
  channels?: number | undefined;
  /** The area code that the number is stated to have, also where it is written without one. */
  areaCode?: string | undefined;
  /** The id of the billing system's product addon that the number is for. */
  addon?: string | undefined;
  /** As people write them, by the names of the documents. */
  values?: Readonly<Record<string, string>> | undefined;
  waitMs: number;
  dryRun: boolean;
}

/**
 * Changes one number as a command about the service whose line has it. Repeatable: what is done already is not done again.
 *
 * @throws SluiceError `no_number`, `number_unused`, `wrong_lifecycle`, `bad_value`, errors of the number
 */
export async function changeDid(context: Context, request: DidRequest): Promise<DidReport> {
  const { operation, carrier, channels, areaCode, addon, dryRun, waitMs } = request;
  checkAddon(addon);
  const named = request.service === null ? null : await requireService(context, request.service);
  const { panel, telephony } = await requireTelephony(context, named?.panel ?? request.panel);
  const number = readNumber(telephony, request);
  const place = { panel, telephony, number };
  // The line of a service in use may have another number of the addon.
  const isInUse = named !== null && isLiving(named);
  if (operation === 'release' && addon !== undefined && !isInUse && (await isFree(context, place))) {
    return reportFree(context, request, place);
  }
  if (operation === 'unlink' && named === null && (await isFreeOnPanel(context, place))) {
    return reportFree(context, request, place);
  }
  const service = named ?? (await findOwner(context, place, request));
  refuseWithoutLine(service);
  const written = request.values && { resource: 'dids' as const, operation: 'set' as const, values: request.values };
  const values = written && toRecordValues(withoutSecrets(readValues(telephony, written)));
  const frame = { command: `did ${operation}`, dryRun, waitMs } as const;
  const refuse = async (present: ServiceRecord): Promise<void> => {
    refuseWithoutLine(present);
    await refuseUnpermitted(context, present, request);
  };
  const { report } = await runDecidedCommand(context, service.id, frame, async (present) => {
    await refuse(present);
    return {
      account: { verb: 'did', operation, number, carrier, channels, areaCode, addon, values },
      storeTarget: () => Promise.resolve(),
      // Nothing is stored yet, and the panel may have been slow to answer what was read of it.
      confirm: async (service, refuseEnded) => {
        await refuseEnded();
        await refuse(service);
      },
      preview: (loaded) => loaded,
    };
  });
  const { run, actions, notices } = report;
  const error = report.service.error ?? report.error ?? null;
  const live = await listLive(context, place).catch((failure: unknown) => {
    // How the change ended counts, and not that its result can't be read.
    throw error === null ? failure : new SluiceError(error.code, error.message, { kind: 'panel' });
  });
  return { run, service: service.id, name: service.name, dids: live.map(toDocument), actions, notices, error };
}

/** A command is stored with its values, so that it can't have a secret. */
function withoutSecrets(values: FieldValue[]): FieldValue[] {
  const secret = values.find(({ field }) => field.type === 'secret');
  if (secret === undefined) return values;
  throw usageError('bad_value', `"${secret.field.name}" is a secret, which is not set in dids; nothing was changed`);
}

/** A number of a panel. */
interface Place {
  panel: string;
  telephony: PanelTelephony;
  number: string;
}

const list = ({ deps }: Context, { telephony, number }: Place): Promise<Did[]> =>
  telephony.list('dids', { number }, deps.signal);

async function listLive(context: Context, place: Place): Promise<Did[]> {
  return (await list(context, place)).filter(({ status }) => status !== 'terminated');
}

/** Whether the number belongs to no line, as after an earlier release. One that the panel does not show is free only by the store. */
async function isFree(context: Context, place: Place): Promise<boolean> {
  const dids = await list(context, place);
  if (dids.length > 0)
    return dids.every(({ status, subscriberId }) => status === 'terminated' || subscriberId === null);
  const periods = await listPeriods(context, place);
  return periods.length > 0 && periods.every(({ until }) => until !== null);
}

/** Returns which services had the number, and when. */
function listPeriods({ store }: Context, { panel, number }: Place): Promise<OwnershipRecord[]> {
  return store.ownership.list({ panel, subjects: [numberSubject(number)] });
}

/** Whether the panel has the number, without a line. */
async function isFreeOnPanel(context: Context, place: Place): Promise<boolean> {
  const live = await listLive(context, place);
  return live.length > 0 && live.every(({ subscriberId }) => subscriberId === null);
}

/** Reports a number that was released or unlinked before, as a run of its own. */
function reportFree(context: Context, { operation, service, dryRun }: DidRequest, place: Place): Promise<DidReport> {
  const purpose = { command: `did ${operation}`, dryRun, ...(service !== null && { service }) } as const;
  return withRun(context, purpose, async (run) => {
    if (!dryRun) await run.start();
    await run.end({ outcome: 'done', changes: false });
    const { observing: _panels, ...view } = run.view;
    const dids = (await listLive(context, place)).map(toDocument);
    const name = (await readNames(context.store, [{ service }])).toService(service);
    return { run: view, service, name, dids, actions: [], notices: [], error: null };
  });
}

function checkAddon(addon: string | undefined): void {
  if (addon === undefined || /^[\w.-]{1,64}$/.test(addon)) return;
  throw usageError('bad_option', `${JSON.stringify(addon)} is not the id of an addon`);
}

function readNumber({ country }: PanelTelephony, { number: text, areaCode }: DidRequest): string {
  try {
    if (areaCode === undefined) return parseNumber(text, { country }).number;
    const parsed = parseNumber(text, { country, defaultAreaCode: checkAreaCode(areaCode) });
    checkAreaCodeOf(parsed, areaCode);
    return parsed.number;
  } catch (error) {
    throw toRequestError(error);
  }
}

async function findOwner(context: Context, place: Place, request: DidRequest): Promise<ServiceRecord> {
  const { panel, telephony, number } = place;
  const dids = await listLive(context, place);
  const did = dids.find(({ subscriberId }) => subscriberId !== null);
  const services = did === undefined ? [] : await context.store.services.list({ panel });
  const owner = findServiceOfLine(services, telephony, did?.subscriberId);
  if (owner !== undefined) return owner;
  const former =
    did === undefined ? await findFormerOwner(context, place, { request, isHidden: dids.length === 0 }) : null;
  if (former !== null) return former;
  if (dids.length === 0) {
    throw notFound('no_number', `Panel "${panel}" has no number ${number}`, { panel, number });
  }
  throw new SluiceError('number_unused', `Number ${number} of panel "${panel}" belongs to no service`, {
    details: { panel, number },
  });
}

/** Returns the service that had a number without a line, where an earlier release for it may be repeated: its answer may be lost. */
async function findFormerOwner(
  context: Context,
  place: Place,
  { request, isHidden }: { request: DidRequest; isHidden: boolean },
): Promise<ServiceRecord | null> {
  const periods = await listPeriods(context, place);
  const open = periods.find(({ until }) => until === null);
  if (open !== undefined && isHidden && request.addon !== undefined) return requireService(context, open.service);
  if (request.operation !== 'release') return null;
  const id = (open ?? (isHidden ? undefined : periods.at(-1)))?.service;
  const former = id === undefined ? null : await context.store.services.get(id);
  return former !== null && isLiving(former) ? former : null;
}
