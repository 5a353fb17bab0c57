import { expect, it } from '@jest/globals';
import type { NoticeChannelKind } from '@sluice/contract/ports';
import { checkNotify } from './notify-rules.js';
import type { NotifySettings } from './notify-schema.js';
import type { Config } from './schema.js';

const hook = { kind: 'hook', title: 'Hook', shape: {}, descriptions: {}, secrets: [], clientAddress: 'none' } as const;

function check(settings: Partial<NotifySettings>, more: { publicUrl?: string; billing?: string } = {}): string[] {
  const { publicUrl, billing = 'ledger' } = more;
  const notify = [{ hook: 'x', for: 'client', timeout: 1000, ...settings }];
  const config = { notify, serve: { publicUrl }, billing } as unknown as Config;
  const kinds: NoticeChannelKind[] = [{ ...hook, open: () => Promise.reject(new Error('not opened')) }];
  return checkNotify(config, kinds).map(({ path, message }) => `${path}: ${message}`);
}

it('accepts a template for all, by event, by language, and by both', () => {
  const texts = [
    '{message}',
    { hold: '{used} {allowed} {percent} {remaining} {until} {runsOut} {package} {price} {name}' },
    { fa: '{message}', 'zh-CN': '{message}' },
    { hold: { en: '{message}', fa: '{used}' }, default: '{message}' },
  ];
  expect(texts.flatMap((template) => check({ template }))).toEqual([]);
});

it('refuses unknown names, events and languages, and names what is meant', () => {
  expect(check({ template: '{usd}' })).toEqual([
    'notify.0.template: there is no placeholder {usd}; did you mean "used"?',
  ]);
  expect(check({ template: { hold: { fa: '{usd}', de: 'x' }, helo: 'x', en: { hold: 'x' } } })).toEqual([
    'notify.0.template.hold.fa: there is no placeholder {usd}; did you mean "used"?',
    'notify.0.template.hold.de: there is no language "de"; known: en, fa, zh-CN, pt-BR',
    'notify.0.template.helo: there is no event or language "helo"; did you mean "hold"?',
    'notify.0.template.en: has texts by event: name the event first, then the language',
  ]);
});

it('refuses a link that leads nowhere', () => {
  expect(check({ template: '{link}' })).toEqual(['notify.0.template: {link} needs "link" of the entry']);
  expect(check({ template: '{link}' }, { billing: 'whmcs' })).toEqual([]);
  expect(check({ template: '{link}', for: 'operator' })).toEqual(['notify.0.template: {link} needs serve.publicUrl']);
  expect(check({ link: 'share' })).toEqual(['notify.0.link: "share" needs serve.publicUrl']);
  expect(check({ link: 'share' }, { publicUrl: 'https://a.example' })).toEqual([]);
  expect(check({ link: 'https://a.example/{service}?c={client}' })).toEqual([]);
  expect(check({ link: 'https://a.example/{name}' })).toEqual([
    'notify.0.link: there is no placeholder {name}; known: {service}, {client}',
  ]);
  expect(check({ link: 'javascript:alert(1)' })).toEqual([
    'notify.0.link: is neither "share" nor an address of the web',
  ]);
  expect(check({ link: 'https://a.example', for: 'operator' })).toEqual([
    'notify.0.link: is only for entries with "for: client"',
  ]);
});
