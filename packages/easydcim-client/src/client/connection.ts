import {
  createPanelError,
  createPanelHttp,
  isPanelError,
  PanelConfigError,
  type PanelAnswer,
  type PanelError,
  type PanelErrorCode,
  type PanelHttp,
  type PanelRequest,
} from '@sluice/panel-http';
import { panelAddress } from './panel-address.js';
import { failureIn } from './failure-in.js';
import type { CallOptions, EasyDcimOptions } from './types.js';

export type ClientRequest<T> = Omit<PanelRequest<T>, 'tag' | 'signal'>;

/** An answer to a call on behalf of a user, and how it came about. */
export interface Impersonated<T> {
  answer: PanelAnswer<T>;
  impersonated: string | null;
  fallback: boolean;
}

/** The transport with what is EasyDCIM's own: address, token, impersonation, refusals inside of successes. */
export class Connection {
  readonly panel: string;
  readonly warnings: string[];
  readonly #http: PanelHttp;
  readonly #options: EasyDcimOptions;

  constructor(options: EasyDcimOptions) {
    const { url, warnings } = panelAddress(options.baseUrl, options.allowHttp ?? false);
    this.panel = options.panel;
    this.warnings = warnings;
    this.#options = options;
    this.#http = createPanelHttp({
      ...transportOptions(options),
      baseUrl: url,
      auth: { bearer: options.token },
      secrets: secretsOf(options.impersonate ?? null),
      failureIn,
    });
  }

  /** A call on our own behalf. It never carries the impersonation header. */
  request<T>(request: ClientRequest<T>, options: CallOptions = {}): Promise<PanelAnswer<T>> {
    return this.#http.request<T>({ ...request, ...passedOn(options) });
  }

  /** A read on behalf of a user, with one more try without the user where that is switched on (docs/panels/easydcim.md, 1.3). */
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
      // Two refusals: the first one says what is really wrong.
      const refused: PanelErrorCode[] = ['PANEL_AUTH', 'PANEL_FORBIDDEN', 'PANEL_NOT_FOUND', 'PANEL_REJECTED'];
      throw isPanelError(second) && refused.includes(second.code) ? first : second;
    }
  }

  /** A list that cannot be complete, which no single answer shows. */
  incomplete(endpoint: string, what: string): PanelError {
    const message = `Panel "${this.panel}" gave an incomplete list to ${endpoint} (${what}). Nothing was concluded from it; look at the list in the panel.`;
    return createPanelError('PANEL_UNREADABLE', message, { panel: this.panel, endpoint, status: 200 });
  }

  close(): void {
    this.#http.close();
  }
}

function asOurselves<T>(answer: PanelAnswer<T>): Impersonated<T> {
  return { answer, impersonated: null, fallback: false };
}

/** An id as one segment of a path. */
export function segment(id: string, what: string): string {
  if (id.trim() === '')
    throw new PanelConfigError('option_invalid', `The ${what} id is empty. Check the mapping of the service.`);
  return encodeURIComponent(id);
}

function transportOptions(options: EasyDcimOptions): Omit<Parameters<typeof createPanelHttp>[0], 'baseUrl'> {
  const { panel, timeouts, retry, concurrency, adaptive, requestsPerSecond, breaker } = options;
  const { tls, proxy, maxBodyBytes, onCall, clock, random } = options;
  const all = {
    timeouts,
    retry,
    concurrency,
    adaptive,
    requestsPerSecond,
    breaker,
    tls,
    proxy,
    maxBodyBytes,
    onCall,
    clock,
    random,
  };
  const stated = Object.entries(all).filter(([, value]) => value !== undefined);
  return { panel, ...Object.fromEntries(stated) };
}

/** Numeric ids are no secrets, and would blank every such number in a message. */
function secretsOf(user: string | null): string[] {
  return user === null || /^\d+$/.test(user) ? [] : [user];
}

function passedOn(options: CallOptions): Pick<PanelRequest<unknown>, 'tag' | 'signal'> {
  return {
    ...(options.tag === undefined ? {} : { tag: options.tag }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

function impersonating<T>(request: ClientRequest<T>, user: string): ClientRequest<T> {
  return {
    ...request,
    headers: { ...request.headers, 'X-Impersonate-User': user },
    secrets: [...(request.secrets ?? []), ...secretsOf(user)],
  };
}

/** 401 and 403 may be the user's as well as the token's; a 422 has to say so. */
function blamesImpersonation(error: unknown): error is PanelError {
  if (!isPanelError(error)) return false;
  if (error.status === 401 || error.status === 403) return true;
  return error.status === 422 && /impersonat/i.test(error.message);
}
