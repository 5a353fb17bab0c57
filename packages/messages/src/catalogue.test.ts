import { describe, expect, it } from '@jest/globals';
import { IntlMessageFormat } from 'intl-messageformat';
import { CATALOGUE, isKey, type Key, LANGUAGES, LOCALES, REVIEW, say, Texts, toTexts } from './index.js';

type Node = ReturnType<IntlMessageFormat['getAst']>[number];

/** What a message needs: its placeholders and tags, and the forms of its plurals. */
interface Shape {
  names: string[];
  tags: string[];
  plurals: string[][];
}

const PLURAL = 6;
const TAG = 8;
const POUND = 7;

function toShape(nodes: readonly Node[]): Shape {
  const shape: Shape = { names: [], tags: [], plurals: [] };
  for (const node of nodes) {
    const type: number = node.type;
    if (type === TAG && 'value' in node) shape.tags.push(node.value);
    else if (type !== 0 && type !== POUND && 'value' in node) shape.names.push(node.value);
    if (type === PLURAL && 'options' in node) shape.plurals.push(Object.keys(node.options));
    const inner = [
      ...('children' in node ? [node.children] : []),
      ...('options' in node ? Object.values(node.options).map(({ value }) => value) : []),
    ].map(toShape);
    for (const each of inner) {
      shape.names.push(...each.names);
      shape.tags.push(...each.tags);
      shape.plurals.push(...each.plurals);
    }
  }
  return shape;
}

const findShape = (text: string, locale: string): Shape => toShape(new IntlMessageFormat(text, locale).getAst());
const unique = (texts: readonly string[]): string[] => [...new Set(texts)].sort();

/** The forms that whole numbers have in a language. */
function findForms(locale: string): string[] {
  const rules = new Intl.PluralRules(locale);
  return unique([...Array.from({ length: 1001 }, (_, count) => rules.select(count)), 'other']);
}

const KEYS = Object.keys(CATALOGUE.en).filter(isKey);

/** Returns what is wrong with the messages of a language. */
function findWrong(messages: Readonly<Partial<Record<Key, string>>>, locale: string): string[] {
  const wrong = Object.keys(messages).flatMap((key) => (isKey(key) ? [] : [`${key}: not in English`]));
  for (const key of KEYS) {
    const text = messages[key];
    if (text === undefined || text.trim() === '') wrong.push(`${key}: missing`);
    else {
      const [own, english] = [findShape(text, locale), findShape(CATALOGUE.en[key], 'en')];
      if (unique(own.names).join() !== unique(english.names).join()) wrong.push(`${key}: placeholders`);
      if (unique(own.tags).join() !== unique(english.tags).join()) wrong.push(`${key}: tags`);
      if (own.plurals.length !== english.plurals.length) wrong.push(`${key}: plurals`);
      const forms = findForms(locale).join();
      if (own.plurals.some((options) => unique(options).join() !== forms)) wrong.push(`${key}: plural form`);
    }
  }
  return wrong;
}

describe.each(LANGUAGES)('the messages of %s', (language) => {
  const messages = CATALOGUE[language];
  const locale = LOCALES[language];

  it('are all there, with the placeholders and tags of English and all forms of plurals', () => {
    expect(findWrong(messages, locale)).toEqual([]);
  });

  it('have no ASCII quotes, no marks that reorder text, and no space at their ends', () => {
    const odd = KEYS.filter((key) =>
      /['\u200E\u200F\u202A-\u202E\u2066-\u2069]|^\s|\s$|"(?!\{)(?<!\}")/.test(messages[key]),
    );
    expect(odd).toEqual([]);
  });

  it('are formatted with any values, in their own digits', () => {
    const texts = new Texts(language);
    for (const key of KEYS) {
      const { names, tags } = findShape(messages[key], locale);
      const tagged = Object.fromEntries(tags.map((tag) => [tag, (parts: unknown[]) => parts.join('')]));
      const values = { ...Object.fromEntries(names.map((name) => [name, 12_345])), ...tagged };
      const text = (texts.parts as (key: Key, values: object) => string[])(key, values).join('');
      expect([key, language === 'fa' && /\d/.test(text.replace(/10GB|10%/g, ''))]).toEqual([key, false]);
    }
  });
});

it('finds what is missing, superfluous, has another placeholder, tag or plural form', () => {
  const broken: Record<string, string | undefined> = {
    ...CATALOGUE.fa,
    unknown: undefined,
    'unit.GB': '{sizes}',
    'usage.unread': '{quota}',
    'ago.days': '{count, plural, other {# d}}',
    other: 'x',
  };
  expect(findWrong(broken, LOCALES.fa)).toEqual([
    'other: not in English',
    'unknown: missing',
    'unit.GB: placeholders',
    'ago.days: plural form',
    'usage.unread: tags',
  ]);
});

it('translates all but names, units and what is the same word', () => {
  const same = (['fa', 'zh-CN', 'pt-BR'] as const).flatMap((language) =>
    KEYS.filter(
      (key) =>
        CATALOGUE[language][key] === CATALOGUE.en[key] && /[a-z]{3}/.test(CATALOGUE.en[key].replace(/\{[^}]*\}/g, '')),
    ),
  );
  const rates = ['chart.kilobits', 'chart.megabits', 'chart.gigabits'];
  const systems = ['connect.android', 'connect.windows', 'connect.linux'];
  expect(unique(same).sort()).toEqual(['chart.total', 'page.token', ...rates, ...systems].sort());
});

