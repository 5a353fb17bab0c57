import type { FakeRequest } from '../core/fake-request.js';
import type { FakeResponse } from '../core/fake-response.js';
import type { AstWorld } from './world.js';

/** The token of the default and the Portuguese wire. */
export class Tokens {
  /** Calls that are still accepted; null: any number. */
  callsLeft: number | null = null;
  /** Milliseconds since 1970; null: never. */
  expiresAt: number | null = null;

  constructor(
    public token: string,
    private readonly now: () => number,
  ) {}

  /** Whether a call with this token is accepted. */
  takes(sent: string | undefined): boolean {
    if (sent !== this.token || (this.expiresAt !== null && this.now() >= this.expiresAt)) return false;
    if (this.callsLeft === null) return true;
    this.callsLeft -= 1;
    return this.callsLeft >= 0;
  }
}

/** The answers to requests with an `Idempotency-Key`, where the quirks honour it. */
export class Replays {
  readonly #answers = new Map<string, FakeResponse>();

  constructor(private readonly world: AstWorld) {}

  find(request: FakeRequest): FakeResponse | undefined {
    const key = request.headers['idempotency-key'];
    if (key === undefined || !this.world.quirks.honoursIdempotencyKeys) return undefined;
    return this.#answers.get(`${request.path} ${key}`);
  }

  keep(request: FakeRequest, answer: FakeResponse): void {
    const key = request.headers['idempotency-key'];
    if (key !== undefined && request.method === 'POST') this.#answers.set(`${request.path} ${key}`, answer);
  }
}

/** What a fake Astbilling serves with. */
export interface AstSite {
  readonly world: AstWorld;
  readonly tokens: Tokens;
  readonly replays: Replays;
  /** MagnusBilling's credential. */
  readonly key: string;
  readonly secret: string;
  /** Sessions of MagnusBilling: each answer makes one, and each is a login. */
  readonly sessions: Set<string>;
}
