// Holds api.ts against what Go says of itself (api.gen.ts, made from app/web by `npm run types`). Nothing here runs: where
// the two differ, the type checker fails at the name of what differs.
import type { AppEvent, Committed, FaultBody, Job, Message, Operation, Operations } from './api';
import type { components, operations } from './api.gen';

type Schemas = components['schemas'];
type Body<K extends keyof operations> = operations[K]['requestBody']['content']['application/json'];
type Answer<K extends keyof operations> = operations[K]['responses'][200]['content']['application/json'];

/** The names of what Go gives that the page does not expect, or the other way round; never where all is well. */
type Wrong<T> = { [K in keyof T]: T[K] extends true ? never : K }[keyof T];
type Fits<Given, Expected> = [Given] extends [Expected] ? true : false;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
declare function holds<_T extends never>(): void;

/** Without the nulls that the catalog never has: Go gives empty lists there, and a test of app/web says so. */
type Filled<T> = T extends (infer E)[]
  ? Filled<E>[]
  : T extends object
    ? { [K in keyof T]: Filled<NonNullable<T[K]>> | Extract<T[K], undefined> }
    : T;

export function checks(): void {
  // The same operations on both sides.
  holds<Exclude<Operation, keyof operations>>();
  holds<Exclude<keyof operations, Operation>>();
  // What the page sends, Go takes.
  holds<Wrong<{ [K in Operation]: Fits<Operations[K]['in'], Body<K>> }>>();
  // What Go answers, the page expects. Design and Spec included.
  holds<Wrong<{ [K in Exclude<Operation, 'catalog'>]: Fits<Answer<K>, Operations[K]['out']> }>>();
  holds<Wrong<{ catalog: Fits<Filled<Answer<'catalog'>>, Operations['catalog']['out']> }>>();
  // The page expects nothing that Go does not know.
  holds<Wrong<{ [K in Operation]: Fits<Deep<Answer<K>>, Deep<Operations[K]['out']>> }>>();
  // The stream and the faults.
  holds<
    Wrong<{
      kinds: Same<Message['kind'], Schemas['Hello']['kind'] | Schemas['Message']['kind']>;
      commit: Fits<NonNullable<Schemas['Message']['commit']>, Committed>;
      event: Fits<NonNullable<Schemas['Message']['event']>, AppEvent>;
      job: Fits<NonNullable<Schemas['Message']['job']>, Job>;
      fault: Fits<Schemas['WireFault'], FaultBody>;
      keys: Same<keyof FaultBody, keyof Schemas['WireFault']>;
    }>
  >();
}

/** All keys of a value, at any depth, as paths; arrays and maps by their elements. */
type Deep<T, D extends unknown[] = []> = D['length'] extends 6
  ? unknown
  : NonNullable<T> extends (infer E)[]
    ? Deep<E, [...D, 0]>[]
    : NonNullable<T> extends object
      ? { [K in keyof NonNullable<T>]-?: Deep<NonNullable<NonNullable<T>[K]>, [...D, 0]> }
      : NonNullable<T>;
