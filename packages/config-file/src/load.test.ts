import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkConfigText } from './load.js';
import { storeLocation } from './readers.js';

describe('a config at a relative path', () => {
  it('is known by its absolute one, as is its state file', () => {
    const { config } = checkConfigText('panels: {}\nstate: ./state.db\n', 'conf/sluice.yaml', { kinds: [] });
    const folder = path.resolve('conf');
    expect(config).toMatchObject({ file: path.join(folder, 'sluice.yaml'), dir: folder });
    expect(config === null ? null : storeLocation(config)).toBe(path.join(folder, 'state.db'));
  });
});
