import { expect, it } from '@jest/globals';
import { nodeFiles } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';

// Another run makes each backup between the check for it and its end.
const files = { ...nodeFiles, exists: (file: string) => !file.includes('-backups') && nodeFiles.exists(file) };
const at = useBench(() => startEasyDcimBench('', { files }));

it('a run whose backup another one has made meanwhile is done', async () => {
  await at.addService(1);
  for (let run = 0; run < 2; run++) {
    const { error, run: ended } = await at.sluice.reconcile();
    expect([ended.outcome, error]).toEqual(['done', null]);
  }
});
