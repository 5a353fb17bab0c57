import { randomBytes } from 'node:crypto';
import { toCsrfToken } from '../access/viewer.js';
import type { DashboardBench } from './dashboard-bench.js';
import { extractMain } from './page-texts.js';

/** Returns a key for a form. */
export const toKey = (): string => randomBytes(16).toString('base64url');

/** A request for a share link of a client or an agent; `expiresAt` is a day from now by default. */
interface Asked {
  client?: string;
  agent?: string;
  expiresAt?: string;
  buy?: boolean;
  maxAmount?: string;
  manage?: boolean;
  changePassword?: boolean;
}

/** A client or an agent with its share link, over real HTTP. */
export class Link {
  private constructor(
    private readonly at: Pick<DashboardBench, 'fetch'>,
    readonly id: string,
    readonly token: string,
    private csrfToken: string,
  ) {}

  static async open(at: Pick<DashboardBench, 'fetch' | 'sluice' | 'clock'>, asked: Asked): Promise<Link> {
    const { client, agent, expiresAt = new Date(at.clock.now() + 86_400_000).toISOString(), ...rights } = asked;
    const { token, access } = await at.sluice.access.share({ client, agent, expiresAt, rights });
    return new Link(at, access.id, token, toCsrfToken(token));
  }

  csrf(): string {
    return this.csrfToken;
  }

  get(path: string): Promise<Response> {
    return this.at.fetch(`/share/${this.token}${path === '/' ? '' : path}`);
  }

  /** Returns the main part of a page, of drawings only the opening tag. */
  async text(path: string): Promise<string> {
    return extractMain(await (await this.get(path)).text());
  }

  /** Sends a form with exactly these fields. */
  send(path: string, fields: Record<string, string>): Promise<Response> {
    return this.at.fetch(`/share/${this.token}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** Sends a new form with these fields. */
  post(path: string, fields: Record<string, string>): Promise<Response> {
    return this.send(path, { ...fields, csrf: this.csrfToken, key: toKey() });
  }

  /** Returns the fields of the form on a page whose action ends so. */
  readForm(page: string, action: string): Record<string, string> {
    const forms = page.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? [];
    const form = forms.find((text) => new RegExp(`action="[^"]*${action}"`).test(text)) ?? '';
    const inputs = [...form.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)];
    return Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]));
  }
}
