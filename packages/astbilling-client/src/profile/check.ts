import { CANONICAL_FIELDS } from '../wire/fields.js';
import { placeholdersIn, listTemplates } from '../wire/request.js';
import type { ProfileProblem } from './profile-error.js';
import type {
  CallOperation,
  FailureTest,
  Operation,
  OperationName,
  Profile,
  Resource,
  ResourceName,
} from './schema.js';

/** Finds what the form alone does not show: names without a meaning, and parts that contradict each other. */
export function checkProfile(profile: Profile): ProfileProblem[] {
  const problems: ProfileProblem[] = [];
  const report = (path: string, message: string): void => {
    problems.push({ path, message });
  };
  checkCommon(profile, report);
  for (const [name, resource] of Object.entries(profile.resources)) {
    if (resource !== undefined) checkResource(profile, name as ResourceName, resource, report);
  }
  return problems;
}

type Report = (path: string, message: string) => void;

function checkCommon(profile: Profile, report: Report): void {
  const { auth, http = {}, errors, formats } = profile;
  const own = Object.keys(http.headers ?? {}).map((name) => name.toLowerCase());
  const credential =
    auth.kind === 'hmac'
      ? [auth.keyHeader, auth.signHeader]
      : auth.kind === 'header' || auth.kind === 'bearer'
        ? [auth.name ?? 'Authorization']
        : [];
  for (const name of credential) {
    if (own.includes(name.toLowerCase())) report(`http.headers.${name}`, 'this header has the credential; remove it');
  }
  if (auth.kind !== 'hmac' && auth.kind !== 'bearer' && auth.kind !== 'basic' && auth.kind !== 'none') {
    if (auth.name === undefined) report('auth.name', 'name the header or parameter that has the token');
  }
  if (credential.some((name) => ['host', 'cookie', 'content-length', 'content-type'].includes(name.toLowerCase()))) {
    report('auth.name', 'name a header that the transport does not set itself');
  }
  checkZone(formats.timezone, 'formats.timezone', report);
  checkPages(profile.pagination, 'pagination', profile.envelope.next, report);
  checkBounds(profile, report);
  checkTests(errors.failedWhen, 'errors.failedWhen', report);
}

function checkZone(timeZone: string | undefined, path: string, report: Report): void {
  if (timeZone === undefined) return;
  try {
    if (!/^[A-Za-z]/.test(timeZone)) throw new RangeError();
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    report(path, 'write a name of the IANA list, such as America/Sao_Paulo or UTC');
  }
}

function checkBounds({ pagination, resources, filtersEncoding }: Profile, report: Report): void {
  if (filtersEncoding?.style !== 'json-list') return;
  const all = Object.values(resources).flatMap((resource) =>
    Object.values(resource?.operations ?? {}).map((one) =>
      one !== undefined && one !== false && 'pagination' in one ? one.pagination : undefined,
    ),
  );
  all.push(pagination);
  const after = all.filter((one) => one?.style === 'after');
  if (after.length > 0 && filtersEncoding.ops.after === undefined) {
    report('filtersEncoding.ops.after', 'name the comparison "greater" of the style after');
  }
  if (after.some((one) => one?.remaining !== undefined) && filtersEncoding.ops.before === undefined) {
    report('filtersEncoding.ops.before', 'name the comparison "less" that pagination.remaining is checked with');
  }
}

function checkPages(
  pagination: CallOperation['pagination'],
  path: string,
  next: string | null | undefined,
  report: Report,
): void {
  if (pagination === undefined) return;
  const { style } = pagination;
  const needed = {
    offset: 'offsetParam',
    page: 'pageParam',
    cursor: 'cursorParam',
    after: 'afterFilter',
    none: null,
  } as const;
  const parameter = needed[style];
  if (parameter === null) return;
  if (pagination[parameter] === undefined) report(`${path}.${parameter}`, `name the parameter of the style ${style}`);
  if ((style === 'offset' || style === 'after') && pagination.limitParam === undefined) {
    report(`${path}.limitParam`, 'name the parameter of the page size; without it pages have no known end');
  }
  if (style === 'cursor' && (next === undefined || next === null)) {
    report('envelope.next', 'write where the next cursor is in an answer');
  }
}

function checkTests(tests: FailureTest[] | undefined, path: string, report: Report): void {
  tests?.forEach((test, index) => {
    const stated = [test.equals, test.present, test.contains].filter((part) => part !== undefined);
    if (stated.length !== 1) report(`${path}.${index}`, 'write exactly one of equals, present and contains');
  });
}

