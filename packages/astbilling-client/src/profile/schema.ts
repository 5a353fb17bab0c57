import * as z from 'zod';
import {
  headerName,
  oneLine,
  optionalMembers,
  parameter,
  path,
  pattern,
  pointer,
  scalar,
  visible,
  wireName,
} from './value-forms.js';

/** Headers that the transport or the credential sets. */
const OWN_HEADERS = new Set(['authorization', 'cookie', 'host', 'content-length']);
const SIGNED_HEADERS = new Set(['host', 'cookie', 'content-length', 'content-type']);
const signatureHeader = headerName.refine((name) => !SIGNED_HEADERS.has(name.toLowerCase()), {
  error: 'name a header that the transport does not set itself',
});

/** Kinds of refusals that a system may name itself. */
export const failureKinds = [
  ...['bad_request', 'unauthorized', 'forbidden', 'not_found', 'conflict', 'validation_failed'],
  ...['rate_limited', 'unsupported', 'unavailable', 'internal'],
] as const;

/** What a refusal means, in our words and not in the system's. @useDeclaredType */
export type FailureKind = (typeof failureKinds)[number] | 'bad_response';

const RESOURCES = [
  ...['auth', 'subscribers', 'dids', 'customers', 'plans', 'carriers', 'countries'],
  ...['trunks', 'routes', 'rates', 'simulator', 'cdrs', 'reports'],
] as const;

/** The resources that a profile can describe. @useDeclaredType */
export type ResourceName = (typeof RESOURCES)[number];

const OPERATIONS = [
  ...['verify', 'list', 'get', 'find', 'create', 'update', 'suspend', 'unsuspend', 'terminate'],
  ...['delete', 'simulate', 'download', 'link', 'unlink', 'archive'],
] as const;

/** What can be done with a resource. @useDeclaredType */
export type OperationName = (typeof OPERATIONS)[number];

const http = z.strictObject({
  timeoutMs: z.int().min(100).max(600_000).optional(),
  maxResponseBytes: z.int().min(1024).optional(),
  bodyEncoding: z.enum(['json', 'form']).optional(),
  headers: z
    .record(
      headerName.refine((name) => !OWN_HEADERS.has(name.toLowerCase()), {
        error: 'a profile may not set this header; the credential belongs to the configuration',
      }),
      visible,
    )
    .optional(),
  idempotencyHeader: headerName.nullable().optional(),
  minIntervalMs: z.int().min(0).optional(),
  ignoreContentType: z.boolean().optional(),
});

const auth = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['bearer', 'header', 'query', 'body', 'basic', 'none']),
    name: pattern(/^[A-Za-z0-9_-]+$/, 'write a name of letters, digits, _ and - only').optional(),
    prefix: visible.optional(),
  }),
  z.strictObject({
    kind: z.literal('hmac'),
    algorithm: z.enum(['sha256', 'sha512']),
    digest: z.enum(['hex', 'base64']),
    signs: z.enum(['body']),
    keyHeader: signatureHeader,
    signHeader: signatureHeader,
    nonce: z
      .strictObject({
        in: z.enum(['body']).optional(),
        name: parameter,
        source: z.enum(['epoch-micros', 'epoch-millis', 'uuid']),
      })
      .optional(),
  }),
]);

/** How requests prove who sends them; the credential itself is never in a profile. @useDeclaredType */
export type ProfileAuth = z.infer<typeof auth>;

const filtersEncoding = z.discriminatedUnion('style', [
  z.strictObject({ style: z.literal('params') }),
  z.strictObject({
    style: z.literal('json-list'),
    param: parameter,
    item: z.record(z.string(), z.string()),
    ops: z.strictObject({
      eq: z.string(),
      from: z.string(),
      to: z.string(),
      after: z.string().optional(),
      before: z.string().optional(),
    }),
  }),
]);

/** How filters are written. @useDeclaredType */
export type FiltersEncoding = z.infer<typeof filtersEncoding>;

