import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import * as documents from './documents/index.js';
import { ENDPOINTS } from './endpoints/index.js';

const KINDS = ['service', 'client', 'package', 'product', 'plan', 'carrier', 'agent'];

/** Ids that stand without a name, each with the reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'GET /services/:service/customer-fields.service': 'the service that was asked for',
  'access.me.agent': 'is the name',
  'access.me.client': 'the one that asks',
  'agents.explainedAgent.reservations.agent':
    'the uuid of the agent that is explained, or of one below it, which the list of agents names',
  'calls.callRecords.calls.carrierId': 'as the record of the panel has it',
  'calls.lineRates.plan': 'the id of the panel; `lineView` has the record of the plan with its name',
  'calls.simulatedCall.plan': 'the id of the panel; `lineView` has the record of the plan with its name',
  'common.notices.service': 'its message names it',
  'embedded.embeddedClient.client': 'the one that reads it, on a page of WHMCS that names him',
  'embedded.embeddedClient.services.service': 'its title names it',
  'embedded.embeddedService.packages.package': 'its label names it',
  'embedded.embeddedService.service': 'its title names it',
  'embedded.embeddedService.unpaid.package': 'is the name',
  'holds.hold.service': 'only inside documents of that one service, which have its name',
  'reports.createdUser.user.agent': 'the agent that the command named',
  'reports.importProblem.service': 'row of a file, of a service that may not be stored',
  'reports.syncProblem.service': 'row of an export of others, of a service that may not be stored',
  'reports.task.service': 'as the request stated it; the report of the run names it',
  'usage.traffic.client': 'the filter that was asked for',
  'usage.traffic.product': 'the filter that was asked for',
  'webhooks.noticeData.product': 'is the name',
};

interface Def {
  readonly type: string;
  readonly [part: string]: unknown;
}

const toDef = (schema: z.core.$ZodType): Def => schema._zod.def as unknown as Def;
const isSchema = (value: unknown): value is z.core.$ZodType => value instanceof z.core.$ZodType;

/** The schemas inside one that is not an object: of its items, options, values and what it wraps. */
function inside(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { type, getter, ...parts } = toDef(schema);
  if (type === 'lazy') return [(getter as () => z.core.$ZodType)()];
  return Object.values(parts)
    .flatMap((part): unknown[] => (Array.isArray(part) ? part : [part]))
    .filter(isSchema);
}

/** Whether values are text, or text or null. */
function isText(schema: z.core.$ZodType): boolean {
  const { type } = toDef(schema);
  return (
    type === 'string' || (['optional', 'nullable', 'readonly', 'union'].includes(type) && inside(schema).some(isText))
  );
}

/** A document of a service may call it `name`, where the description says whose it is: it may as well be that of a rule or a token. */
function hasName(shape: Record<string, z.core.$ZodType>, key: string, kind: string): boolean {
  const { name } = shape;
  const ofService = name instanceof z.ZodType && /^Of the service/u.test(name.description ?? '');
  return `${kind}Name` in shape || (key === 'service' && ofService);
}

/** Every document by its place: `holds.entry`. */
const DOCUMENTS: ReadonlyMap<z.core.$ZodType, string> = new Map(
  Object.entries(documents).flatMap(([group, schemas]) =>
    Object.entries(schemas).flatMap(([key, schema]: [string, unknown]): [z.core.$ZodType, string][] =>
      isSchema(schema) ? [[schema, `${group}.${key}`]] : [],
    ),
  ),
);

/** Finds `document.path.key` of each id without its name, but not in other documents inside: those are walked themselves. */
function findNameless(schema: z.core.$ZodType, at: string): string[] {
  if ((DOCUMENTS.get(schema) ?? at) !== at) return [];
  if (!(schema instanceof z.ZodObject)) return inside(schema).flatMap((each) => findNameless(each, at));
  const shape = schema.shape as Record<string, z.core.$ZodType>;
  return Object.entries(shape).flatMap(([key, value]) => {
    const kind = key.replace(/Id$/u, '');
    const nameless = KINDS.includes(kind) && isText(value) && !hasName(shape, key, kind);
    return [...(nameless ? [`${at}.${key}`] : []), ...findNameless(value, `${at}.${key}`)];
  });
}

function listNameless(): string[] {
  const ofDocuments = [...DOCUMENTS].flatMap(([schema, at]) => findNameless(schema, at));
  const ofAnswers = Object.entries(ENDPOINTS).flatMap(([address, { answer }]) => findNameless(answer, address));
  return [...new Set([...ofDocuments, ...ofAnswers])];
}

describe('documents', () => {
  it('have a name beside each id of what people name', () => {
    expect(listNameless().sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });
});
