import type {
  Address,
  Checked,
  Endpoint,
  EndpointAnswer,
  EndpointBody,
  EndpointParts,
  EndpointQuery,
  EndpointTable,
  Shape,
} from '@sluice/contract/endpoints';
import type { Sluice } from '@sluice/engine';
import type { ApiCall } from '../../requests/api-call.js';

/** Answers a request for an endpoint. */
export type Handle = (call: ApiCall) => Promise<unknown>;

/** Answers requests for an endpoint of the contract, whose input and answer the compiler holds it to. */
export type Handler<Parts extends EndpointParts> = (
  call: ApiCall<EndpointQuery<Parts>, EndpointBody<Parts>>,
) => Promise<EndpointAnswer<Parts>>;

type EngineMethod<Name> = Name extends keyof Sluice
  ? Sluice[Name]
  : Name extends `${infer Group}.${infer Own}`
    ? Group extends keyof Sluice
      ? Own extends keyof Sluice[Group]
        ? Sluice[Group][Own]
        : never
      : never
    : never;

/** A text for each parameter of a path. */
type PathParams<Path> = Path extends `${string}:${infer Rest}`
  ? Rest extends `${string}/${infer After}`
    ? [string, ...PathParams<After>]
    : [string]
  : [];

interface Options {
  actor: string;
  asker: ApiCall['as']['asker'];
  note: string | null;
  reader: string | undefined;
  signal: AbortSignal | undefined;
}

type Given<S> = S extends Shape ? Checked<S> : object;

/** Whether the method of the use case accepts the parameters of the path and then one object, and returns what is answered. */
type Fits<Path, Parts extends EndpointParts> = [EngineMethod<Parts['useCase']>] extends [never]
  ? false
  : EngineMethod<Parts['useCase']> extends (...args: infer Args) => Promise<infer Result>
    ? [[...PathParams<Path>, Given<Parts['query']> & Given<Parts['body']> & Options], Result] extends [
        Args,
        EndpointAnswer<Parts>,
      ]
      ? true
      : false
    : false;

/** The handlers of endpoints. One may be left out only where the method of the use case fits the endpoint as it is (`passOn`). */
export type Handlers<Table extends EndpointTable> = {
  [Key in keyof Table & Address as Fits<Key, Table[Key]> extends true ? never : Key]: Handler<Table[Key]>;
} & {
  [Key in keyof Table & Address as Fits<Key, Table[Key]> extends true ? Key : never]?: Handler<Table[Key]>;
};

/** Returns the handler that passes a request on: the parameters of the path, then query, body and who asks in one object. */
export function passOn({ method, path, useCase }: Pick<Endpoint, 'method' | 'path' | 'useCase'>): Handle {
  const names = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  const [first = '', own] = useCase.split('.');
  return ({ sluice, param, query, body, as, client: reader, signal }) => {
    const asks = reader === undefined ? { signal } : { signal, reader };
    const options = { ...query, ...body, ...(method === 'GET' ? {} : as), ...asks };
    const args = [...names.map(param), options];
    const target = (own === undefined ? sluice : sluice[first as keyof Sluice]) as unknown as Methods;
    const called = target[own ?? first];
    if (called === undefined) throw new Error(`no handler for ${method} ${path}`);
    return called.apply(target, args);
  };
}

type Methods = Record<string, ((...args: unknown[]) => Promise<unknown>) | undefined>;
