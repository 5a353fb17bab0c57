import { randomUUID } from 'node:crypto';
import {
  type Clock,
  createPanelError,
  createPanelHttp,
  normaliseBaseUrl,
  type PanelAnswer,
  type PanelAttempt,
  PanelConfigError,
  type PanelError,
  type PanelErrorCode,
  type PanelErrorField,
  type PanelHttp,
  systemClock,
} from '@sluice/panel-http';
import { toProfile } from '../profile/load.js';
import type { CallOperation, Envelope, OperationName, Profile, ResourceName } from '../profile/schema.js';
import type { CanonicalRecord } from '../wire/codec.js';
import { flatten } from '../wire/form.js';
import { Mismatch } from '../wire/mismatch.js';
import { countAt, findAt } from '../wire/pointer.js';
import { NotSendable, type RequestParts, RequestWriter, type WireRequest } from '../wire/request.js';
import { createNonceSource } from '../wire/sign.js';
import { createAttempts } from './attempt.js';
import { createJudge } from './judge.js';
import { readLookups } from './lookups.js';
import { pastedTails } from './pasted-tails.js';
import { checkToken, listSecrets, toCredentialHeaders, toCredentialQuery } from './token.js';
import type { AstbillingCallOptions, AstbillingOptions } from './types.js';

/** One operation to be performed. */
export interface OperationCall {
  resource: ResourceName;
  name: OperationName;
  parts: RequestParts;
  secrets?: string[];
}

/** The transport with a profile's address, credential and refusals. */
export class Connection {
  readonly panel: string;
  readonly profile: Profile;
  readonly warnings: string[];
  readonly writer: RequestWriter;
  readonly clock: Clock;
  readonly url: URL;
  readonly warn: (warning: string) => void;
  readonly #http: PanelHttp;
  readonly #token: string;
  readonly #newId: () => string;
  readonly #attempt: (request: WireRequest) => PanelAttempt;
  #clockDifference: number | null = null;

