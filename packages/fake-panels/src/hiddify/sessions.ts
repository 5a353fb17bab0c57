import { type FakeRequest } from '../core/fake-request.js';

/** The server's sessions: each call with a key stores one, for ten days (docs/panels/hiddify.md, 2.1). */
export class Sessions {
  /** Sessions stored since the start. */
  stored = 0;
  private readonly ended = new Set<string>();

  /** Stores a session and returns its cookie. */
  start(adminId: number): string {
    this.stored += 1;
    return `session=${adminId}-${this.stored}; HttpOnly; Path=/`;
  }

  /** The administrator of the request's cookie. */
  findAdmin(request: FakeRequest): number | undefined {
    const name = findName(request);
    return name === undefined || this.ended.has(name) ? undefined : Number(name.split('-')[0]);
  }

  /** Ends the session of the request's cookie. */
  end(request: FakeRequest): void {
    const name = findName(request);
    if (name !== undefined) this.ended.add(name);
  }
}

function findName(request: FakeRequest): string | undefined {
  return /(?:^|;\s*)session=(\d+-\d+)/.exec(request.headers['cookie'] ?? '')?.[1];
}
