import type { Advice, ServiceDetail } from '@sluice/engine';
import { sayAdvice } from '@sluice/engine/words';
import { showContact } from '../../layout/brand.js';
import { address, type Section, type Tone } from '../../layout/components.js';
import { html, type Html, type Part } from '../../layout/html.js';
import { priceText } from '../package-columns.js';
import { toPath } from './own.js';
import type { ServiceScene } from './service-scene.js';

type AdvisedService = ServiceDetail & { advice: Advice };

/** What a client reads first: what is going on, when it comes back, and the one thing to do now. */
export function adviceSection(scene: ServiceScene): Section | null {
  const { service, times, wording } = scene;
  const { advice } = service;
  if (advice === undefined) return null;
  const [first, ...others] = sayAdvice(advice, service, times).map((said) => wording.said(said, times));
  const todo = showAction(scene, { ...service, advice });
  const content = html`<div class="now now-${toTone(advice)}">
      <p class="lead">${first}</p>
      ${others.length === 0 ? null : html`<p>${spaced(others)}</p>`}
    </div>
    ${todo === null ? null : html`<p class="todo">${todo}</p>`}`;
  return { id: 'now', title: wording.text('advice.title'), content };
}

const spaced = (parts: readonly Html[]): Part[] => parts.flatMap((part, index) => (index === 0 ? [part] : [' ', part]));

/** Returns how urgent an advice is. */
export function toTone({ state, restriction }: Advice): Tone {
  if (restriction === 'whole' || restriction === 'part') return state === 'coming-back' ? 'info' : 'bad';
  if (restriction === 'due') return 'warning';
  if (state === 'fine') return 'good';
  if (state === 'ended' || state === 'ending') return 'quiet';
  return state === 'not-begun' || state === 'new-period' ? 'info' : 'warning';
}

/** Returns what the client can do now, as a button where that is a page; null for nothing. Other sites have their own pages for it. */
function showAction({ request, packages, wording }: ServiceScene, { id, advice }: AdvisedService): Part {
  const { action } = advice;
  if (action === null) return null;
  const button = (href: string | null, text: string): Html =>
    href === null || request.isEmbedded
      ? html`<strong>${text}</strong>`
      : html`<a class="button button-main" href="${href}" rel="noopener">${text}</a>`;
  switch (action.do) {
    case 'buy': {
      const wanted = packages.find((each) => each.id === action.package);
      if (wanted === undefined) return button('#packages', wording.text('todo.choose'));
      const text = wording.text('todo.buy', { package: wanted.name, price: priceText(wanted, wording) });
      return button(address(`${toPath(request, id)}/buy`, { package: wanted.id }), text);
    }
    case 'add-credit':
      return button(action.url, wording.text('credit.add'));
    case 'pay': {
      const { invoice } = action;
      return button(action.url, invoice === null ? wording.text('todo.payAny') : wording.text('todo.pay', { invoice }));
    }
    case 'ask':
      return action.url === null ? showAsked({ request, wording }) : button(action.url, wording.text('todo.ask'));
  }
}

/** How the provider is asked that has no address to open. */
function showAsked({ request, wording }: Pick<ServiceScene, 'request' | 'wording'>): Html {
  const { contact } = request.sluice.config.brand;
  const ask = html`<strong>${wording.say('todo.ask')}</strong>`;
  return contact === undefined ? ask : html`${ask}: ${showContact(contact)}`;
}