  constructor(options: AstbillingOptions) {
    const {
      baseUrl,
      allowHttp = false,
      profile = 'default',
      token = '',
      newId = randomUUID,
      onWarning,
      ...transport
    } = options;
    this.profile = toProfile(profile);
    const { basePath, http = {}, auth } = this.profile;
    const stripTails = pastedTails(basePath);
    const { url, warnings } = normaliseBaseUrl(baseUrl, { allowHttp, stripTails });
    checkToken(options.panel, auth, token);
    if (auth.kind === 'query')
      warnings.push('The profile sends the token in the address of each request: logs of proxies have it.');
    this.panel = options.panel;
    this.warnings = warnings;
    this.url = new URL(url);
    this.warn = onWarning ?? ((): void => undefined);
    this.clock = options.clock ?? systemClock;
    this.writer = new RequestWriter(this.profile);
    this.#token = token;
    this.#newId = newId;
    this.#attempt = createAttempts(
      auth,
      token,
      createNonceSource(() => this.clock.now(), newId),
    );
    const attemptMs = http.timeoutMs ?? 30_000;
    this.#http = createPanelHttp({
      ...transport,
      baseUrl: url,
      headers: { ...http.headers, ...toCredentialHeaders(auth, token) },
      secrets: listSecrets(auth, token),
      timeouts: { attemptMs, totalMs: Math.max(120_000, 2 * attemptMs), ...transport.timeouts },
      retry: { attempts: 4, ...transport.retry },
      exactNumbers: true,
      ...(http.minIntervalMs === undefined ? {} : { minIntervalMs: http.minIntervalMs }),
      ...(http.maxResponseBytes === undefined ? {} : { maxBodyBytes: http.maxResponseBytes }),
    });
  }

  /** The operation's own request. Throws `unsupported` for what the profile lacks, and for what another operation performs. */
  operation(resource: ResourceName, name: OperationName): CallOperation {
    const operation = this.find(resource, name);
    if (operation === null) throw this.unsupported(resource, name);
    return operation;
  }

  find(resource: ResourceName, name: OperationName): CallOperation | null {
    const operation = this.profile.resources[resource]?.operations?.[name];
    return operation === undefined || operation === false || 'via' in operation ? null : operation;
  }

  envelope(operation: CallOperation): Envelope {
    return { ...this.profile.envelope, ...operation.envelope };
  }

  /** Reads; repeated after a failure that may pass, whatever the method. */
  async read(call: OperationCall, options: AstbillingCallOptions = {}): Promise<unknown> {
    const operation = this.operation(call.resource, call.name);
    const request = this.#prepare(call, () => this.writer.write(call.resource, operation, call.parts));
    const { body } = await this.#send(request, { ...call, operation, changing: false }, options);
    return body;
  }

  /** Writes, once, after the operation's lookups. */
  async write(call: OperationCall, options: AstbillingCallOptions = {}): Promise<unknown> {
    const { resource, parts } = call;
    const operation = this.operation(resource, call.name);
    // Written before the lookups too: what can't be sent is refused before the first request.
    this.#prepare(call, () => this.writer.write(resource, operation, parts));
    const results = await this.#lookUp(call, operation, options);
    const request = this.#prepare(call, () => this.writer.write(resource, operation, { ...parts, results }));
    const { body } = await this.#send(request, { ...call, operation, changing: true }, options);
    return body;
  }

  #lookUp(
    call: OperationCall,
    { lookup = {} }: CallOperation,
    options: AstbillingCallOptions,
  ): Promise<Record<string, string>> {
    return readLookups(lookup, `${call.resource}.${call.name}`, {
      read: async (one) => {
        const request = this.#prepare(call, () => this.writer.writeLookup(call.resource, one, call.parts));
        const operation: CallOperation = { method: one.method, path: one.path, root: true };
        const { body } = await this.#send(request, { ...call, operation, changing: false }, options);
        return body;
      },
      toTotal: (body) => countAt(body, this.profile.envelope.total),
      toError: (code, details) => this.error(code, call, details),
    });
  }

  #prepare(call: OperationCall, write: () => WireRequest): WireRequest {
    try {
      return write();
    } catch (error) {
      if (error instanceof NotSendable) throw this.unsupported(call.resource, call.name, error.message);
      if (error instanceof RangeError) {
        throw new PanelConfigError(
          'option_invalid',
          `${call.resource}.${call.name} of panel "${this.panel}": ${error.message}.`,
        );
      }
      throw error;
    }
  }

  /** Streams a file below the base path. */
  async stream(
    path: string,
    query: Record<string, string>,
    options: AstbillingCallOptions & { sink: () => (chunk: Buffer) => void; maxBodyBytes: number },
  ): Promise<void> {
    const operation = this.find('reports', 'download') ?? { method: 'GET' as const };
    const { sink, maxBodyBytes, signal, tag } = options;
    await this.#http.request({
      ...{ method: 'GET' as const, path, query, sink, maxBodyBytes, accept: 'bytes' as const },
      endpoint: 'GET file of a report',
      timeouts: { attemptMs: 600_000, totalMs: 600_000 },
      perAttempt: () => this.#attempt({ method: 'GET', path, query: [], body: null, encoding: 'json' }),
      outcomeIn: createJudge(this.profile, { ...operation, response: 'bytes' }),
      ...(signal === undefined ? {} : { signal }),
      ...(tag === undefined ? {} : { tag }),
    });
  }

  async #send(
    request: WireRequest,
    call: OperationCall & { operation: CallOperation; changing: boolean },
    { signal, tag }: AstbillingCallOptions,
  ): Promise<PanelAnswer<unknown>> {
    const { operation, changing, secrets = [] } = call;
    const { idempotencyHeader } = this.profile.http ?? {};
    const token = toCredentialQuery(this.profile.auth, this.#token);
    const once = changing && request.method === 'POST' && typeof idempotencyHeader === 'string';
    const answer = await this.#http.request({
      method: request.method,
      path: request.path,
      endpoint: this.#endpoint(call),
      query: Object.fromEntries([...request.query, ...token].flatMap(flatten)),
      idempotent: !changing,
      changing,
      allowEmpty: true,
      accept: operation.response === 'text' || operation.response === 'empty' ? 'text' : 'json',
      outcomeIn: createJudge(this.profile, operation),
      perAttempt: () => this.#attempt(request),
      secrets,
      ...(once ? { headers: { [idempotencyHeader]: this.#newId() } } : {}),
      ...(signal === undefined ? {} : { signal }),
      ...(tag === undefined ? {} : { tag }),
    });
    const date = Date.parse(answer.headers['date'] ?? '');
    if (!Number.isNaN(date)) this.#clockDifference = date - answer.receivedAt;
    return answer;
  }

  #endpoint({ resource, operation }: { resource: ResourceName; operation: CallOperation }): string {
    const base = operation.root === true ? '' : (this.profile.resources[resource]?.path ?? '');
    return `${operation.method} ${this.profile.basePath}${base}${operation.path ?? ''}`;
  }

  get clockDifference(): number | null {
    return this.#clockDifference;
  }

  /** Creates the error of what the profile lacks; no request was sent. */
  unsupported(resource: ResourceName, name: string, reason = 'the profile has no such operation'): PanelError {
    const message = `Panel "${this.panel}" can't do ${resource}.${name}: ${reason} (profile ${this.profile.name}). Nothing was sent.`;
    const details = { panel: this.panel, endpoint: `${resource}.${name}`, panelCode: 'unsupported' };
    return createPanelError('PANEL_REJECTED', message, details);
  }

  error(
    code: PanelErrorCode,
    { resource, name }: { resource: ResourceName; name: string },
    {
      message,
      ...details
    }: { message: string; panelCode?: string; outcomeUnknown?: boolean; fields?: PanelErrorField[]; cause?: unknown },
  ): PanelError {
    const place = { panel: this.panel, endpoint: `${resource}.${name}` };
    return createPanelError(code, `Panel "${this.panel}" ${message}`, { ...place, ...details });
  }

  /** Runs a conversion of an answer; what does not fit becomes an error with the path in the profile. */
  decode<T>(call: { resource: ResourceName; name: string }, convert: () => T, row?: number): T {
    try {
      return convert();
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      const where = row === undefined ? '' : ` (row ${row + 1})`;
      throw this.error('PANEL_UNREADABLE', call, {
        message: `sent an answer to ${call.resource}.${call.name} that does not fit its profile: ${error.path}: ${error.message}${where}. The answer was ignored.`,
        panelCode: 'bad_response',
        fields: [{ path: error.path, message: error.message }],
      });
    }
  }

  /** Converts the one record of an answer. */
  decodeItem<Row>(
    call: Pick<OperationCall, 'resource' | 'name'>,
    json: unknown,
    convert: (record: CanonicalRecord) => Row,
  ): Row {
    const { item = '' } = this.envelope(this.operation(call.resource, call.name));
    return this.decode(call, () => convert(this.writer.codec(call.resource).decode(findAt(json, item)?.value)));
  }

  close(): void {
    this.#http.close();
  }
}