const envelope = z.strictObject({
  item: pointer.optional(),
  list: pointer.optional(),
  total: pointer.nullable().optional(),
  next: pointer.nullable().optional(),
  emptyListAs: z.array(z.enum(['null', 'empty-string', 'empty-object', 'missing', 'not-found'])).optional(),
});

/** Where the parts of an answer are: JSON Pointers. @useDeclaredType */
export type Envelope = z.infer<typeof envelope>;

const pagination = z.strictObject({
  style: z.enum(['offset', 'page', 'cursor', 'after', 'none']),
  limitParam: parameter.optional(),
  offsetParam: parameter.optional(),
  pageParam: parameter.optional(),
  firstPage: z.union([z.literal(0), z.literal(1)], { error: 'write 0 or 1' }).optional(),
  cursorParam: parameter.optional(),
  afterFilter: parameter.optional(),
  remaining: pointer.optional(),
  limit: z.int().min(1).max(10_000).optional(),
  maxPages: z.int().min(1).optional(),
});

/** How a list is divided into pages. @useDeclaredType */
export type Pagination = z.infer<typeof pagination>;

const failureTest = z.strictObject({
  at: pointer,
  equals: z.array(scalar).optional(),
  present: z.boolean().optional(),
  contains: z.array(z.string().min(1, 'an empty text would match everything')).min(1).optional(),
  kind: z.enum([...failureKinds, 'bad_response']).optional(),
});

/** A test that makes an answer an error. @useDeclaredType */
export type FailureTest = z.infer<typeof failureTest>;

const errors = z.strictObject({
  failedWhen: z.array(failureTest).optional(),
  code: pointer.nullable().optional(),
  message: pointer,
  details: pointer.nullable().optional(),
  requestId: pointer.nullable().optional(),
  codeMap: z.record(z.string(), z.enum(failureKinds)).optional(),
});

const formats = z.strictObject({
  money: z.enum(['decimal-string', 'decimal-comma-string', 'number', 'integer-cents']),
  datetime: z.enum(['iso8601-offset', 'iso8601-utc', 'sql-local', 'br-local', 'epoch-seconds']),
  date: z.enum(['iso', 'br']).optional(),
  timezone: z.string(),
  duration: z.enum(['seconds', 'hh:mm:ss', 'decimal-minutes']),
  phone: z.enum(['e164', 'digits', 'national-br']),
  boolean: z.tuple([scalar, scalar]),
  rangeStart: z.enum(['inclusive', 'exclusive']).optional(),
  rangeEnd: z.enum(['exclusive', 'inclusive']).optional(),
});

/** How values are written on the wire. @useDeclaredType */
export type Formats = z.infer<typeof formats>;

const rating = z.strictObject({
  incrementBase: z.enum(['after-initial', 'whole-duration']).optional(),
  minimum: z.enum(['charged', 'free']).optional(),
  places: z.int().min(0).max(12).optional(),
  digits: z.int().min(1).max(30).optional(),
});

const scalars = z.record(z.string(), scalar);
const lookup = z.strictObject({
  method: z.enum(['GET', 'POST'], { error: 'a lookup only reads: write GET or POST' }),
  path,
  fixed: scalars.optional(),
  query: z.record(parameter, scalar).optional(),
  filters: z
    .record(parameter, oneLine)
    .refine((filters) => Object.keys(filters).length > 0, { error: 'a lookup without a filter would take any record' }),
  at: pattern(/^\/.*$/s, 'write a JSON Pointer to the value, such as /data/0/id'),
  /** The write is refused as a conflict when something is found. */
  absent: z.literal(true, { error: 'write true, or leave it out' }).optional(),
});

/** A read before a write, whose result a composed value names, or which must find nothing. @useDeclaredType */
export type Lookup = z.infer<typeof lookup>;

