import { describe, expect, it } from '@jest/globals';
import type { ServiceRecord } from '@sluice/state-store';
import { blankService } from './check-service.js';
import { findChange } from './find-change.js';

const [ADDED, THEN, NOW] = ['2026-11-01T00:00:00.000Z', '2026-11-10T00:00:00.000Z', '2026-11-20T00:00:00.000Z'];
const service: ServiceRecord = { ...blankService('svc-1', ADDED), client: 'c-1' };
const since = (before: Partial<ServiceRecord>, after: Partial<ServiceRecord>) =>
  findChange({ ...service, ...before }, { ...service, ...before, ...after }, NOW)?.clientSince;

describe('a change of a service', () => {
  it('states since when it has its client, where another one had it before', () => {
    expect(since({}, { client: 'c-2' })).toBe(NOW);
    expect(since({ clientSince: THEN }, { client: 'c-2' })).toBe(NOW);
    expect(since({}, { client: null })).toBe(NOW);
    expect(since({ client: null, clientSince: THEN }, { client: 'c-2' })).toBe(NOW);
  });

  it('leaves that of a client who is the first one, or stays', () => {
    expect(since({ client: null }, { client: 'c-1' })).toBeUndefined();
    expect(since({ clientSince: THEN }, { product: 'other' })).toBeUndefined();
  });
});
