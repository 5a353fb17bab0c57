import type { CallOperation, FailureTest, Lookup, OperationName } from './schema.js';

export const noRows: FailureTest[] = [{ at: '/rows', present: false, kind: 'bad_response' }];
const noSuccess: FailureTest[] = [{ at: '/success', present: false, kind: 'bad_response' }];

/** The default orders move while they are read. */
export const byId = { sort: 't.id', dir: 'ASC' };

export const readOperation = (module: string): CallOperation => ({
  method: 'POST',
  path: '/read',
  fixed: { module, action: 'read' },
  query: byId,
  failedWhen: noRows,
});

export const readOperations = (module: string): Partial<Record<OperationName, CallOperation>> => ({
  list: readOperation(module),
  find: readOperation(module),
  get: { ...readOperation(module), idIn: 'filter', idName: 'id', envelope: { item: '/rows/0' } },
});

/** Reads the id of the one record with these values. */
export const toLookupCall = (module: string, filters: Lookup['filters'], rest: Partial<Lookup> = {}): Lookup => ({
  method: 'POST',
  path: `/${module}/read`,
  fixed: { module, action: 'read', limit: 1 },
  filters,
  at: '/rows/0/id',
  ...rest,
});

export const writeOperation = (
  module: string,
  action: string,
  { fixed, ...rest }: Partial<CallOperation>,
): CallOperation => ({
  method: 'POST',
  path: `/${action}`,
  fixed: { module, action, ...fixed },
  failedWhen: noSuccess,
  ...rest,
});

export const createOperation = (module: string, { fixed, ...rest }: Partial<CallOperation>): CallOperation =>
  writeOperation(module, 'save', { fixed: { id: 0, ...fixed }, ...rest });

export const updateOperation = (module: string, rest: Partial<CallOperation>): CallOperation =>
  writeOperation(module, 'save', { idIn: 'body', idName: 'id', ...rest });

export const destroyOperation = (module: string): CallOperation =>
  writeOperation(module, 'destroy', { idIn: 'body', idName: 'id', response: 'json' });
