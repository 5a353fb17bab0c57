import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import { LostAnswer, type AttemptAnswer } from './attempt-outcome.js';
import { callEvent } from './call-event.js';
import { isCredentialHeader } from './credential-header.js';
import { isPanelError, type PanelError } from './errors.js';
import { errorOfFailure, type Failure } from './failure.js';
import { failureOfLostAnswer } from './lost-answer.js';
import { lowerCased, prepareRequest, type PreparedRequest } from './prepare-request.js';
import { readAnswer, type ReadResult } from './read-answer.js';
import { createRedactor } from './redact.js';
import { retryDelay } from './retry-delay.js';
import type { Transport } from './transport.js';
import type { PanelAnswer, PanelHttpOptions, PanelRequest } from './types.js';

type MadePerRequest = Exclude<NonNullable<PanelHttpOptions['auth']>, { bearer: string }>;

/** Credentials were refused and may be renewed: the call leaves the queue first, because the renewal needs a place in it. */
class Refused extends Error {
  constructor(
    readonly error: PanelError,
    readonly generation: number,
  ) {
    super('refused');
  }
}

/** One call from request to answer. All that a failure may call for is made only when there is one. */
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

/** Its attempts, its waits, its budget of time. */
class PanelCall<T> {
  readonly #transport: Transport;
  readonly #request: PanelRequest<T>;
  readonly #prepared: PreparedRequest;
  readonly #secrets: string[];
  readonly #clean: (text: string) => string;
  readonly #totalMs: number;
  #attempts = 0;
  #spentMs = 0;
  /** An earlier attempt may have made the change, whatever the later ones say. */
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
      return await this.#unlessRefused(first);
    } catch (error) {
      const { attempts } = this.#transport.retry;
      const repeatable = attempts > 1 && this.#prepared.idempotent && this.#request.retryable !== false;
      const wait = repeatable ? this.#waitAfter(error) : null;
      if (wait === null) throw error;
      return await this.#repeated(error, wait, attempts - 1);
    }
  }

  /** The attempts after the first one, which failed. */
  #repeated(first: unknown, firstWait: number, attempts: number): Promise<PanelAnswer<T>> {
    let delayMs = firstWait;
    let last = first;
    const repeatable = handleWhen((error) => {
      const wait = this.#waitAfter(error);
      delayMs = wait ?? 0;
      last = error;
      return wait !== null;
    });
    // The waits are ours, by the injected clock; cockatiel counts the attempts.
    const policy = retry(repeatable, { maxAttempts: attempts - 1, backoff: new ConstantBackoff(0) });
    return policy.execute(async () => {
      await this.#transport.clock.sleep(delayMs, this.#request.signal);
      this.#spentMs += delayMs;
      this.#transport.counters.retries += 1;
      try {
        return await this.#queued().catch((error: unknown) => this.#unlessRefused(error));
      } catch (error) {
        // What the panel said last tells more than that it is no longer asked.
        throw isPanelError(error) && error.code === 'PANEL_CIRCUIT_OPEN' ? last : error;
      }
    });
  }

  #waitAfter(error: unknown): number | null {
    if (!isPanelError(error) || this.#request.signal?.aborted === true) return null;
    const { code, status, retryAfterMs } = error;
    const question = { code, status, retryAfterMs, attempt: this.#attempts, transient: this.#transient };
    const wait = retryDelay(question, this.#transport.retry, this.#transport.random);
    return wait === null || this.#spentMs + wait >= this.#totalMs ? null : wait;
  }

  async #unlessRefused(error: unknown): Promise<PanelAnswer<T>> {
    if (!(error instanceof Refused)) throw error;
    return this.#renewed(error);
  }

  async #renewed(refused: Refused): Promise<PanelAnswer<T>> {
    this.#mayRenew = false;
    const { renewal, breaker } = this.#transport;
    if (renewal !== null && (await renewal.renew(refused.generation))) return this.#queued();
    // Told to the circuit only now: while the credentials could be renewed, this spoke neither for nor against the panel.
    await breaker?.fail(refused.error);
    throw refused.error;
  }

  #queued(): Promise<PanelAnswer<T>> {
    const { limiter, breaker } = this.#transport;
    const attempt = (): Promise<PanelAnswer<T>> => this.#attempt();
    const refuse = (leftMs: number): PanelError => this.#circuitOpen(leftMs);
    const task = breaker === null ? attempt : (): Promise<PanelAnswer<T>> => breaker.run(attempt, refuse);
    return limiter.run(task, { first: this.#attempts > 0, signal: this.#request.signal });
  }

  async #attempt(): Promise<PanelAnswer<T>> {
    const transport = this.#transport;
    const { clock } = transport;
    if (transport.closed) throw this.#error(closed);
    // Waited for only where there is something to wait for: a poll makes many thousand calls.
    if (transport.pausedUntil !== 0) await this.#sitOutPause();
    const generation = transport.renewal?.generation ?? 0;
    const made = this.#headers();
    const headers = made instanceof Promise ? await made : made;
    const attemptMs = Math.max(1, Math.min(this.#attemptMs(), this.#totalMs - this.#spentMs));
    this.#attempts += 1;
    const at = clock.now();
    const started = performance.now();
    const outcome = await this.#send(headers, attemptMs);
    const durationMs = performance.now() - started;
    const receivedAt = clock.now();
    this.#spentMs += durationMs;

    const lost = outcome instanceof LostAnswer;
    const read = lost ? { failure: this.#failureOf(outcome, attemptMs) } : this.#read(outcome, receivedAt);
    const error = 'failure' in read ? this.#note(read.failure, receivedAt) : null;
    const { status } = outcome;
    transport.observe({ durationMs, overloaded: status === 429 || status === 503, failed: lost });
    if (transport.options.onCall !== undefined) {
      callEvent(transport.options.onCall, {
        at,
        panel: transport.options.panel,
        request: this.#request,
        prepared: this.#prepared,
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

  #send(headers: Record<string, string>, attemptMs: number): Promise<AttemptAnswer | LostAnswer> {
    const { method, signal, maxBodyBytes = this.#transport.maxBodyBytes, sink } = this.#request;
    const { target, body } = this.#prepared;
    return this.#transport.attempt({ method, target, headers, body, attemptMs, maxBodyBytes, signal, sink });
  }

  #headers(): Record<string, string> | Promise<Record<string, string>> {
    const { auth } = this.#transport.options;
    const { headers } = this.#prepared;
    if (auth === undefined || this.#request.auth === false) return headers;
    return 'bearer' in auth ? { authorization: `Bearer ${auth.bearer}`, ...headers } : this.#madeHeaders(auth);
  }

  async #madeHeaders(auth: MadePerRequest): Promise<Record<string, string>> {
    const made = await auth.headers({ method: this.#request.method, path: this.#prepared.path });
    for (const [name, value] of Object.entries(made)) {
      if (isCredentialHeader(name)) this.#secrets.push(value, ...value.split(' ').slice(1));
    }
    return { ...lowerCased(made), ...this.#prepared.headers };
  }

  #read(answer: AttemptAnswer, now: number): ReadResult {
    const { accept = 'json', allowEmpty = false, schema } = this.#request;
    const { failureIn, refusalIn, messageIn } = this.#transport.options;
    const { changing } = this.#prepared;
    const words = { failureIn, refusalIn, messageIn };
    return readAnswer(answer, { accept, allowEmpty, changing, schema, ...words, now, clean: this.#clean });
  }

  #failureOf(lost: LostAnswer, attemptMs: number): Failure {
    const maxBodyBytes = this.#request.maxBodyBytes ?? this.#transport.maxBodyBytes;
    return failureOfLostAnswer(lost, this.#prepared.changing, { attemptMs, maxBodyBytes });
  }

  /** Remembers what a failure means for the attempts to come, of this call and of the others. */
  #note(failure: Failure, now: number): PanelError {
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

  /** The panel asked all of us for a pause. Bounded, so that a clock that jumps cannot stretch it. */
  async #sitOutPause(): Promise<void> {
    const { clock, pausedUntil, retry: policy } = this.#transport;
    const left = Math.min(pausedUntil - clock.now(), policy.maxRetryAfterMs);
    if (left > 0) await clock.sleep(left, this.#request.signal);
  }

  #attemptMs(): number {
    return this.#request.timeouts?.attemptMs ?? this.#transport.timeouts.attemptMs;
  }

  #circuitOpen(leftMs: number): PanelError {
    const what = `next try in ${Math.ceil(leftMs / 1000)} s`;
    return this.#error({ code: 'PANEL_CIRCUIT_OPEN', what, status: null, retryAfterMs: leftMs, outcomeUnknown: false });
  }

  #error(failure: Failure): PanelError {
    const whole = this.#inDoubt ? { ...failure, outcomeUnknown: true } : failure;
    return errorOfFailure(whole, this.#transport.options.panel, this.#request.endpoint, this.#clean);
  }
}

const closed: Failure = {
  code: 'PANEL_UNREACHABLE',
  what: 'this client was closed',
  remedy: 'Make a new one.',
  status: null,
  outcomeUnknown: false,
};
