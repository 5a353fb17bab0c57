import { describe, expect, it } from '@jest/globals';
import { endpointName, findRoute } from './endpoint.js';

const uuid = '3C9D4F85-a06e-4b1d-8f74-5e80b1a24d04';

describe('endpoints', () => {
  it.each([
    ['/SECRET/api/v2/admin/user/', 'GET /api/v2/admin/user/'],
    [`/SECRET/api/v2/admin/user/${uuid}/`, 'GET /api/v2/admin/user/{uuid}/'],
    [`//SECRET//api/v2/admin/admin_user/${uuid}`, 'GET /api/v2/admin/admin_user/{uuid}'],
    ['/api/v1/agent-traffic/agents/17/check', 'GET /api/v1/agent-traffic/agents/{id}/check'],
    ['/api/v1/agent-traffic/agents/check-all', 'GET /api/v1/agent-traffic/agents/check-all'],
  ])('name %s without secrets', (path, name) => {
    expect(endpointName('GET', path)).toBe(name);
  });

  it('are found with any spelling of slashes, which is told', () => {
    expect(findRoute('/api/v2/admin/user/')?.spelling).toBeUndefined();
    expect(findRoute('/api//v2/admin/user')?.spelling).toBe('/api/v2/admin/user/');
    expect(findRoute(`/api/v2/admin/user/${uuid}/`)?.uuid).toBe(uuid.toLowerCase());
    expect(findRoute('/api/v2/admin/user/1/')).toBeUndefined();
    expect(findRoute('/api/v2/admin/users/')).toBeUndefined();
  });
});
