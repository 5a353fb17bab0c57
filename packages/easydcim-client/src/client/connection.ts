import {
  createPanelError,
  createPanelHttp,
  isPanelError,
  normaliseBaseUrl,
  PanelConfigError,
  type PanelAnswer,
  type PanelError,
  type PanelErrorCode,
  type PanelFailure,
  type PanelHttp,
  type PanelRequest,
} from '@sluice/panel-http';
import { isObject } from './json.js';
import type { CallOptions, EasyDcimOptions } from './types.js';

export type ClientRequest<T> = Omit<PanelRequest<T>, 'tag' | 'signal'>;

/** An answer to a call on behalf of a user. */
export interface Impersonated<T> {
  answer: PanelAnswer<T>;
  impersonated: string | null;
  fallback: boolean;
}

/** The transport with EasyDCIM's address, token, impersonation and refusals inside of successes. */
export class Connection {
  readonly panel: string;
  readonly warnings: string[];
  readonly #http: PanelHttp;
  readonly #options: EasyDcimOptions;

  constructor(options: EasyDcimOptions) {
    const { token, baseUrl: _baseUrl, allowHttp: _allowHttp, ...transport } = options;
    const { url, warnings } = panelAddress(options.baseUrl, options.allowHttp ?? false);
    this.panel = options.panel;
    this.warnings = warnings;
    this.#options = options;
    this.#http = createPanelHttp({
      ...transport,
      baseUrl: url,
      auth: { bearer: token },
      secrets: listSecrets(options.impersonate ?? null),
      failureIn: parseFailure,
    });
  }

  /** Calls without the impersonation header. */
  request<T>(request: ClientRequest<T>, options: CallOptions = {}): Promise<PanelAnswer<T>> {
    return this.#http.request<T>({ ...request, ...pickCallOptions(options) });
  }

  /** Reads on behalf of a user, and again without the user where that is configured (docs/panels/easydcim.md, 1.3). */
  readAs<T>(request: ClientRequest<T>, options: CallOptions = {}): Promise<Impersonated<T>> {
    const user = options.impersonate === undefined ? (this.#options.impersonate ?? null) : options.impersonate;
    return user === null ? this.request(request, options).then(asOurselves) : this.#as(user, request, options);
  }

  async #as<T>(user: string, request: ClientRequest<T>, options: CallOptions): Promise<Impersonated<T>> {
    try {
      const answer = await this.request(impersonating(request, user), options);
      return { answer, impersonated: user, fallback: false };
    } catch (error) {
      if (this.#options.impersonateFallback !== true || !blamesImpersonation(error)) throw error;
      return { ...asOurselves(await this.#withoutUser(request, options, error)), fallback: true };
    }
  }

  async #withoutUser<T>(request: ClientRequest<T>, options: CallOptions, first: PanelError): Promise<PanelAnswer<T>> {
    try {
      return await this.request(request, options);
    } catch (second) {
      // Of two refusals, the first one shows the cause.
      const refused: PanelErrorCode[] = ['PANEL_AUTH', 'PANEL_FORBIDDEN', 'PANEL_NOT_FOUND', 'PANEL_REJECTED'];
      throw isPanelError(second) && refused.includes(second.code) ? first : second;
    }
  }

  /** Creates the error of an incomplete list, which no single answer shows. */
  incomplete(endpoint: string, what: string): PanelError {
    const message = `Panel "${this.panel}" sent an incomplete list for ${endpoint} (${what}). The list was ignored. Check the list on the panel.`;
    return createPanelError('PANEL_UNREADABLE', message, { panel: this.panel, endpoint, status: 200 });
  }

  close(): void {
    this.#http.close();
  }
}

function asOurselves<T>(answer: PanelAnswer<T>): Impersonated<T> {
  return { answer, impersonated: null, fallback: false };
}

/** Encodes an id as one segment of a path. */
export function segment(id: string, what: string): string {
  if (id.trim() === '')
    throw new PanelConfigError('option_invalid', `The ${what} id is empty. Check the mapping of the service.`);
  return encodeURIComponent(id);
}

/** Returns the user as a secret, unless it is a numeric id: that would redact every such number in a message. */
function listSecrets(user: string | null): string[] {
  return user === null || /^\d+$/.test(user) ? [] : [user];
}

function pickCallOptions(options: CallOptions): Pick<PanelRequest<unknown>, 'tag' | 'signal'> {
  return {
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function impersonating<T>(request: ClientRequest<T>, user: string): ClientRequest<T> {
  return {
    ...request,
    headers: { ...request.headers, 'X-Impersonate-User': user },
    secrets: [...(request.secrets ?? []), ...listSecrets(user)],
  };
}

/** Whether impersonation may be the cause. 401 and 403 may be about the user or the token; a 422 has to name impersonation. */
function blamesImpersonation(error: unknown): error is PanelError {
  if (!isPanelError(error)) return false;
  if (error.status === 401 || error.status === 403) return true;
  return error.status === 422 && /impersonat/i.test(error.message);
}

/** Endings that operators paste with the address (docs/panels/easydcim.md, 1.1). */
const stripTails = [/\/backend$/i, /\/api\/v[23]$/i];

/** Normalises a pasted address. Errors as of `normaliseBaseUrl`. */
export function panelAddress(baseUrl: string, allowHttp: boolean): { url: string; warnings: string[] } {
  const { url, warnings } = normaliseBaseUrl(baseUrl, { allowHttp, stripTails });
  const pastedV2 = /\/api\/v2\/*$/i.test(baseUrl.trim());
  return {
    url,
    warnings: pastedV2 ? [...warnings, 'The configured address ends in /api/v2; API v3 is used instead.'] : warnings,
  };
}

const failed = /^(error|fail|failed|failure)$/i;

/**
 * Parses a refusal inside of a 2xx answer (docs/panels/easydcim.md, 1.5): `success: false`, or a failed `status`. A record with a
 * failed status, such as a port in the state "error", is not a refusal: it has an id and no message.
 */
export function parseFailure({ json }: { json: unknown }): PanelFailure | null {
  if (!isObject(json)) return null;
  const message = findMessage(json);
  const isRecord = 'id' in json && message === null && !('errors' in json);
  const isRefusal =
    json['success'] === false || (typeof json['status'] === 'string' && failed.test(json['status']) && !isRecord);
  return isRefusal ? { code: 'PANEL_REJECTED', message: message ?? 'the panel stated no reason' } : null;
}

function findMessage(json: Record<string, unknown>): string | null {
  for (const key of ['error', 'message', 'detail', 'details', 'reason']) {
    const value = json[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) return JSON.stringify(value);
  }
  return null;
}
