import type { JsonObject, JsonPrimitive } from '@mixlab/contracts/json';
import type { Vary } from './vary.ts';

/**
 * A config like the base `B`, an object `as const`: the same fields, with any value of the kinds that OpenMixup takes
 * there. Lists and `null` may stand for numbers and strings; where the base has `null` or a `todo`, anything may.
 */
export type OpenMixupConfig<B> = [B] extends [never] ? JsonObject : { readonly [K in keyof B]: Field<B[K]> };

type Field<T> = [T] extends [never]
  ? unknown
  : T extends string
    ? string | readonly unknown[] | null
    : T extends number
      ? number | readonly unknown[] | null
      : T extends boolean
        ? boolean | null
        : T extends null | readonly unknown[]
          ? unknown
          : { readonly [K in keyof T]: Field<T[K]> } | null;

/** Every field of the base by dotted path, lists by index: `runner.max_epochs`, `data.train.pipeline.0.size`. */
export type OpenMixupSettings<B> = [B] extends [never]
  ? { readonly [path: string]: Varied<unknown> }
  : {
      readonly [E in Extract<Below<B, '', [0, 0, 0, 0, 0, 0, 0, 0]>, Entry> as E[0]]?: Varied<Setting<E[1]>>;
    } & Unread<B>;

declare const nothing: unique symbol;

/** In place of `total_epochs`, which OpenMixup does not read in a config that has a `runner`. */
export interface UseRunnerMaxEpochs {
  readonly [nothing]: never;
}

/** What looks like a field of the base, and is read by nothing. */
type Unread<B> = B extends { readonly runner: { readonly max_epochs: unknown } }
  ? 'total_epochs' extends keyof B
    ? unknown
    : { readonly total_epochs?: UseRunnerMaxEpochs }
  : unknown;

type Entry = readonly [path: string, type: unknown];

/** Fields at most as deep as `Depth` is long: the compiler must see an end for types it does not know yet. */
type Below<T, Path extends string, Depth extends readonly 0[]> = [T] extends [never]
  ? never
  : T extends JsonPrimitive
    ? never
    : Depth extends readonly [0, ...infer Rest extends readonly 0[]]
      ? {
          [K in KeyOf<T>]: readonly [`${Path}${K}`, T[K]] | Below<T[K], `${Path}${K}.`, Rest>;
        }[KeyOf<T>]
      : never;

/** A key with a dot in it is no part of a path. */
type KeyOf<T> = T extends readonly unknown[]
  ? keyof T & `${number}`
  : { [K in keyof T & string]: K extends `${string}.${string}` ? never : K }[keyof T & string];

type Varied<T> = T | Vary<T, T>;

/** What a field may be set to: a dict in parts, or another one that names its `type`. */
type Setting<T> = [T] extends [never]
  ? unknown
  : T extends JsonPrimitive | readonly unknown[]
    ? Field<T>
    : { readonly [K in keyof T]?: Varied<Setting<T[K]>> } | OtherDict | null;

interface OtherDict {
  readonly type: string;
  readonly [key: string]: unknown;
}
