import type { CustomerLink, PanelToOpen } from '@sluice/panel-kind';
import type { HiddifySettings } from './settings.js';

/**
 * Returns the subscription link of a user. It needs the client path, which the API does not show (docs/panels/hiddify.md,
 * 1.1); the path of the administration is never part of it, even where the config names it as the client path.
 */
export function customerLinks(
  { name, settings }: Pick<PanelToOpen, 'name' | 'settings'>,
  user: string,
): CustomerLink[] {
  const { url, clientPath } = settings as HiddifySettings;
  const { origin, pathname } = new URL(url);
  const isKnown = clientPath !== undefined && clientPath !== pathname.split('/')[1];
  return [
    {
      url: `${origin}/${isKnown ? clientPath : 'CLIENT-PATH'}/${user}/`,
      unknown: isKnown
        ? null
        : `Set panels.${name}.clientPath to the panel's client path, which its API does not show; the subscription link needs it in place of CLIENT-PATH`,
    },
  ];
}
