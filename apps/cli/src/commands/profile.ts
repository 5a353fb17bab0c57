import path from 'node:path';
import {
  type AstbillingClient,
  builtInProfiles,
  createAstbillingClient,
  type Profile,
  type ProfileCheck,
  ProfileError,
  probeProfile,
  readProfile,
} from '@sluice/astbilling-client';
import { openClient, transportOptions } from '@sluice/panel-kind';
import { SluiceError, usageError } from '@sluice/panel-kind/errors';
import { suggestion } from '@sluice/engine/words';
import { isSecretReference, resolveSecret } from '@sluice/config-file';
import { Terminal } from '../terminal/terminal.js';
import { readText } from '@sluice/config-file/files';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { loadConfig } from '../load-config.js';
import type { CommandHandler, GlobalOptions } from './command.js';

interface ProfileOptions extends GlobalOptions {
  against?: string;
  token?: string;
  allowHttp?: boolean;
}

/** `sluice profile check FILE` */
export const profileCheck: CommandHandler<ProfileOptions> = async ([file = ''], options, deps) => {
  const terminal = new Terminal(deps, options);
  const profile = readProfileFile(file, deps);
  const checks = options.against === undefined ? [] : await probe(profile, options.against, options, deps);
  const ok = checks.every(({ outcome }) => outcome === 'fits' || outcome === 'skipped');
  terminal.document({ ok, profile: profile.name, checks });
  terminal.info(`${file}: the profile "${profile.name}" is valid`);
  for (const check of checks) if (!terminal.quiet || isWrong(check)) printCheck(terminal, check);
  return ok ? ExitCode.done : ExitCode.failed;
};

function readProfileFile(file: string, deps: Deps): Profile {
  if (Object.hasOwn(builtInProfiles, file)) return builtInProfiles[file as keyof typeof builtInProfiles];
  const text = readText(path.resolve(deps.cwd, file), { code: 'bad_profile', label: '' });
  try {
    return readProfile(text);
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error;
    const lines = error.problems.map(
      (problem) => `${problem.path === '' ? 'the document' : problem.path}: ${problem.message}`,
    );
    throw usageError('bad_profile', `${file} is not a profile that can be used:`, { problems: error.problems }, lines);
  }
}

async function probe(profile: Profile, against: string, options: ProfileOptions, deps: Deps): Promise<ProfileCheck[]> {
  const client = /^https?:\/\//.test(against)
    ? openUrl(profile, against, options, deps)
    : openPanel(profile, against, options, deps);
  try {
    return await probeProfile(client, { signal: deps.signal, now: deps.clock.now() });
  } finally {
    client.close();
  }
}

function openUrl(profile: Profile, url: string, { token, allowHttp }: ProfileOptions, deps: Deps): AstbillingClient {
  if (token === undefined || !isSecretReference(token))
    throw usageError(
      'bad_option',
      '--token: name where the token is, such as ${env:NAME} or ${file:/path}; on the command line others would see it',
    );
  const secret = resolveSecret(token, '--token', { env: deps.env, dir: deps.cwd });
  const { clock, random } = deps;
  const panel = new URL(url).host;
  return open({ panel, baseUrl: url, allowHttp: allowHttp === true, token: secret, profile, clock, random });
}

function openPanel(profile: Profile, name: string, { config: file }: ProfileOptions, deps: Deps): AstbillingClient {
  const config = loadConfig(file, deps);
  const panel = Object.hasOwn(config.panels, name) ? config.panels[name] : undefined;
  const token: unknown = panel?.['token'];
  if (panel === undefined || typeof token !== 'string') {
    const known = Object.keys(config.panels).filter((key) => config.panels[key]?.['token'] !== undefined);
    throw new SluiceError(
      'unknown_panel',
      `There is no telephony panel "${name}" in the config${suggestion(name, known)}`,
      {
        kind: 'not-found',
      },
    );
  }
  const secret = (text: string, key: string): string => resolveSecret(text, key, { ...config, env: deps.env });
  const transport = transportOptions(
    { name, settings: panel },
    {
      ...{ clock: deps.clock, random: deps.random, onCall: () => undefined, secret },
      readFile: (path_, key) =>
        readText(path.resolve(config.dir, path_), { code: 'config_invalid', label: `${key}: ` }),
    },
  );
  const { url: baseUrl, allowHttp } = panel;
  return open({ panel: name, baseUrl, allowHttp, token: secret(token, `panels.${name}.token`), profile, ...transport });
}

function open(options: Parameters<typeof createAstbillingClient>[0] & { panel: string }): AstbillingClient {
  return openClient(options.panel, () => createAstbillingClient(options));
}

function isWrong({ outcome }: ProfileCheck): boolean {
  return outcome === 'differs' || outcome === 'failed';
}

const COLOURED = { fits: 'ok', differs: 'failed', failed: 'failed', skipped: 'skipped' } as const;

function printCheck(terminal: Terminal, check: ProfileCheck): void {
  const { resource, operation, outcome, message, paths, absentFields } = check;
  terminal.line(`${terminal.paint(COLOURED[outcome], outcome.padEnd(8))} ${resource}.${operation}: ${message}`);
  for (const place of paths) terminal.line(`           ${place}`);
  if (absentFields.length > 0) terminal.info(`           no record had ${absentFields.join(', ')}`);
}
