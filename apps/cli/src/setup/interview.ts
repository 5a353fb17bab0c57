import { printable } from '@sluice/panel-http/printable';
import { suggestion } from '@sluice/engine/words';
import type { PanelKind, ProductChoice } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import { parseSize } from '@sluice/quota-core';
import {
  exampleQuota,
  kebab,
  type OfferedRow,
  type PanelAnswer,
  type ProductAnswer,
  type SecretAnswer,
} from './answers.js';
import {
  checkCredentialName,
  checkCurrency,
  checkEnvName,
  checkKind,
  checkName,
  checkProductName,
  checkSecret,
  checkTimeZone,
  checkUrl,
} from './check-answers.js';

/** Reads one line from the operator; `secret` hides what is typed. */
export type Ask = (question: string, options?: { secret?: boolean }) => Promise<string>;

/** What an interview needs. */
export interface Interviewer {
  ask: Ask;
  say: (text: string) => void;
  pathInConfig: (answer: string) => string;
  kinds: readonly PanelKind[];
}

/** How often a question is asked. */
const TRIES = 5;

const WAYS = [
  'an environment variable',
  'a file',
  'a systemd credential',
  'type it now; it is saved in a file (0600) beside the config',
  'type it now; it is saved in the config itself',
];

/** Asks an operator on a terminal, and repeats a question whose answer is not valid. */
export class Interview {
  readonly #with: Interviewer;

  constructor(interviewer: Interviewer) {
    this.#with = interviewer;
  }

  timeZone(fallback: string): Promise<string> {
    return this.#ask(`Time zone of billing dates [${fallback}]: `, fallback, checkTimeZone);
  }

