import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { isPanelError, type PanelError } from './errors.js';
import { type AttemptAnswer, LostAnswer } from './exchange.js';
import { CLOSED, toPanelError, type Failure, toLostFailure } from './failure.js';
import { lowerCased, type PreparedRequest, prepareRequest, reportCall } from './prepare-request.js';
import { readAnswer, type ReadResult } from './read-answer.js';
import { createRedactor, isCredentialHeader } from './redact.js';
import { retryDelay } from './retry-delay.js';
import type { Transport } from './transport.js';
import { needsTurn, waitForTurn } from './turn.js';
import type { PanelAnswer, PanelHttpOptions, PanelRequest } from './types.js';

type DynamicAuth = Exclude<NonNullable<PanelHttpOptions['auth']>, { bearer: string }>;

/** Refused credentials that may be renewed. The call leaves the queue first, because the renewal needs a place in it. */
class Refused extends Error {
  constructor(
    readonly error: PanelError,
    readonly generation: number,
  ) {
    super('refused');
  }
}

/** Performs one call. What only failures need is created after a failure. */
export async function callPanel<T>(transport: Transport, request: PanelRequest<T>): Promise<PanelAnswer<T>> {
  const { counters } = transport;
  counters.calls += 1;
  let call: PanelCall<T> | undefined;
  try {
    call = new PanelCall(transport, request);
    return await call.firstAttempt();
  } catch (first) {
    try {
      if (call === undefined) throw first;
      return await call.afterFailure(first);
    } catch (error) {
      counters.failures += 1;
      throw error;
    }
  }
}

/** One call with its attempts, waits and time budget. */
class PanelCall<T> {
  readonly #transport: Transport;
  readonly #request: PanelRequest<T>;
  readonly #prepared: PreparedRequest;
  readonly #secrets: string[];
  readonly #clean: (text: string) => string;
  readonly #totalMs: number;
  #attempts = 0;
  #spentMs = 0;
  /** An earlier attempt may have made the change, whatever the outcome of later ones. */
  #inDoubt = false;
  #transient = false;
  #mayRenew: boolean;

  constructor(transport: Transport, request: PanelRequest<T>) {
    this.#transport = transport;
    this.#request = request;
    this.#prepared = prepareRequest(transport.basePath, request);
    this.#secrets = request.secrets === undefined ? [] : [...request.secrets];
    const { auth } = transport.options;
    const dynamic = auth !== undefined && 'headers' in auth;
    this.#clean =
      dynamic || request.secrets !== undefined ? createRedactor(this.#secrets, transport.clean) : transport.clean;
    this.#totalMs = request.timeouts?.totalMs ?? transport.timeouts.totalMs;
    this.#mayRenew = transport.renewal !== null && request.auth !== false && !transport.renewal.isInside();
  }

  firstAttempt(): Promise<PanelAnswer<T>> {
    this.#request.signal?.throwIfAborted();
    return this.#queued();
  }

  async afterFailure(first: unknown): Promise<PanelAnswer<T>> {
    try {
      return await this.#withRetries(first);
    } catch (error) {
      if (!this.#inDoubt || isPanelError(error)) throw error;
      throw this.#error({ code: 'PANEL_TIMEOUT', what: 'the call was cancelled', status: null, outcomeUnknown: true });
    }
  }

  async #withRetries(first: unknown): Promise<PanelAnswer<T>> {
    try {
      return await this.#renewed(first);
    } catch (error) {
      const { attempts } = this.#transport.retry;
      const repeatable = attempts > 1 && this.#prepared.idempotent && this.#request.retryable !== false;
      const wait = repeatable ? this.#waitAfter(error) : null;
      if (wait === null) throw error;
      return await this.#repeated(error, wait, attempts - 1);
    }
  }

  /** Makes the attempts after the first one. */
  #repeated(first: unknown, firstWait: number, attempts: number): Promise<PanelAnswer<T>> {
    let delayMs = firstWait;
    let last = first;
    const repeatable = handleWhen((error) => {
      const wait = this.#waitAfter(error);
      delayMs = wait ?? 0;
      last = error;
      return wait !== null;
    });
    // The injected clock waits; cockatiel counts the attempts.
    const policy = retry(repeatable, { maxAttempts: attempts - 1, backoff: new ConstantBackoff(0) });
    return policy.execute(async () => {
      await this.#transport.clock.sleep(delayMs, this.#request.signal);
      this.#spentMs += delayMs;
      this.#transport.counters.retries += 1;
      try {
        return await this.#queued().catch((error: unknown) => this.#renewed(error));
      } catch (error) {
        // The last error of the panel has more information than the open circuit.
        throw isPanelError(error) && error.code === 'PANEL_CIRCUIT_OPEN' ? last : error;
      }
    });
  }

