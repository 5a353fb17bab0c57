import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { manualClock } from '@sluice/fake-panels';
import { configSchema, describedSchema, describeKeys, type JsonSchemaNode } from '@sluice/engine';
import { parseDuration } from '@sluice/panel-kind';
import { DEFAULT_BRAKE, SMALL_PANEL } from '@sluice/quota-core';
import { Bench } from '../harness.js';
import { BILLING, CHANNELS, KINDS } from '../../kinds.js';

const ROOT = path.resolve(import.meta.dirname, '../../../../..');

/** Every key of the schema, with what it is for. */
function listKeys(node: JsonSchemaNode, prefix = ''): [string, string | undefined][] {
  const branches = [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
  const nested = branches.filter((each) => each !== node).flatMap((each) => listKeys(each, prefix));
  const more = [node.items, node.additionalProperties].filter((each) => typeof each === 'object');
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([key, child]): [string, string | undefined][] => [
      [`${prefix}${key}`, child.description],
      ...listKeys(child, `${prefix}${key}.`),
    ]),
    ...nested,
    ...more.flatMap((each) => listKeys(each, `${prefix}*.`)),
  ];
}

describe('the schema of the config', () => {
  it('says of every key what it is for, and of nothing else', () => {
    const keys = listKeys(describedSchema(KINDS, BILLING, CHANNELS));
    const texts = keys.map(([, text]) => text ?? '');
    expect(keys.length).toBeGreaterThan(100);
    const said = Object.values(describeKeys(KINDS, BILLING, CHANNELS));
    expect(keys.filter(([, text = '']) => !said.some((own) => text.startsWith(own))).map(([key]) => key)).toEqual([]);
    expect(texts.filter((text) => /\((.*)\) \(\1\)/.test(text))).toEqual([]);
    const unused = said.filter((text) => !texts.some((shown) => shown.startsWith(text)));
    expect(unused).toEqual([]);
  });

  it('states the defaults that are in force', () => {
    const { poll, retention, graphCache } = configSchema(KINDS, BILLING, CHANNELS).parse({ panels: {} });
    const stated = (path: string): string =>
      /default (\w+%?)/.exec(describeKeys(KINDS, BILLING, CHANNELS)[path] ?? '')?.[1] ?? '';
    expect({
      interval: parseDuration(stated('poll.interval')),
      apiLog: parseDuration(stated('retention.apiLog')),
      graphCache: parseDuration(stated('graphCache')),
    }).toEqual({ interval: poll.interval, ...retention, graphCache });
  });

  it('states one brake: in its descriptions, the README and the template', async () => {
    const { poll } = configSchema(KINDS, BILLING, CHANNELS).parse({ panels: {} });
    expect(poll.brake).toEqual({});
    const stated = (text: string): unknown => {
      const [, share = '', atLeast = ''] = /(\d+)%[^\d]*?(\d+)/.exec(text) ?? [];
      return { share: Number(share) / 100, atLeast: Number(atLeast) };
    };
    const texts = describeKeys(KINDS, BILLING, CHANNELS);
    expect(stated(`${texts['poll.brake.share']} ${texts['poll.brake.atLeast']}`)).toEqual(DEFAULT_BRAKE);
    expect(texts['poll.brake']).toContain(`fewer than ${SMALL_PANEL} services`);
    const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ');
    const [, sentence = ''] = /mass-change brake\.([^;]*;[^;.]*)/.exec(readme) ?? [];
    expect(stated(sentence)).toEqual(DEFAULT_BRAKE);
    expect(sentence).toContain(`fewer than ${SMALL_PANEL} services`);
    const bench = new Bench(manualClock('2026-11-20T12:00:00Z'));
    await bench.sluice('init --quiet');
    expect(stated(/^#poll: .*$/m.exec(bench.read('sluice.yaml'))?.[0] ?? '')).toEqual(DEFAULT_BRAKE);
    bench.close();
  });

  it('is what docs/config.md was written from', async () => {
    const script = path.join(ROOT, 'scripts', 'config-docs.mjs');
    const { configDocs } = (await import(script)) as { configDocs: (schema: unknown) => Promise<string> };
    const written = readFileSync(path.join(ROOT, 'docs', 'config.md'), 'utf8');
    expect(written).toBe(await configDocs(JSON.parse(JSON.stringify(describedSchema(KINDS, BILLING, CHANNELS)))));
  });
});
