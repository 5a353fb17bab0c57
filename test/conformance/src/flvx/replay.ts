import { randomBytes } from 'node:crypto';
import { diffStates } from '@sluice/fake-panels';
import { sendRaw, type WireAnswer } from './client.js';
import { Normaliser } from './normalise.js';
import type { ReplayRequest, ReplayStep } from './step.js';
import { type Kind, ReplaySymbols } from './symbols.js';
import type { ReplayTarget } from './target.js';
import { commandText, readView } from './view.js';

/** What became of one step: the answer, what changed on the panel and its nodes, and what was sent to the nodes. */
export interface ReplayOutcome {
  readonly step: string;
  readonly answer: unknown;
  readonly effects: readonly string[];
  readonly commands: readonly string[];
}

/** What the `id` of a row means in the answer of a path. */
const listKinds: readonly [RegExp, Kind][] = [
  [/\/user\/list$/, 'user'],
  [/\/user\/groups$/, 'userGroup'],
  [/\/tunnel\/user\/tunnel$/, 'tunnel'],
  [/\/(tunnel\/(list|get)|speed-limit\/tunnels)$/, 'tunnel'],
  [/\/node\/(list|check-status)$/, 'node'],
  [/\/speed-limit\/list$/, 'limit'],
  [/\/forward\/list$/, 'forward'],
  [/\/group\/permission\/list$/, 'right'],
];

function findKind(path: string): Kind | null {
  if (path.endsWith('/tunnel/user/list')) return 'permission';
  if (path.endsWith('/group/user/list')) return 'userGroup';
  if (path.endsWith('/group/tunnel/list')) return 'tunnelGroup';
  return listKinds.find(([pattern]) => pattern.test(path))?.[1] ?? null;
}

/** The answer as it is recorded: in the envelope's own words, with ids, instants and secrets replaced. */
function recorded(answer: WireAnswer, path: string, symbols: ReplaySymbols): unknown {
  if (answer.cut) return 'cut';
  const { status, type, text } = answer;
  if (!type.startsWith('application/json')) return { status, type, text: symbols.plain(text) };
  if (!text.endsWith('}\n')) throw new Error('A JSON answer of the panel ends with a newline.');
  const body = new Normaliser(symbols, Date.now()).value(JSON.parse(text), findKind(path));
  return { status, type, body };
}

/** Sends the recorded requests to a panel, one after the other, and tells what became of each. */
export class Replay {
  readonly #target: ReplayTarget;
  readonly #symbols: ReplaySymbols;
  readonly #tokens = new Map<string, string>();
  #view: unknown = {};

  constructor(target: ReplayTarget) {
    this.#target = target;
    this.#symbols = new ReplaySymbols(`rp${randomBytes(4).toString('hex')}`, target.username);
  }

  async run(steps: readonly ReplayStep[]): Promise<ReplayOutcome[]> {
    const { username, password } = this.#target;
    const { token } = (await this.#target.read('user/login', { username, password }, '')) as {
      token: string;
    };
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string };
    this.#symbols.learn('user', Number(claims.sub), 'admin');
    this.#tokens.set('admin', token);
    this.#view = await readView(this.#target, token, this.#symbols);
    this.#target.takeCommands();
    const outcomes: ReplayOutcome[] = [];
    for (const step of steps) outcomes.push(await this.#step(step, token));
    return outcomes;
  }

  async #step(step: ReplayStep, adminToken: string): Promise<ReplayOutcome> {
    const answer = 'act' in step ? await this.#act(step.act, step.node, step.message ?? '') : await this.#send(step);
    const before = this.#view;
    this.#view = await readView(this.#target, adminToken, this.#symbols);
    const commands = this.#target.takeCommands().map((command) => commandText(command, this.#symbols));
    return {
      step: step.step,
      answer: 'act' in step ? null : recorded(answer as WireAnswer, step.path, this.#symbols),
      effects: diffStates(before, this.#view),
      commands,
    };
  }

  async #act(act: Parameters<ReplayTarget['act']>[0], node: string, message: string): Promise<null> {
    const secret = this.#symbols.fillText(`<secret:${node}>`);
    await this.#target.act(act, { name: node, listed: this.#symbols.fillText(`{p}-${node}`), secret }, message);
    return null;
  }

  async #send(step: ReplayRequest): Promise<WireAnswer> {
    const { as = 'admin', method = 'POST' } = step;
    const token = as === 'nobody' ? null : (this.#tokens.get(as) ?? null);
    const authorization = step.authorization?.replace('{token}', this.#tokens.get('admin') ?? '') ?? token;
    const text = step.text === undefined ? undefined : this.#symbols.fillText(step.text);
    const body = text ?? (step.send === undefined ? undefined : JSON.stringify(this.#symbols.fill(step.send)));
    const url = `${this.#target.url}${this.#symbols.fillText(step.path)}`;
    const answer = await sendRaw(url, method, authorization, body);
    if (step.keep !== undefined && !answer.cut) {
      const { data } = JSON.parse(answer.text) as { data?: { token?: string } };
      if (data?.token === undefined) throw new Error(`There is no token in the answer to "${step.step}".`);
      this.#tokens.set(step.keep, data.token);
    }
    return answer;
  }
}
