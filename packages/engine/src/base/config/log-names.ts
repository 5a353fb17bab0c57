import type { BillingKind, NoticeChannelKind } from '@sluice/contract/ports';
import { billingSettings, findEntry } from './find-entry.js';
import { namedChannels } from './notify-schema.js';
import { error, type RuleFinding } from './rule.js';
import type { Config } from './schema.js';

/**
 * Returns what shares its name with something else that is called. Calls are logged by name, a notice waits for a channel of a
 * name, and a panel's state is the last call of its name.
 */
export function checkLogNames(
  config: Config,
  billing: readonly BillingKind[],
  channels: readonly NoticeChannelKind[],
): RuleFinding[] {
  const used = billing.filter(({ kind }) => billingSettings(config, kind) !== undefined);
  const isPanel = (name: string): boolean => findEntry(config.panels, name) !== undefined;
  const ofPanels = used
    .filter(({ kind }) => isPanel(kind))
    .map(({ kind, title }) => error(`panels.${kind}`, `calls to ${title} have this name in the log: use another one`));
  const named = namedChannels(config.notify, channels);
  const ofChannels = named.flatMap(({ name, index, settings }) => {
    const path = `notify.${index}.name`;
    if (isPanel(name)) return [error(path, `"${name}" is the name of a panel: use another one`)];
    const system = used.find(({ kind }) => kind === name);
    if (system !== undefined)
      return [error(path, `calls to ${system.title} have this name in the log: use another one`)];
    if (!named.some((other) => other.name === name && other.index < index)) return [];
    const remedy =
      settings.name === undefined
        ? 'name the one that is new, or what waits for the other is sent to it'
        : 'name each of them';
    return [error(path, `"${name}" is the name of another entry: ${remedy}`)];
  });
  return [...ofPanels, ...ofChannels];
}
