import { describe, expect, it } from '@jest/globals';
import { brandStyle, GROUNDS } from './brand-style.js';
import { toContrast } from '@sluice/engine/words';

describe('the contrast of two colours', () => {
  it.each([
    // From the WCAG's own examples and the usual checkers, to two digits.
    ['#000', '#ffffff', 21],
    ['#777777', '#fff', 4.48],
    ['#767676', '#fff', 4.54],
    ['#ff0000', '#ffffff', 4],
    ['#0000ff', '#ffffff', 8.59],
    ['#fa0', '#ffaa00', 1],
  ])('of %s and %s is %d', (one, other, ratio) => {
    expect(toContrast(one, other)).toBeCloseTo(ratio, 2);
    expect(toContrast(other, one)).toBeCloseTo(ratio, 2);
  });
});

/** 512 colours over the whole cube, and some of brands. */
const CUBE = ['0', '2', '4', '6', '9', 'b', 'd', 'f'];
const COLOURS = [
  ...CUBE.flatMap((red) => CUBE.flatMap((green) => CUBE.map((blue) => `#${red}${green}${blue}`))),
  ...['#0b5cad', '#ff6600', '#FFDD00', '#1db954', '#25D366', '#7f7f7f'],
];

interface Colours {
  link: string;
  accent: string;
  'on-accent': string;
}

function readRules(style: string): { light: Colours; dark: Colours } {
  const [light = '', dark = ''] = style.trim().split('\n');
  const read = (rule: string): Colours => {
    const find = (name: string): string => new RegExp(`--${name}: (#[\\da-f]{6});`).exec(rule)?.[1] ?? 'none';
    return { link: find('link'), accent: find('accent'), 'on-accent': find('on-accent') };
  };
  return { light: read(light), dark: read(dark) };
}

describe('the colours of a brand', () => {
  it('stand on every ground of the pages', () => {
    expect(GROUNDS.light).toHaveLength(8);
    expect(GROUNDS.dark).toHaveLength(8);
    expect(GROUNDS.light).toContain('#ffffff');
    expect(GROUNDS.dark).toContain('#11151c');
  });

  it('can be read on each of them, whatever the colour is', () => {
    const low: object[] = [];
    for (const colour of COLOURS) {
      const rules = readRules(brandStyle(colour));
      for (const scheme of ['light', 'dark'] as const) {
        const { link, accent, 'on-accent': onAccent } = rules[scheme];
        for (const ground of GROUNDS[scheme]) {
          if (toContrast(link, ground) < 4.5) low.push({ colour, scheme, link, ground });
          if (toContrast(accent, ground) < 3) low.push({ colour, scheme, accent, ground });
        }
        if (toContrast(onAccent, accent) < 4.5) low.push({ colour, scheme, accent, onAccent });
      }
    }
    expect(low).toEqual([]);
  });

  it('are the stated one where that can be read', () => {
    expect(readRules(brandStyle('#0B5CAD')).light).toEqual({
      link: '#0b5cad',
      accent: '#0b5cad',
      'on-accent': '#ffffff',
    });
    expect(readRules(brandStyle('#fd0')).dark).toEqual({ link: '#ffdd00', accent: '#ffdd00', 'on-accent': '#000000' });
  });
});
