import type { CallRow } from '../model.js';
import { toDecimal, unitsAt } from '../decimal.js';
import { toDigits } from '../phone.js';
import { type PhpArray, readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { json, type Json, MagnusStop } from './answers.js';
import { fiveDigits } from './dids.js';
import { type MagnusModule } from './module.js';
import { PhpFloat } from './php-json.js';
import { lines } from './users.js';

const callColumns =
  'id id_user id_plan id_trunk id_server id_prefix id_campaign callerid uniqueid starttime sessiontime calledstation sessionbill sipiax src buycost real_sessiontime terminatecauseid agent_bill idUserusername idPlanname idTrunktrunkcode idPrefixdestination idCampaignname idServername'.split(
    ' ',
  );
const newestFirst = (left: Json, right: Json): number => Number(right.id) - Number(left.id);

/** Answered calls. They can be changed and destroyed, but not made. */
export const calls: MagnusModule = {
  columns: new Set(callColumns),
  list: 'cdrs',
  order: newestFirst,
  rows: (world) => answered(world).map((row) => callRow(world, row)),
  save: (world, form, id) => {
    const row = id === null ? undefined : world.calls.find((call) => call.id === id);
    if (row === undefined) throw new MagnusStop(json({ success: false, rows: 'error', msg: 'Operation no allow' }));
    row.charge = readText(form, 'sessionbill') ?? row.charge;
    row.talkSeconds = Number(readText(form, 'real_sessiontime') ?? row.talkSeconds);
    row.billedSeconds = Number(readText(form, 'sessiontime') ?? row.billedSeconds);
    return row.id;
  },
  destroy: (world, id) => {
    const before = world.calls.length;
    world.calls = world.calls.filter((call) => call.id !== id);
    return world.calls.length < before;
  },
};

const answered = (world: AstWorld): CallRow[] => world.visibleCalls().filter(({ answeredAt }) => answeredAt !== null);

function callRow(world: AstWorld, row: CallRow): Json {
  const line = world.subscribers.get(row.subscriberId);
  const username = line === undefined || line.status === 'terminated' ? null : line.username;
  const [trunk] = row.direction === 'outbound' ? world.catalogue.trunks.values() : [];
  const prefix = row.prefix === null ? null : world.prefixId(row.prefix, row.description ?? '');
  const plan = line?.planId == null ? undefined : world.catalogue.plans.get(line.planId);
  return {
    id: Number(row.id),
    id_user: Number(row.subscriberId),
    id_plan: plan === undefined ? null : Number(plan.id),
    id_trunk: trunk === undefined ? null : Number(trunk.id),
    id_server: null,
    id_prefix: prefix,
    id_campaign: null,
    callerid: toDigits(row.source) ?? '',
    uniqueid: row.uniqueId,
    // The moment of answer; ringing is not kept.
    starttime: world.time.sql(row.answeredAt ?? row.startedAt),
    sessiontime: row.billedSeconds,
    calledstation: toDigits(row.direction === 'inbound' ? (row.did ?? row.destination) : row.destination),
    sessionbill: new PhpFloat(Number(row.charge ?? 0)),
    sipiax: row.isMessage ? 6 : row.direction === 'inbound' ? 2 : 0,
    src: row.direction === 'inbound' ? toDigits(row.source) : (line?.username ?? ''),
    buycost: '0.000000',
    real_sessiontime: row.isMessage ? null : row.talkSeconds,
    terminatecauseid: row.isMessage && row.talkSeconds === 0 ? 4 : (causes[row.disposition] ?? 1),
    agent_bill: '0.000000',
    idUserusername: username,
    idPlanname: plan?.fields.name ?? null,
    idTrunktrunkcode: trunk?.fields.name ?? null,
    idPrefixdestination: row.description,
    idCampaignname: null,
    idServername: null,
  };
}

const causes: Record<string, number> = { ANSWERED: 1, BUSY: 2, 'NO ANSWER': 3, CONGESTION: 5, FAILED: 6 };

/** Calls that nobody answered: without duration and charge. */
export const failedCalls: MagnusModule = {
  columns: new Set(
    'id id_user id_plan id_trunk callerid calledstation starttime sipiax src terminatecauseid hangupcause idUserusername'.split(
      ' ',
    ),
  ),
  order: newestFirst,
  rows: (world) =>
    world
      .visibleCalls()
      .filter(({ answeredAt }) => answeredAt === null)
      .map((row) => ({
        id: Number(row.id),
        id_user: Number(row.subscriberId),
        callerid: toDigits(row.source) ?? '',
        calledstation: toDigits(row.destination),
        starttime: world.time.sql(row.startedAt),
        sipiax: 0,
        src: world.subscribers.get(row.subscriberId)?.username ?? null,
        terminatecauseid: causes[row.disposition] ?? 6,
        hangupcause: 487,
        idUserusername: world.subscribers.get(row.subscriberId)?.username ?? null,
      })),
};

const notArchived = new Set(['callerid', 'id_server', 'id_campaign', 'idCampaignname', 'idServername']);

/** Calls that were moved here from the others, with ids of their own and without the number shown. */
export const archivedCalls: MagnusModule = {
  columns: new Set([...callColumns.filter((name) => !notArchived.has(name)), 'id_did', 'id_offer', 'stoptime']),
  order: newestFirst,
  rows: (world) =>
    world.archive.map((row) => ({
      ...Object.fromEntries(Object.entries(callRow(world, row)).filter(([name]) => !notArchived.has(name))),
      id_did: null,
      id_offer: 0,
      stoptime: '0000-00-00 00:00:00',
    })),
};

/** Adds to the credit at once, again with every repetition. */
export const refills: MagnusModule = {
  columns: new Set(
    'id id_user date credit description refill_type payment invoice_number image idUserusername'.split(' '),
  ),
  rows: (world) =>
    world.refills.map((row) => ({
      id: row.id,
      id_user: Number(row.userId),
      date: world.time.sql(row.at),
      credit: fiveDigits(unitsAt(toDecimal(row.amount), 4)),
      description: row.description,
      refill_type: 0,
      payment: row.payment,
      invoice_number: '',
      image: '',
      idUserusername: world.subscribers.get(row.userId)?.username ?? null,
    })),
  save: (world, form) => saveRefill(world, form),
  destroy: () => false,
};

function saveRefill(world: AstWorld, form: PhpArray): string {
  const user = lines(world).find((line) => line.id === readText(form, 'id_user'));
  const amount = readText(form, 'credit') ?? '';
  if (user === undefined || !/^-?\d+(\.\d+)?$/.test(amount)) {
    throw new MagnusStop(json({ success: false, rows: [], errors: { credit: ['Credit must be a number.'] } }));
  }
  const before = Number(user.credit) / 10_000;
  delete user.extra.credit;
  user.credit += unitsAt(toDecimal(amount), 4);
  const id = Number(world.nextId('refills'));
  const description = `${readText(form, 'description') ?? ''}, Old credit ${before}`;
  const payment = Number(readText(form, 'payment') ?? 0);
  world.refills.push({ id, userId: user.id, at: world.now(), amount, description, payment });
  return String(id);
}