it('has no Latin letters in Persian, by which tests of pages find texts of no catalogue', () => {
  const latin = KEYS.filter((key) =>
    /[A-Za-z]/.test(
      CATALOGUE.fa[key].replaceAll(/\{\w+(?:, plural, | one \{| other \{)?|<\/?\w+>|\bone\b|\bother\b/g, ''),
    ),
  );
  expect(latin).toEqual(['autoBuy.hint']);
});

it('lists for review only messages that there are, each once', () => {
  for (const keys of Object.values(REVIEW)) {
    expect(keys.filter((key) => !isKey(key))).toEqual([]);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.length).toBeGreaterThan(0);
  }
});

describe('texts', () => {
  it('keep values as parts, so that who shows them escapes them', () => {
    const name = { html: '<b>x</b>' };
    expect(toTexts('en').parts<'page.client', object>('page.client', { client: name })).toEqual(['client ', name]);
    const unknown = (parts: (string | object)[]): object => ({ i: parts });
    expect(toTexts('en').parts<'usage.unread', object>('usage.unread', { unknown, quota: '<script>' })).toEqual([
      { i: ['not read yet'] },
      ', <script>',
    ]);
  });

  it('refuse a message without one of its values', () => {
    expect(() => toTexts('en').parts('page.client', {} as never)).toThrow('client');
  });

  it('write messages of other code with their figures', () => {
    const said = say('held.since', {
      why: say('why.limitFigures', {
        limit: 'day',
        figures: say('figures.spent', { used: { bytes: 1024 }, allowed: { bytes: 1024 } }),
      }),
      since: { instant: '2026-11-20T12:00:00Z' },
    });
    const write = (language: 'en' | 'pt-BR'): string =>
      toTexts(language)
        .said<string>(said, (figure) => ('bytes' in figure ? toTexts(language).bytes(figure.bytes) : 'then'))
        .join('');
    expect(write('en')).toBe(
      'The limit “day” is used up: 1 KB of 1 KB are spent; the service has been restricted since then.',
    );
    expect(write('pt-BR')).toBe(
      'O limite “day” foi esgotado: 1 KB de 1 KB gastos; o serviço está restrito desde then.',
    );
  });

  it('have the plural forms of their language', () => {
    const forms = (language: 'en' | 'fa' | 'pt-BR') =>
      [1, 2, 12_000].map((count) => toTexts(language).text('agent.userCount', { count }));
    expect(forms('en')).toEqual(['1 user', '2 users', '12\u202F000 users']);
    expect(forms('fa')).toEqual(['۱ کاربر', '۲ کاربر', '۱۲٬۰۰۰ کاربر']);
    expect(forms('pt-BR')).toEqual(['1 usuário', '2 usuários', '12.000 usuários']);
  });

  it.each(LANGUAGES)(
    'say in %s what a notice is about in one sentence, which is the subject of its mail',
    (language) => {
      const notices = Object.entries(CATALOGUE[language]).filter(([key]) => key.startsWith('notice.'));
      expect(notices.length).toBeGreaterThan(20);
      expect(notices.filter(([, text]) => /[.。!؟?]\s*\S/.test(text))).toEqual([]);
    },
  );
});