  /** Returns null for no currency. */
  currency(): Promise<string | null> {
    return this.#ask('Currency of packages and bills, such as EUR (empty: none): ', '', (answer) =>
      answer === '' ? null : checkCurrency(answer),
    );
  }

  /** Asks for panels until the kind is left empty; a panel for which `works` returns false can be entered again. */
  async panels(works: (panel: PanelAnswer) => Promise<boolean>): Promise<PanelAnswer[]> {
    const panels: PanelAnswer[] = [];
    const { kinds } = this.#with;
    for (;;) {
      const which = panels.length === 0 ? 'of the panel' : 'of another panel';
      const kind = await this.#ask(
        `Kind ${which} (${kinds.map(({ kind }) => kind).join(', ')}; empty: none): `,
        '',
        (answer) => (answer === '' ? null : checkKind(kinds)(answer)),
      );
      if (kind === null) return panels;
      panels.push(await this.#workingPanel(kind, new Set(panels.map((panel) => panel.name)), works));
    }
  }

  /** Asks for a first product; returns null for none. `offer` reads what a panel has to choose from. */
  async product(
    panels: readonly PanelAnswer[],
    offer: (panel: PanelAnswer, choice: ProductChoice) => Promise<OfferedRow[]>,
  ): Promise<ProductAnswer | null> {
    const panel = await this.#panelOfProduct(panels);
    if (panel === null) return null;
    const { name: example } = panel.kind.init.product;
    const name = await this.#ask(
      `Name of a first product on ${panel.name}; - for none [${example}]: `,
      example,
      (answer) => (answer === '-' ? null : checkProductName(answer)),
    );
    if (name === null) return null;
    const fallback = exampleQuota(panel.kind);
    const quota = await this.#ask(
      `Traffic included in a billing cycle: a size such as 500GB (1 GB is 1024³ bytes), or unlimited [${fallback}]: `,
      fallback,
      (answer) => {
        if (answer !== 'unlimited') parseSize(answer);
        return answer;
      },
    );
    const chosen: { choice: ProductChoice; id: string }[] = [];
    for (const choice of panel.kind.init.product.choices ?? []) {
      if (chosen.some((one) => one.choice.replaces === choice.replaces)) continue;
      const id = await this.#choose(choice, await offer(panel, choice));
      if (id !== null) chosen.push({ choice, id });
    }
    return { name, panel, quota, chosen };
  }

  async #panelOfProduct(panels: readonly PanelAnswer[]): Promise<PanelAnswer | null> {
    const [first] = panels;
    if (first === undefined || panels.length === 1) return first ?? null;
    const names = panels.map(({ name }) => name);
    return await this.#ask(`Panel of a first product (${names.join(', ')}) [${first.name}]: `, first.name, (answer) => {
      const found = panels.find(({ name }) => name === answer);
      if (found === undefined) throw new Error(`"${answer}" is not a panel${suggestion(answer, names)}`);
      return found;
    });
  }

  /** Lets the operator choose an entry of a list by its id; null for none, and for an empty list. */
  async #choose({ title, required = false }: ProductChoice, rows: readonly OfferedRow[]): Promise<string | null> {
    const [first] = rows;
    if (first === undefined) return null;
    const fallback = required ? first.id : '';
    this.#with.say(`The panel has these ${title}s:`);
    for (const { id, text } of rows) this.#with.say(`  ${id} ${text}`);
    const without = required ? `[${fallback}]` : '(empty: none)';
    return await this.#ask(`Id of the ${title} of the product ${without}: `, fallback, (answer) => {
      if (answer !== '' && !rows.some(({ id }) => id === answer))
        throw new Error(`"${answer}" is not one of these ids`);
      return answer === '' ? null : answer;
    });
  }

  async #workingPanel(
    kind: PanelAnswer['kind'],
    used: Set<string>,
    works: (panel: PanelAnswer) => Promise<boolean>,
  ): Promise<PanelAnswer> {
    let former: PanelAnswer | null = null;
    for (;;) {
      const panel: PanelAnswer = await this.#panel(kind, used, former);
      if (await works(panel)) return panel;
      former = panel;
      if (!(await this.#agree('Enter the panel again? Otherwise it is written as it is. [Y/n] ', 'y'))) return panel;
    }
  }

  async #panel(kind: PanelAnswer['kind'], used: Set<string>, former: PanelAnswer | null): Promise<PanelAnswer> {
    const questions = kind.init;
    const named = former?.name ?? questions.defaultName;
    const name = await this.#ask(`Name of the panel in the config [${named}]: `, named, (answer) => {
      if (used.has(answer)) throw new Error(`panel "${answer}" already exists`);
      return checkName(answer);
    });
    const { url, http } = await this.#address(kind, former);
    const [first = [], other = []] = kind.credentials ?? [];
    let unused = new Set(other);
    const texts: Record<string, string> = {};
    for (const { key, default: usual } of questions.texts) {
      if (usual === null) continue;
      const fallback = former?.texts[key] ?? usual;
      const canChoose = other.length > 0 && first.includes(key);
      const choice = canChoose ? `; - to use a ${other.join(' and ')} instead` : '';
      const answer = await this.#ask(`${key} of the panel [${fallback}]${choice}: `, fallback, (typed) => typed);
      if (canChoose && answer === '-') unused = new Set(first);
      else texts[key] = answer;
    }
    const secrets: Record<string, SecretAnswer> = {};
    for (const key of questions.secrets)
      if (!unused.has(key)) secrets[key] = await this.#keptSecret(name, key, former?.secrets[key]);
    return { name, kind, url, allowHttp: http, texts, secrets };
  }

  #address(kind: PanelAnswer['kind'], former: PanelAnswer | null): Promise<{ url: string; http: boolean }> {
    const shown = former?.url ?? 'https://…';
    const question = former === null ? `Address of the panel (${shown}): ` : `Address of the panel [${shown}]: `;
    return this.#ask(question, former?.url ?? '', async (answer) => {
      const address = checkUrl(kind)(answer);
      if (address.http && former?.url !== address.url) {
        const question = 'Plain http sends the credentials unencrypted. Use it anyway? [y/N] ';
        if (!(await this.#agree(question, 'n'))) throw new Error('enter the address with https://');
      }
      return address;
    });
  }

  async #keptSecret(panel: string, key: string, former: SecretAnswer | undefined): Promise<SecretAnswer> {
    if (former === undefined) return await this.#secret(panel, key);
    const isKept = await this.#agree(`Keep the ${key} as entered before? [Y/n] `, 'y');
    return isKept ? former : await this.#secret(panel, key);
  }

  async #secret(panel: string, key: string): Promise<SecretAnswer> {
    const option = `${panel}.${kebab(key)}`;
    const variable = option.replaceAll(/\W/g, '_').toUpperCase();
    this.#with.say(`Where is the ${key} of the panel?`);
    WAYS.forEach((way, index) => {
      this.#with.say(`  ${index + 1} ${way}`);
    });
    const way = await this.#ask('Which [1]: ', '1', (answer) => {
      if (!/^[1-5]$/.test(answer)) throw new Error('enter a number from 1 to 5');
      return Number(answer);
    });
    switch (way) {
      case 1:
        return { from: 'env', name: await this.#ask(`Name of the variable [${variable}]: `, variable, checkEnvName) };
      case 2:
        return { from: 'file', path: await this.#ask('Path of the file: ', '', this.#with.pathInConfig) };
      case 3:
        return {
          from: 'credential',
          name: await this.#ask(`Name of the credential [${option}]: `, option, checkCredentialName),
        };
      default: {
        const value = await this.#ask(`The ${key} (not shown): `, '', checkSecret, true);
        return { from: 'typed', value, keep: way === 4 ? 'file' : 'config' };
      }
    }
  }

  /** Asks for a yes or no; any other answer is asked again. */
  #agree(question: string, fallback: 'y' | 'n'): Promise<boolean> {
    return this.#ask(question, fallback, (answer) => {
      const [, yes, no] = /^(?:(y|yes)|(n|no))$/i.exec(answer) ?? [];
      if (yes === undefined && no === undefined) throw new Error('answer y or n');
      return yes !== undefined;
    });
  }

  async #ask<T>(
    question: string,
    fallback: string,
    check: (answer: string) => T | Promise<T>,
    secret = false,
  ): Promise<T> {
    for (let tries = 0; tries < TRIES; tries++) {
      const typed = await this.#with.ask(printable(question), ...(secret ? [{ secret }] : []));
      const answer = secret ? typed : typed.trim();
      try {
        return await check(answer === '' ? fallback : answer);
      } catch (error) {
        this.#with.say(`  ${(error as Error).message}`);
      }
    }
    throw usageError(
      'no_answer',
      `no valid answer to "${question.trim()}" after ${TRIES} attempts; nothing was written`,
    );
  }
}
