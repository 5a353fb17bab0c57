import { isDeepStrictEqual } from 'node:util';
import { type Config, configReaders, configState, type FoundConfig, missingSecrets } from '@sluice/config-file';
import type { CurrentConfig } from '@sluice/engine';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import { writeLine } from './terminal/wrap.js';
import type { Deps } from './context.js';
import { requireFound, warnOfExposed } from './load-config.js';

/** While nothing is changed, the file is read at most once in this time. */
const GLANCE_MS = 1000;

/** After a check that refused it, a file that stays as it is is left for so many times as long as that took, and no longer than this. */
const PAUSES = 20;
const LONGEST_PAUSE_MS = 600_000;

/** Keys that only a start applies. */
const AT_START = {
  state: ({ state }: Config) => state,
  'serve.listen': ({ serve }: Config) => serve.listen,
  'serve.publicUrl': ({ serve }: Config) => serve.publicUrl,
  'serve.trustedProxies': ({ serve }: Config) => serve.trustedProxies,
  'serve.token': ({ serve }: Config) => serve.token,
};

/** The config of a process that runs long, as its file is now; what became of each change is said on stderr. */
export class FollowedConfig {
  /** Is called after the config of now became another one, or is accepted again. */
  onChange: () => void = () => undefined;
  readonly #deps: Deps;
  readonly #found: FoundConfig;
  readonly #atStart: Config;
  #now: CurrentConfig & { config: Config };
  /** Of the file when it was last read; null before: it may have been changed since the start read it. */
  #state: string | null = null;
  #readAt = -Infinity;
  #pause = { from: -Infinity, until: -Infinity };

  constructor(config: Config, found: FoundConfig, deps: Deps) {
    this.#deps = deps;
    this.#found = found;
    this.#atStart = config;
    this.#now = { config, ...configReaders(config, deps.env), refused: null, needRestart: [] };
  }

  /** Returns the config of now. */
  readonly current = ({ beforeChange }: { beforeChange: boolean }): CurrentConfig & { config: Config } => {
    const now = this.#deps.clock.now();
    const age = now - this.#readAt;
    if (beforeChange || age >= GLANCE_MS || age < 0) {
      this.#readAt = now;
      this.#read();
    }
    return this.#now;
  };

  #read(): void {
    const { config, refused } = this.#now;
    const state = configState(config);
    const { clock } = this.#deps;
    const begun = clock.now();
    const isPaused = begun >= this.#pause.from && begun < this.#pause.until;
    // What is wrong with a refused config may be in a file that it names besides.
    if (state !== null && state === this.#state && (refused === null || isPaused)) return;
    this.#state = state;
    try {
      this.#accept(this.#load());
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      this.#refuse(error);
      const from = clock.now();
      this.#pause = { from, until: from + Math.min((from - begun) * PAUSES, LONGEST_PAUSE_MS) };
    }
  }

  /** Loads the file; a defect of the check refuses it as well, since nothing has accepted it. */
  #load(): Config {
    try {
      return requireFound(this.#found, this.#deps);
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      throw new SluiceError('unexpected', toItemError(error).message, { kind: 'internal', cause: error });
    }
  }

  #accept(loaded: Config): void {
    const before = this.#now;
    const start = this.#atStart;
    const config = { ...loaded, state: start.state, serve: start.serve };
    const needRestart = [...keysAtStart(loaded, start), ...this.#lacks(loaded)];
    const isOther = !isDeepStrictEqual({ ...config, warnings: [] }, { ...before.config, warnings: [] });
    const restartsAsBefore = isDeepStrictEqual(needRestart, before.needRestart);
    if (before.refused === null && !isOther && restartsAsBefore) return;
    const readers = isOther ? { config, ...configReaders(config, this.#deps.env) } : {};
    this.#now = { ...before, ...readers, refused: null, needRestart };
    if (before.refused !== null) this.#say('The config is accepted again');
    if (isOther) this.#say('The config was changed; what begins from now on works with it');
    if (needRestart.length > 0 && !restartsAsBefore)
      this.#say(`Of the config, this takes effect after a restart of the server: ${needRestart.join(', ')}`);
    if (isOther) warnOfExposed(config, this.#deps);
    if (isOther || before.refused !== null) this.onChange();
  }

  /** Returns what an edited config needs from the environment that the one of the start did not; only a start reads that. */
  #lacks(edited: Config): string[] {
    const { env } = this.#deps;
    const known = missingSecrets(this.#atStart, env);
    return missingSecrets(edited, env).filter((name) => !known.includes(name));
  }

  #refuse(error: SluiceError): void {
    const { cause } = this.#now.refused ?? {};
    if (cause instanceof SluiceError && cause.message === error.message) return;
    const refused = toRefusal(error, new Date(this.#deps.clock.now()).toISOString());
    this.#now = { ...this.#now, refused };
    this.#say(refused.message);
  }

  #say(text: string): void {
    writeLine(this.#deps.stderr, `sluice: ${printable(text)}`);
  }
}

function keysAtStart(loaded: Config, start: Config): string[] {
  return Object.entries(AT_START).flatMap(([key, read]) => (isDeepStrictEqual(read(loaded), read(start)) ? [] : [key]));
}

function toRefusal(error: SluiceError, at: string): SluiceError {
  const [message = '', ...lines] = error.message.split('\n  ');
  const text = `The config was changed (seen at ${at}) and is refused: ${message.replace('; no panel was called', '')}`;
  return new SluiceError('config_refused', text, { lines, cause: error });
}
