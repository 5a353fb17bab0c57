/** A value that a wire can have in a form or in JSON. */
export type Scalar = string | number | boolean | null;

/** What a refusal means, whatever the system's own word for it. */
export type FailureKind =
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'validation_failed'
  | 'rate_limited'
  | 'unsupported'
  | 'unavailable'
  | 'internal'
  | 'bad_response';

/** The resources that a profile can describe. */
export type ResourceName =
  | 'auth'
  | 'subscribers'
  | 'dids'
  | 'customers'
  | 'plans'
  | 'carriers'
  | 'countries'
  | 'trunks'
  | 'routes'
  | 'rates'
  | 'simulator'
  | 'cdrs'
  | 'reports';

/** What can be done with a resource. */
export type OperationName =
  | 'verify'
  | 'list'
  | 'get'
  | 'find'
  | 'create'
  | 'update'
  | 'suspend'
  | 'unsuspend'
  | 'terminate'
  | 'delete'
  | 'simulate'
  | 'download'
  | 'link'
  | 'unlink';

/** Where the parts of an answer are: JSON Pointers. */
export interface Envelope {
  item?: string | undefined;
  list?: string | undefined;
  total?: string | null | undefined;
  next?: string | null | undefined;
  emptyListAs?: ('null' | 'empty-string' | 'empty-object' | 'missing' | 'not-found')[] | undefined;
}

/** How a list is divided into pages. */
export interface Pagination {
  style: 'offset' | 'page' | 'cursor' | 'none';
  limitParam?: string | undefined;
  offsetParam?: string | undefined;
  pageParam?: string | undefined;
  firstPage?: 0 | 1 | undefined;
  cursorParam?: string | undefined;
  limit?: number | undefined;
  maxPages?: number | undefined;
}

/** A test that makes an answer an error. */
export interface FailureTest {
  at: string;
  equals?: Scalar[] | undefined;
  present?: boolean | undefined;
  contains?: string[] | undefined;
  kind?: FailureKind | undefined;
}

/** How values are written on the wire. */
export interface Formats {
  money: 'decimal-string' | 'decimal-comma-string' | 'number' | 'integer-cents';
  datetime: 'iso8601-offset' | 'iso8601-utc' | 'sql-local' | 'br-local' | 'epoch-seconds';
  date?: 'iso' | 'br' | undefined;
  timezone: string;
  duration: 'seconds' | 'hh:mm:ss' | 'decimal-minutes';
  phone: 'e164' | 'digits' | 'national-br';
  boolean: [Scalar, Scalar];
  rangeStart?: 'inclusive' | 'exclusive' | undefined;
  rangeEnd?: 'exclusive' | 'inclusive' | undefined;
}

/** A read before a write, whose result a composed value names, or which must find nothing. */
export interface Lookup {
  method: 'GET' | 'POST';
  path: string;
  fixed?: Record<string, Scalar> | undefined;
  query?: Record<string, Scalar> | undefined;
  filters: Record<string, string>;
  at: string;
  /** The write is refused as a conflict when something is found. */
  absent?: true | undefined;
}

/** An operation with a request of its own. */
export interface CallOperation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path?: string | undefined;
  root?: boolean | undefined;
  idIn?: 'path' | 'query' | 'body' | 'filter' | undefined;
  idName?: string | undefined;
  fixed?: Record<string, Scalar> | undefined;
  query?: Record<string, Scalar> | undefined;
  send?: string[] | undefined;
  compose?: Record<string, string> | undefined;
  lookup?: Record<string, Lookup> | undefined;
  bodyEncoding?: 'json' | 'form' | undefined;
  envelope?: Envelope | undefined;
  pagination?: Pagination | undefined;
  failedWhen?: FailureTest[] | undefined;
  acceptStatus?: number[] | undefined;
  response?: 'json' | 'text' | 'bytes' | 'empty' | undefined;
}

/** An operation that another one performs. */
export type ViaOperation =
  { via: 'update'; set: Record<string, Scalar> } | { via: 'terminate' | 'unlink'; set?: undefined };

/** `false`: the system lacks it. */
export type Operation = false | CallOperation | ViaOperation;

/** One resource of a system. */
export interface Resource {
  path?: string | undefined;
  idField?: string | undefined;
  fields?: Record<string, string | null | [string, string]> | undefined;
  filters?: Record<string, string> | undefined;
  fixedFilters?: Record<string, Scalar> | undefined;
  values?: Record<string, Record<string, Scalar | Scalar[]>> | undefined;
  nullAs?: Record<string, Scalar[]> | undefined;
  /** Fields that the system keeps as whole numbers. */
  wholeNumbers?: string[] | undefined;
  formats?: Partial<Formats> | undefined;
  within?: 'subscribers' | undefined;
  operations?: Partial<Record<OperationName, Operation>> | undefined;
}

/** How requests prove who sends them; the credential itself is never in a profile. */
export type ProfileAuth =
  | {
      kind: 'bearer' | 'header' | 'query' | 'body' | 'basic' | 'none';
      name?: string | undefined;
      prefix?: string | undefined;
    }
  | {
      kind: 'hmac';
      algorithm: 'sha256' | 'sha512';
      digest: 'hex' | 'base64';
      signs: 'body';
      keyHeader: string;
      signHeader: string;
      nonce?: { in?: 'body' | undefined; name: string; source: 'epoch-micros' | 'epoch-millis' | 'uuid' } | undefined;
    };

/** How filters are written. */
export type FiltersEncoding =
  | { style: 'params' }
  | {
      style: 'json-list';
      param: string;
      item: Record<string, string>;
      ops: { eq: string; from: string; to: string };
    };

/** A valid profile: everything that the client knows of a system's wire (docs/profiles.md). */
export interface Profile {
  $schema?: string | undefined;
  profileVersion: 1;
  name: string;
  description?: string | undefined;
  extends?: 'default' | 'magnusbilling' | undefined;
  basePath: string;
  http?:
    | {
        timeoutMs?: number | undefined;
        maxResponseBytes?: number | undefined;
        bodyEncoding?: 'json' | 'form' | undefined;
        headers?: Record<string, string> | undefined;
        idempotencyHeader?: string | null | undefined;
        minIntervalMs?: number | undefined;
        ignoreContentType?: boolean | undefined;
      }
    | undefined;
  auth: ProfileAuth;
  filtersEncoding?: FiltersEncoding | undefined;
  envelope: Envelope;
  pagination: Pagination;
  errors: {
    failedWhen?: FailureTest[] | undefined;
    code?: string | null | undefined;
    message: string;
    details?: string | null | undefined;
    requestId?: string | null | undefined;
    codeMap?: Record<string, FailureKind> | undefined;
  };
  formats: Formats;
  resources: Partial<Record<ResourceName, Resource>>;
}
