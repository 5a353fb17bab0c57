import type { ChannelMessage, MessageBrand } from '@sluice/contract/ports';
import { showFigures } from './message-text.js';

/** Returns the text of a mail: what the message says, its figures and links, and the provider's name and contact as its signature. */
export function toMailText({ text, view }: Pick<ChannelMessage, 'text' | 'view'>, brand: MessageBrand): string {
  const { figures, link, unsubscribe, words } = view;
  const times = figures.length > 0 && words.times !== '' ? [words.times] : [];
  const blocks = [
    text.trimEnd(),
    showFigures(view),
    times.join(''),
    link === null ? '' : `${link.text}:\n${link.href}`,
    unsubscribe === null ? '' : `${unsubscribe.text}:\n${unsubscribe.href}`,
  ].filter((block) => block !== '');
  const { name, contact, terms } = brand;
  const signature = [name, contact && `${words.contact}: ${contact}`, terms && `${words.terms}: ${terms}`].filter(
    Boolean,
  );
  const body = blocks.join('\n\n');
  return signature.length === 0 ? body : `${body}\n\n-- \n${signature.join('\n')}\n`;
}