const call = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: path.optional(),
  root: z.boolean().optional(),
  idIn: z.enum(['path', 'query', 'body', 'filter']).optional(),
  idName: parameter.optional(),
  fixed: scalars.optional(),
  query: z.record(parameter, scalar).optional(),
  send: z.array(z.string()).optional(),
  compose: z.record(parameter, oneLine).optional(),
  lookup: z.record(pattern(/^[a-z][a-z0-9_]{0,31}$/, 'write lower-case letters, digits and _ only'), lookup).optional(),
  bodyEncoding: z.enum(['json', 'form']).optional(),
  envelope: envelope.optional(),
  pagination: pagination.optional(),
  failedWhen: z.array(failureTest).optional(),
  acceptStatus: z.array(z.int().min(200).max(499)).optional(),
  response: z.enum(['json', 'text', 'bytes', 'empty']).optional(),
});

/** An operation with a request of its own. @useDeclaredType */
export type CallOperation = z.infer<typeof call>;

const viaUpdate = z.strictObject({ via: z.literal('update'), set: scalars });
const viaOther = z.strictObject({
  via: z.enum(['terminate', 'unlink'], { error: 'write update (with set), terminate or unlink' }),
});

/** An operation that another one performs. @useDeclaredType */
export type ViaOperation = z.infer<typeof viaUpdate> | z.infer<typeof viaOther>;

/** `false`: the system lacks it. */
export type Operation = false | CallOperation | ViaOperation;

/** A union of its own, because one of zod's names no path inside of the form that was meant. */
const operation = z.custom<Operation>().superRefine((value, context) => {
  if ((value as unknown) === false) return;
  const { via } = (typeof value === 'object' ? value : {}) as { via?: unknown };
  const form = via === undefined ? call : via === 'update' ? viaUpdate : viaOther;
  const checked = form.safeParse(value);
  if (checked.success) return;
  for (const issue of checked.error.issues) context.addIssue({ ...issue, path: [...issue.path] });
});

const resource = z.strictObject({
  path: path.optional(),
  idField: z.string().optional(),
  fields: z
    .record(
      z.string(),
      z.union([wireName, z.null(), z.tuple([wireName, wireName])], {
        error: 'expected the name of a wire field, two names (first word, rest), or null',
      }),
    )
    .optional(),
  filters: z.record(z.string(), parameter).optional(),
  fixedFilters: z.record(parameter, scalar).optional(),
  values: z.record(z.string(), z.record(z.string(), z.union([scalar, z.array(scalar)]))).optional(),
  nullAs: z.record(z.string(), z.array(scalar).min(1)).optional(),
  /** Fields that have the value of another one where theirs is null or 0. */
  whenEmpty: z.record(z.string(), z.string()).optional(),
  /** Fields that the system keeps as whole numbers. */
  wholeNumbers: z.array(z.string()).optional(),
  formats: formats.partial().optional(),
  within: z.enum(['subscribers'], { error: 'customers can be within subscribers only' }).optional(),
  operations: optionalMembers(OPERATIONS, operation).optional(),
});

/** One resource of a system. @useDeclaredType */
export type Resource = z.infer<typeof resource>;

/** The form of the whole document, after merging. */
export const profileSchema = z.strictObject({
  $schema: z.string().optional(),
  profileVersion: z.literal(1, { error: 'write 1, the only version of profiles' }),
  name: pattern(/^[a-z0-9][a-z0-9-]{0,63}$/, 'write lower-case letters, digits and - only'),
  description: z.string().optional(),
  extends: z
    .enum(['default', 'magnusbilling'], { error: 'name a built-in profile: default or magnusbilling' })
    .optional(),
  basePath: path,
  http: http.optional(),
  auth,
  filtersEncoding: filtersEncoding.optional(),
  envelope,
  pagination,
  errors,
  formats,
  rating: rating.optional(),
  /** Words that the system refuses inside any value, in capitals or not. */
  blockedWords: z.array(oneLine.min(1)).optional(),
  resources: optionalMembers(RESOURCES, resource),
});

/** A valid profile: everything that the client knows of a system's wire (docs/profiles.md). @useDeclaredType */
export type Profile = z.infer<typeof profileSchema>;