  #waitAfter(error: unknown): number | null {
    if (!isPanelError(error) || this.#request.signal?.aborted === true) return null;
    const { code, status, retryAfterMs } = error;
    const failure = { code, status, retryAfterMs, attempt: this.#attempts, transient: this.#transient };
    const wait = retryDelay(failure, this.#transport.retry, this.#transport.random);
    return wait === null || this.#spentMs + wait >= this.#totalMs ? null : wait;
  }

  /** Renews refused credentials and makes the attempt again; throws any other error. */
  async #renewed(refused: unknown): Promise<PanelAnswer<T>> {
    if (!(refused instanceof Refused)) throw refused;
    this.#mayRenew = false;
    const { renewal, breaker } = this.#transport;
    if (renewal !== null && (await renewal.renew(refused.generation))) return this.#queued();
    // Counted only now, because refused credentials that can be renewed are not a failure of the panel.
    await breaker?.fail(refused.error);
    throw refused.error;
  }

  #queued(): Promise<PanelAnswer<T>> {
    const { limiter, breaker } = this.#transport;
    const { signal } = this.#request;
    const first = this.#attempts > 0;
    const refuse = (leftMs: number): PanelError => this.#circuitOpen(leftMs);
    const attempt = (ask?: () => void): Promise<PanelAnswer<T>> =>
      needsTurn(this.#transport)
        ? waitForTurn(this.#transport, { first, signal, ask }).then(() => this.#attempt())
        : this.#attempt();
    const task = breaker === null ? attempt : (): Promise<PanelAnswer<T>> => breaker.run(attempt, refuse, signal);
    return limiter.run(() => task(), { first, signal });
  }

  async #attempt(): Promise<PanelAnswer<T>> {
    const transport = this.#transport;
    const { clock } = transport;
    if (transport.closed) throw this.#error(CLOSED);
    const generation = transport.renewal?.generation ?? 0;
    const made = this.#headers();
    const headers = made instanceof Promise ? await made : made;
    const longestMs = this.#request.timeouts?.attemptMs ?? transport.timeouts.attemptMs;
    const attemptMs = Math.max(1, Math.min(longestMs, this.#totalMs - this.#spentMs));
    this.#attempts += 1;
    const at = clock.now();
    const started = performance.now();
    const { prepared, sent } = this.#forAttempt(headers);
    const outcome = await this.#send(sent, prepared, attemptMs);
    const durationMs = performance.now() - started;
    const receivedAt = clock.now();
    this.#spentMs += durationMs;

    const lost = outcome instanceof LostAnswer;
    const read = lost ? { failure: this.#toFailure(outcome, attemptMs) } : this.#read(outcome, receivedAt);
    const error = 'failure' in read ? this.#record(read.failure, receivedAt) : null;
    const { status } = outcome;
    transport.observe({ durationMs, overloaded: status === 429 || status === 503, failed: lost });
    if (transport.options.onCall !== undefined) {
      reportCall(transport.options.onCall, {
        at,
        panel: transport.options.panel,
        request: this.#request,
        prepared,
        clean: this.#clean,
        status,
        headers: lost ? null : outcome.headers,
        durationMs,
        attempt: this.#attempts,
        responseBytes: outcome.receivedBytes,
        error,
      });
    }
    if (error === null && !lost && 'body' in read) {
      return {
        status: outcome.status,
        headers: outcome.headers,
        body: read.body as T,
        durationMs,
        receivedAt,
      };
    }
    if (lost && outcome.reason === 'aborted' && !this.#inDoubt) this.#request.signal?.throwIfAborted();
    if (error?.code === 'PANEL_AUTH' && this.#mayRenew) throw new Refused(error, generation);
    throw error as PanelError;
  }

  /** Adds what is new in each attempt. */
  #forAttempt(headers: Record<string, string>): { prepared: PreparedRequest; sent: Record<string, string> } {
    const own = this.#request.perAttempt?.();
    if (own === undefined) return { prepared: this.#prepared, sent: headers };
    return {
      prepared: own.body === undefined ? this.#prepared : { ...this.#prepared, body: own.body },
      sent: { ...headers, ...lowerCased(own.headers) },
    };
  }

  #send(
    headers: Record<string, string>,
    { target, body }: PreparedRequest,
    attemptMs: number,
  ): Promise<AttemptAnswer | LostAnswer> {
    const { method, signal, maxBodyBytes = this.#transport.maxBodyBytes, sink } = this.#request;
    return this.#transport.attempt({ method, target, headers, body, attemptMs, maxBodyBytes, signal, sink });
  }

  #headers(): Record<string, string> | Promise<Record<string, string>> {
    const { auth } = this.#transport.options;
    const { headers } = this.#prepared;
    if (auth === undefined || this.#request.auth === false) return headers;
    return 'bearer' in auth ? { authorization: `Bearer ${auth.bearer}`, ...headers } : this.#createHeaders(auth);
  }

  async #createHeaders(auth: DynamicAuth): Promise<Record<string, string>> {
    const made = await auth.headers({ method: this.#request.method, path: this.#prepared.path });
    for (const [name, value] of Object.entries(made)) {
      if (isCredentialHeader(name)) this.#secrets.push(value, ...value.split(' ').slice(1));
    }
    return { ...lowerCased(made), ...this.#prepared.headers };
  }

  #read(answer: AttemptAnswer, now: number): ReadResult {
    const { accept = 'json', allowEmpty = false, schema, sink } = this.#request;
    const { failureIn, refusalIn, successIn, messageIn, exactNumbers = false } = this.#transport.options;
    const { changing } = this.#prepared;
    // The body of a success that went to a sink is not there to be read.
    const outcomeIn = sink !== undefined && answer.status < 300 ? undefined : this.#request.outcomeIn;
    const words = { outcomeIn, failureIn, refusalIn, successIn, messageIn };
    return readAnswer(answer, {
      accept,
      allowEmpty,
      changing,
      schema,
      exactNumbers,
      ...words,
      now,
      clean: this.#clean,
    });
  }

  #toFailure(lost: LostAnswer, attemptMs: number): Failure {
    const maxBodyBytes = this.#request.maxBodyBytes ?? this.#transport.maxBodyBytes;
    return toLostFailure(lost, this.#prepared.changing, { attemptMs, maxBodyBytes });
  }

  /** Records what a failure means for later attempts, of this call and of others. */
  #record(failure: Failure, now: number): PanelError {
    if (failure.outcomeUnknown) this.#inDoubt = true;
    this.#transient = failure.transient ?? false;
    const { retryAfterMs } = failure;
    if (
      failure.code === 'PANEL_RATE_LIMITED' &&
      retryAfterMs != null &&
      retryAfterMs <= this.#transport.retry.maxRetryAfterMs
    ) {
      this.#transport.pausedUntil = Math.max(this.#transport.pausedUntil, now + retryAfterMs);
    }
    return this.#error(failure);
  }

  #circuitOpen(leftMs: number): PanelError {
    const what = `next try in ${Math.ceil(leftMs / 1000)} s`;
    return this.#error({ code: 'PANEL_CIRCUIT_OPEN', what, status: null, retryAfterMs: leftMs, outcomeUnknown: false });
  }

  #error(failure: Failure): PanelError {
    const whole = this.#inDoubt ? { ...failure, outcomeUnknown: true } : failure;
    return toPanelError(whole, this.#transport.options.panel, this.#request.endpoint, this.#clean);
  }
}
