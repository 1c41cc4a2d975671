import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { isDistribution, lawOf } from './distribution.ts';
import type { Distribution, Wrong } from './distribution.ts';
import { carryOrigins } from './origin.ts';
import type { ForKeys } from './nearest-path.ts';
import type { Documented } from './settings.ts';
import type { Fields } from './together.ts';
import { makeVary } from './vary.ts';
import type { Vary } from './vary.ts';
import { wrongValue } from './wrong.ts';

export interface SampleOptions {
  /** Another one draws other points. Default: 0. */
  readonly seed?: number;
}

/** Each point is a run at least. */
const MAX_POINTS = 10_000;

/** After this many draws for each point, what is left to find is taken for nothing. */
const DRAWS_PER_POINT = 100;

/** `sample` of experiments whose fields have the distributions `D`. */
export type SampleOver<D> = <
  const F extends D | Distribution<unknown>,
  Key extends string,
  // Not inferred from where the call stands: the compiler would work through all fields there are.
  Result = Sampled<F, D>,
>(
  points: number,
  drawn: F extends Distribution<unknown> ? F : ForKeys<Key, Fields<F, D, Documented<D, keyof F & keyof D>>>,
  options?: SampleOptions,
) => NoInfer<Result>;

/** Distributions of the fields `S`. */
export type DistributionsOf<S> = { readonly [K in keyof S]?: Drawn<Exclude<S[K], undefined>> };

type Drawn<V> = Distribution<V, V>;

/** What `sample` gives: a value that varies, or fields, each of which varies, all in step. */
type Sampled<F, D> =
  F extends Distribution<infer V>
    ? Vary<V, V>
    : { readonly [K in keyof F & keyof D]: F[K] extends Distribution<infer V> ? Vary<V, V> : never };

/** What `sample` does, whatever fields there are. */
export function drawSample(points: number, drawn: object, options?: SampleOptions): object {
  return isDistribution(drawn)
    ? drawValues(points, drawn, options)
    : drawFields(points, drawn as Readonly<Record<string, unknown>>, options);
}

/**
 * `points` different points of `fields`, as the alternatives of a `together`. What field `f` has in the k-th draw follows
 * from seed, `f` and k alone, so more points leave those that there are as they are.
 */
function drawFields(
  points: number,
  fields: Readonly<Record<string, unknown>>,
  options?: SampleOptions,
): Readonly<Record<string, Vary<unknown>>> {
  const names = Object.keys(fields);
  const coupling = Object.freeze({ fields: Object.freeze(names) });
  const columns = drawColumns(points, fields, options);
  const varied = names.map(
    (name) => [name, makeVary(columns[name] as readonly unknown[], { coupling, drawn: true })] as const,
  );
  return carryOrigins(fields, Object.fromEntries(varied));
}

/** `points` different values of one distribution. */
function drawValues<V>(points: number, distribution: Distribution<V>, options?: SampleOptions): Vary<V, V> {
  return makeVary(drawColumns(points, { '': distribution }, options)[''] as readonly V[], {
    drawn: true,
  });
}

/** The values of each field, all columns of one length. */
function drawColumns(
  points: number,
  fields: Readonly<Record<string, unknown>>,
  { seed = 0 }: SampleOptions = {},
): Readonly<Record<string, readonly unknown[]>> {
  const laws = Object.entries(fields).map(([name, field]) => [name, lawOf(field)] as const);
  const common = wrongArguments(points, seed);
  if (common.length > 0 || laws.some(([, { wrong }]) => wrong)) {
    const columns = laws.map(([name, { wrong }], at) => {
      const problems = [...(at === 0 ? common : []), ...(wrong ? [wrong] : [])];
      return [name, problems.length > 0 ? problems.map(wrongValue) : [null]] as const;
    });
    return Object.fromEntries(columns);
  }
  const next = laws.map(([name, { at }]) => {
    const random = randomOf(seed, name);
    return () => at(uniformFloat64(random));
  });
  const found = differentRows(points, () => next.map((draw) => draw()));
  const missing = { expected: `${points} different points`, got: `only ${found.length}` };
  const rows = found.length < points ? [laws.map(() => wrongValue(missing))] : found;
  return Object.fromEntries(laws.map(([name], at) => [name, rows.map((row) => row[at])]));
}

function wrongArguments(points: number, seed: number): Wrong[] {
  const found: Wrong[] = [];
  if (!Number.isInteger(points) || points < 1 || points > MAX_POINTS)
    found.push({ expected: `a number of points, from 1 to ${MAX_POINTS}`, got: `sample(${points}, …)` });
  if (!Number.isSafeInteger(seed))
    found.push({ expected: 'a whole number as seed', got: `{ seed: ${seed} }` });
  return found;
}

/** The first `count` rows that differ from one another; fewer where no others come. */
function differentRows(count: number, draw: () => readonly unknown[]): (readonly unknown[])[] {
  const rows = new Map<string, readonly unknown[]>();
  const ids = new Map<unknown, number>();
  const idOf = (value: unknown) => {
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value);
  };
  for (let drawn = 0; rows.size < count && drawn < count * DRAWS_PER_POINT; drawn++) {
    const row = draw();
    const key = row.map(idOf).join();
    if (!rows.has(key)) rows.set(key, row);
  }
  return [...rows.values()];
}

/** A generator for each field: its state is a hash, for seeds that are small numbers give numbers that are alike. */
function randomOf(seed: number, name: string): ReturnType<typeof xoroshiro128plusFromState> {
  const digest = sha256(utf8ToBytes(`${seed} ${name}`));
  const words = new DataView(digest.buffer, digest.byteOffset);
  return xoroshiro128plusFromState([0, 4, 8, 12].map((at) => words.getInt32(at)));
}