function checkResource(profile: Profile, name: ResourceName, resource: Resource, report: Report): void {
  const path = `resources.${name}`;
  checkZone(resource.formats?.timezone, `${path}.formats.timezone`, report);
  if (resource.within !== undefined && name !== 'customers') {
    report(`${path}.within`, 'only customers can be within subscribers; remove it');
  }
  if (name === 'cdrs') {
    for (const field of ['id', 'started_at', 'talk_seconds', 'charge']) {
      if (resource.fields?.[field] === null) report(`${path}.fields.${field}`, 'calls can not be billed without it');
    }
  }
  const types = CANONICAL_FIELDS[name];
  for (const [field, other] of Object.entries(resource.whenEmpty ?? {})) {
    const isSame = Object.hasOwn(types, field) && field !== other && types[field] === types[other];
    if (!isSame) report(`${path}.whenEmpty.${field}`, 'name two fields of the resource whose values are alike');
  }
  for (const [field, values] of Object.entries(resource.values ?? {})) {
    const seen = new Set<unknown>();
    for (const [word, wire] of Object.entries(values)) {
      for (const value of Array.isArray(wire) ? wire : [wire]) {
        if (seen.has(value)) report(`${path}.values.${field}.${word}`, 'this wire value has two meanings; keep one');
        seen.add(value);
      }
    }
  }
  for (const [operation, value] of Object.entries(resource.operations ?? {})) {
    checkOperation({ profile, name, resource, path: `${path}.operations.${operation}`, report }, value, operation);
  }
}

interface Place {
  profile: Profile;
  name: ResourceName;
  resource: Resource;
  path: string;
  report: Report;
}

/** Operations that concern one existing record. */
const BY_ID = new Set(['get', 'update', 'suspend', 'unsuspend', 'terminate', 'delete', 'download', 'link', 'unlink']);

function checkOperation(place: Place, operation: Operation | undefined, name: string): void {
  const { profile, resource, path, report } = place;
  if (operation === undefined || operation === false) return;
  if ('via' in operation) {
    const target = resource.operations?.[operation.via as OperationName];
    if (target === undefined || target === false || 'via' in target) {
      report(`${path}.via`, `the resource has no operation ${operation.via} with a request of its own; write one`);
    }
    return;
  }
  checkTests(operation.failedWhen, `${path}.failedWhen`, report);
  const next = operation.envelope?.next ?? profile.envelope.next;
  checkPages(operation.pagination, `${path}.pagination`, next, report);
  if (name === 'archive') {
    if (place.name !== 'cdrs') report(path, 'only calls are read from an archive; remove it');
    if ((operation.pagination ?? profile.pagination).style !== 'after') {
      report(`${path}.pagination.style`, 'an archive is read with the style after');
    }
  }
  if (operation.method === 'GET' && profile.auth.kind === 'body') {
    report(`${path}.method`, 'a GET has no body for the token; write POST, or send the token in another way');
  }
  if (BY_ID.has(name) && !hasId(operation)) {
    report(`${path}.path`, 'the request names no record; write {id} in the path, or idIn with idName');
  }
  checkPlaceholders(place, operation);
}

function hasId(operation: CallOperation): boolean {
  const { path = '', idIn = 'path' } = operation;
  return idIn !== 'path' || [path, ...listTemplates(operation)].some((text) => text.includes('{id}'));
}

function checkPlaceholders({ profile, name, resource, path, report }: Place, operation: CallOperation): void {
  const { compose = {}, lookup = {}, path: ownPath = '' } = operation;
  for (const word of placeholdersIn(ownPath)) {
    if (word !== 'id') report(`${path}.path`, 'only {id} can stand in a path');
  }
  const within = name === 'subscribers' && profile.resources.customers?.within !== undefined;
  const known = new Set([
    'id',
    ...Object.keys(CANONICAL_FIELDS[name]),
    ...Object.keys(resource.fields ?? {}),
    ...(within
      ? [...Object.keys(CANONICAL_FIELDS.customers), ...Object.keys(profile.resources.customers?.fields ?? {})]
      : []),
  ]);
  const check = (at: string, text: string, names: Set<string>): void => {
    for (const word of placeholdersIn(text)) {
      if (!names.has(word)) report(at, `{${word.slice(0, 40)}} is neither a field of the record nor a lookup`);
    }
  };
  const results = Object.keys(lookup).filter((result) => lookup[result]?.absent !== true);
  for (const [wire, text] of Object.entries(compose)) {
    check(`${path}.compose.${wire}`, text, new Set([...known, ...results]));
  }
  for (const [result, { filters }] of Object.entries(lookup)) {
    for (const [wire, text] of Object.entries(filters)) check(`${path}.lookup.${result}.filters.${wire}`, text, known);
  }
}
