import {
  createPanelError,
  createPanelHttp,
  isPanelError,
  normaliseBaseUrl,
  PanelConfigError,
  type PanelError,
  type PanelHttp,
} from '@sluice/panel-http';
import type { ZodMiniType } from 'zod/mini';
import { type FormValue, toForm } from './form.js';
import { pastedTails } from './pasted-tails.js';
import { findFailure, findRefusal, isSuccess } from './refusal.js';
import type { WhmcsCallOptions, WhmcsOptions } from './types.js';

/** Characters of an access key (docs/whmcs-api.md#access). */
const ACCESS_KEY = /^[A-Za-z0-9!@#$%.()*[\]_-]+$/;

/** Larger answers than any page has. */
const MOST_BYTES = 32 * 1024 * 1024;

/** One action with its fields and the schema of its answer. */
export interface Action<T> {
  name: string;
  fields: Record<string, FormValue>;
  schema: ZodMiniType<T>;
}

/** The transport with WHMCS's address, credentials and refusals. */
export class Connection {
  readonly panel: string;
  readonly warnings: string[];
  readonly pageSize: number;
  readonly #http: PanelHttp;
  readonly #credentials: Record<string, string>;

  constructor(options: WhmcsOptions) {
    const { baseUrl, allowHttp = false, identifier, secret, accessKey, pageSize = 100, ...transport } = options;
    const { url, warnings } = normaliseBaseUrl(baseUrl, { allowHttp, stripTails: pastedTails });
    checkCredentials(options);
    this.panel = options.panel;
    this.warnings = warnings;
    this.pageSize = pageSize;
    this.#credentials = { identifier, secret, ...(accessKey === undefined ? {} : { accesskey: accessKey }) };
    this.#http = createPanelHttp({
      maxBodyBytes: MOST_BYTES,
      ...transport,
      baseUrl: url,
      concurrency: 1,
      secrets: Object.values(this.#credentials),
      failureIn: findFailure,
      refusalIn: findRefusal,
      successIn: isSuccess,
    });
  }

  /** Reads; repeated after a failure that may pass. */
  async read<T>(action: Action<T>, options: WhmcsCallOptions = {}): Promise<T> {
    return this.#send(action, options, false);
  }

  /** Writes, once. `outcomeUnknown` is true for every failure in which WHMCS did not refuse the call in its own words. */
  async write<T>(action: Action<T>, options: WhmcsCallOptions = {}, secrets: string[] = []): Promise<T> {
    try {
      return await this.#send(action, options, true, secrets);
    } catch (error) {
      throw isPanelError(error) && isUnclear(error) ? inDoubt(error) : error;
    }
  }

  async #send<T>(
    { name, fields, schema }: Action<T>,
    { signal, tag }: WhmcsCallOptions,
    changing: boolean,
    secrets: string[] = [],
  ): Promise<T> {
    const answer = await this.#http.request<T>({
      method: 'POST',
      path: '/includes/api.php',
      endpoint: name,
      form: toForm({ action: name, ...this.#credentials, responsetype: 'json', ...fields }),
      idempotent: !changing,
      changing,
      schema,
      secrets,
      ...(signal === undefined ? {} : { signal }),
      ...(tag === undefined ? {} : { tag }),
    });
    return answer.body;
  }

  /** Creates the error of an incomplete list, which no single answer shows. */
  incomplete(action: string, what: string): PanelError {
    const message = `Panel "${this.panel}" sent an incomplete list for ${action} (${what}). The list was ignored. Try again; if it stays so, check WHMCS and any module that changes its API.`;
    return createPanelError('PANEL_UNREADABLE', message, { panel: this.panel, endpoint: action, status: 200 });
  }

  close(): void {
    this.#http.close();
  }
}

function checkCredentials({ panel, identifier, secret, accessKey }: WhmcsOptions): void {
  for (const [name, value] of Object.entries({ identifier, secret })) {
    if (!/^[\x21-\x7e]+$/.test(value)) {
      throw new PanelConfigError(
        'option_invalid',
        `The ${name} of panel "${panel}" is empty or contains white space or characters that can't be sent. Copy it again.`,
      );
    }
  }
  if (accessKey !== undefined && !ACCESS_KEY.test(accessKey)) {
    throw new PanelConfigError(
      'option_invalid',
      `The access key of panel "${panel}" contains characters that WHMCS does not accept. Use letters, digits and ! @ # $ % . ( ) * [ ] - _ only.`,
    );
  }
}

/** A page of a proxy with any status does not show whether WHMCS made the change (docs/whmcs-api.md#answers). */
function isUnclear({ status, panelCode, outcomeUnknown }: PanelError): boolean {
  return !outcomeUnknown && status !== null && panelCode === null;
}

function inDoubt(error: PanelError): PanelError {
  const { code, statement, panel, endpoint, status, cause } = error;
  return createPanelError(code, statement, { panel, endpoint, status, outcomeUnknown: true, cause });
}

/** Refuses an id that no object of WHMCS can have, before a call. */
export function checkId(id: string, what: string): string {
  if (!/^[1-9]\d{0,19}$/.test(id)) {
    throw new PanelConfigError('option_invalid', `${JSON.stringify(id)} is not an id of WHMCS (${what}): use digits.`);
  }
  return id;
}
